import * as v from 'valibot'
import type { GraphBlock, GraphNode, InspectionDocument } from '../../core/inspect/documents.ts'

/** The form of inspection documents, as the host demands it of a kernel. What is meant is said with their types. */

const text = v.string()
const texts = v.array(text)
const source = v.optional(v.object({ file: text, line: v.number(), column: v.number() }))
const shape = v.array(v.number())

const valueSummary = v.object({
  aval: text,
  text,
  values: v.array(v.union([v.number(), text, v.boolean()])),
  shape,
  dtype: text,
})

const operand = v.variant('kind', [
  v.object({ kind: v.literal('value'), id: text }),
  v.object({ kind: v.literal('literal'), text, aval: text }),
])

const graphValue = v.object({
  id: text,
  name: text,
  aval: text,
  shape,
  dtype: text,
  label: v.optional(text),
  value: v.optional(valueSummary),
})

const graphNode: v.GenericSchema<unknown, GraphNode> = v.object({
  id: text,
  primitive: text,
  params: v.array(v.object({ name: text, text })),
  inputs: v.array(operand),
  outputs: v.array(graphValue),
  text,
  source,
  blocks: v.array(v.lazy(() => graphBlock)),
})

const graphBlock: v.GenericSchema<unknown, GraphBlock> = v.object({
  id: text,
  label: text,
  inputs: v.array(graphValue),
  consts: v.array(graphValue),
  nodes: v.array(graphNode),
  outputs: v.array(operand),
})

const graph = v.object({
  kind: v.literal('graph'),
  version: v.literal(1),
  title: text,
  jaxpr: text,
  root: graphBlock,
  notes: v.optional(texts),
})

const tapeNode = v.object({
  id: text,
  primitive: text,
  label: text,
  name: text,
  operands: v.array(v.nullable(text)),
  operandTexts: texts,
  text,
  source,
  primal: valueSummary,
  inactive: v.boolean(),
})

const reverseStep = v.variant('phase', [
  v.object({ phase: v.literal('primal'), node: text, kept: texts, text }),
  v.object({
    phase: v.literal('cotangent'),
    node: text,
    cotangent: v.nullable(valueSummary),
    contributions: v.array(v.object({ to: text, value: valueSummary, sum: valueSummary })),
    freed: texts,
    text,
  }),
])

const tape = v.object({
  kind: v.literal('tape'),
  version: v.literal(1),
  title: text,
  nodes: v.array(tapeNode),
  inputs: texts,
  outputs: texts,
  forwardCaption: text,
  reverseCaption: text,
  forward: v.array(v.object({ node: text, tangent: v.nullable(valueSummary), text })),
  reverse: v.array(reverseStep),
  residuals: v.array(v.object({ id: text, node: text, label: text, value: valueSummary, bytes: v.number() })),
  passes: v.object({ forward: v.number(), reverse: v.number() }),
  notes: v.optional(texts),
})

const keys = v.object({
  kind: v.literal('keys'),
  version: v.literal(1),
  title: text,
  nodes: v.array(
    v.object({
      id: text,
      parent: v.nullable(text),
      edge: text,
      path: text,
      words: v.tuple([text, text]),
      source,
      uses: v.array(v.object({ operation: text, source })),
      reused: v.boolean(),
      reason: v.optional(text),
    }),
  ),
  reuses: v.number(),
})

const timeline = v.object({
  kind: v.literal('timeline'),
  version: v.literal(1),
  title: text,
  lanes: v.array(v.object({ id: text, label: text })),
  bars: v.array(
    v.object({
      id: text,
      lane: text,
      kind: v.picklist(['compute', 'collective', 'wait', 'copy']),
      label: text,
      start: v.number(),
      end: v.number(),
      bytes: v.optional(v.number()),
      group: v.optional(text),
    }),
  ),
})

/** Any document of a figure. */
export const inspectionDocument: v.GenericSchema<unknown, InspectionDocument> = v.variant('kind', [
  graph,
  tape,
  keys,
  timeline,
])
