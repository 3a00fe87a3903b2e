import * as v from 'valibot'
import { inspectionDocument } from './document-schema.ts'
import type { KernelToHost } from './messages.ts'

/** The form of every message of a kernel, down to its last field: what a page is sent has passed through here. */

const text = v.string()
const count = v.pipe(v.number(), v.integer(), v.minValue(0))

const place = v.object({
  cellId: text,
  line: v.number(),
  column: v.number(),
  endColumn: v.optional(v.number()),
})

const cellError = v.object({
  name: text,
  message: text,
  place: v.nullable(place),
  lineText: v.optional(text),
  stack: v.array(v.object({ ...place.entries, functionName: v.optional(text) })),
  why: v.optional(text),
  hint: v.optional(text),
  lessonId: v.optional(text),
})

const plot = v.object({
  title: v.optional(text),
  xLabel: v.optional(text),
  yLabel: v.optional(text),
  series: v.array(
    v.object({
      label: text,
      kind: v.picklist(['line', 'points', 'bars']),
      x: v.array(v.number()),
      y: v.array(v.number()),
    }),
  ),
})

const output = v.variant('kind', [
  v.object({ kind: v.literal('text'), stream: v.picklist(['stdout', 'stderr']), text }),
  v.object({
    kind: v.literal('value'),
    text,
    dtype: v.optional(text),
    shape: v.optional(v.array(count)),
    truncated: v.boolean(),
  }),
  v.object({
    kind: v.literal('table'),
    columns: v.array(text),
    rows: v.array(v.array(v.union([text, v.number()]))),
    truncated: v.boolean(),
  }),
  v.object({ kind: v.literal('plot'), plot }),
  v.object({ kind: v.literal('document'), document: inspectionDocument }),
  v.object({ kind: v.literal('error'), error: cellError }),
])

const device = v.object({
  id: text,
  platform: v.picklist(['cpu', 'gpu', 'reference']),
  label: text,
  state: v.picklist(['idle', 'busy', 'off', 'lost']),
})

const status = v.picklist(['ok', 'error', 'interrupted'])

const call = v.object({
  callId: text,
  kind: v.picklist(['call', 'cell', 'keys']),
  label: text,
  inside: v.nullable(text),
  count: v.number(),
  place: v.nullable(place),
  avals: text,
  figures: v.array(v.picklist(['graph', 'tape', 'keys', 'timeline'])),
})

const runReport = v.object({ status, milliseconds: v.number(), device: text, calls: v.array(call) })

const checkReport = v.object({
  status,
  passed: v.boolean(),
  items: v.array(v.object({ label: text, passed: v.boolean(), message: v.optional(text) })),
  message: text,
})

export const kernelMessage: v.GenericSchema<unknown, KernelToHost> = v.variant('kind', [
  v.object({ kind: v.literal('ready'), devices: v.array(device) }),
  v.object({ kind: v.literal('devices'), devices: v.array(device) }),
  v.object({ kind: v.literal('output'), runId: text, cellId: text, output }),
  v.object({ kind: v.literal('ran'), runId: text, report: runReport }),
  v.object({ kind: v.literal('checked'), runId: text, report: checkReport }),
  v.object({
    kind: v.literal('inspected'),
    requestId: text,
    result: v.union([v.object({ document: inspectionDocument }), v.object({ error: cellError })]),
  }),
  v.object({ kind: v.literal('memory'), megabytes: v.number() }),
  v.object({ kind: v.literal('lost'), reason: v.picklist(['memory', 'exit', 'error']), detail: text }),
])
