import { describe, expect, it } from 'vitest'
import { categories, loadCases } from './cases.ts'
import { api, apply, compile } from './core-scope.ts'
import { loadVectors, toArgument } from './vectors.ts'

const tables = categories.map((name) => [name, loadCases(name).filter(({ kind }) => kind === 'jaxprs')] as const)

describe.each(tables.filter(([, cases]) => cases.length > 0))('%s', (category, cases) => {
  const vectors = loadVectors(category)
  it.each(cases.map((testCase) => [testCase.id, testCase] as const))('%s prints as in JAX', (id, testCase) => {
    const record = vectors.get(id)
    expect(record?.py, 'the vectors were made from another source').toBe(testCase.py)
    const jaxpr = apply(api('makeJaxpr')(compile(testCase.js)), record?.in.map(toArgument) ?? [])
    expect(String(jaxpr)).toBe(record?.text)
  })
})
