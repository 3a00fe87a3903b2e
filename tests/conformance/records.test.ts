import { describe, expect, it } from 'vitest'
import { graphOfCall, outline, startRecording, summarize } from '../../core/inspect/recording.ts'
import { graphOfJaxpr } from '../../core/inspect/graph.ts'
import { programOfCall } from '../../core/inspect/record-figures.ts'
import type { GraphBlock } from '../../core/inspect/documents.ts'
import { type Atom, ClosedJaxpr, Jaxpr, type JaxprEqn } from '../../core/ir/jaxpr.ts'
import { innerJaxprs } from '../../core/ir/check.ts'
import type { ParamValue } from '../../core/tracing/primitive.ts'
import { categories, loadCases } from './cases.ts'
import { apply, compile } from './core-scope.ts'
import { loadVectors, toArgument } from './vectors.ts'

/** Without equations that nothing reads; what the generator does to JAX's. */
function withoutDeadEquations(jaxpr: Jaxpr): Jaxpr {
  const read = new Set<Atom>(jaxpr.outvars)
  const eqns: JaxprEqn[] = []
  for (const eqn of jaxpr.eqns.toReversed()) {
    if (eqn.primitive.effectful !== true && !eqn.outputs.some((output) => read.has(output))) continue
    eqn.inputs.forEach((atom) => read.add(atom))
    const params = Object.entries(eqn.params).map(([name, value]) => [name, inner(value)] as const)
    eqns.unshift({ ...eqn, params: Object.fromEntries(params) })
  }
  return new Jaxpr(jaxpr.constvars, jaxpr.invars, eqns, jaxpr.outvars)
}

function inner(value: ParamValue): ParamValue {
  if (value instanceof ClosedJaxpr) return new ClosedJaxpr(withoutDeadEquations(value.jaxpr), value.consts)
  if (Array.isArray(value)) return value.map(inner)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inner(item)]))
}

/** JAX breaks lines by the length of what it prints for NumPy's integers. */
function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('[ ', '[').replaceAll(' ]', ']')
}

function primitivesOf(block: GraphBlock): string[] {
  return block.nodes.flatMap(({ primitive, blocks }) => [primitive, ...blocks.flatMap(primitivesOf)])
}

function primitivesIn(jaxpr: Jaxpr): string[] {
  return jaxpr.eqns.flatMap(({ primitive, params }) => [
    primitive.name,
    ...innerJaxprs(params).flatMap((closed) => primitivesIn(closed.jaxpr)),
  ])
}

const tables = categories.map((name) => [name, loadCases(name).filter(({ kind }) => kind === 'records')] as const)

describe.each(tables.filter(([, cases]) => cases.length > 0))('%s', (category, cases) => {
  const vectors = loadVectors(category)
  it.each(cases.map((testCase) => [testCase.id, testCase] as const))('%s was what JAX traces', (id, testCase) => {
    const vector = vectors.get(id)
    expect(vector?.py, 'the vectors were made from another source').toBe(testCase.py)
    const fun = compile(testCase.js)
    const args = vector?.in.map(toArgument) ?? []
    const stop = startRecording(summarize, outline)
    apply(fun, args)
    const call = stop().calls.find(({ parent }) => parent === null)
    if (call === undefined) throw new Error('no call of a transformed function was recorded')
    const program = programOfCall(call)
    const text = graphOfJaxpr(new ClosedJaxpr(withoutDeadEquations(program), []), call.name).jaxpr
    expect(inOneLine(text)).toBe(inOneLine(vector?.text ?? ''))
    // The document that is drawn has every equation of the program.
    expect(primitivesOf(graphOfCall(call).root)).toEqual(primitivesIn(program))
  })
})
