import { describe, expect, it } from 'vitest'
import { graphOfCall, outline, startRecording, summarize } from '../../core/inspect/recording.ts'
import { programOfCall } from '../../core/inspect/record-figures.ts'
import type { GraphBlock } from '../../core/inspect/documents.ts'
import type { Jaxpr } from '../../core/ir/jaxpr.ts'
import { innerJaxprs } from '../../core/ir/check.ts'
import { categories, loadCases } from './cases.ts'
import { apply, compile } from './core-scope.ts'
import { inOneLine, liveText } from './live-program.ts'
import { loadVectors, toArgument } from './vectors.ts'

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
    expect(liveText(program)).toBe(inOneLine(vector?.text ?? ''))
    // The document that is drawn has every equation of the program.
    expect(primitivesOf(graphOfCall(call).root)).toEqual(primitivesIn(program))
  })
})
