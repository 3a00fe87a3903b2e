import { describe, expect, it } from 'vitest'
import { categories, loadCases } from './cases.ts'
import { api, compile } from './core-scope.ts'
import { loadVectors, toArgument } from './vectors.ts'

describe.each(categories.map((category) => [category, loadCases(category).filter(({ kind }) => kind === 'jaxprs')] as const))(
  '%s',
  (category, cases) => {
    if (cases.length === 0) return
    const vectors = loadVectors(category)
    it.each(cases.map((testCase) => [testCase.id, testCase] as const))('%s prints as in JAX', (id, testCase) => {
      const record = vectors.get(id)
      expect(record?.py, 'the vectors were made from another source').toBe(testCase.py)
      const trace = api('makeJaxpr')(compile(testCase.js))
      if (typeof trace !== 'function') throw new TypeError('makeJaxpr gave no function')
      expect(String(Reflect.apply(trace, undefined, record?.in.map(toArgument) ?? []))).toBe(record?.text)
    })
  },
)
