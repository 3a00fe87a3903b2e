import { describe, expect, it } from 'vitest'
import { categories, loadCases } from './cases.ts'
import { api, apply, compile } from './core-scope.ts'
import { loadVectors, toArgument } from './vectors.ts'

describe.each(
  categories.map((category) => [category, loadCases(category).filter(({ kind }) => kind === 'jaxprs')] as const),
)('%s', (category, cases) => {
  if (cases.length === 0) return
  const vectors = loadVectors(category)
  it.each(cases.map((testCase) => [testCase.id, testCase] as const))('%s prints as in JAX', (id, testCase) => {
    const record = vectors.get(id)
    expect(record?.py, 'the vectors were made from another source').toBe(testCase.py)
    const jaxpr = apply(api('makeJaxpr')(compile(testCase.js)), record?.in.map(toArgument) ?? [])
    expect(String(jaxpr)).toBe(record?.text)
  })
})
