import { describe, expect, it } from 'vitest'
import { categories, loadCases } from './cases.ts'
import { compile, configured } from './core-scope.ts'
import { loadVectors, toArgument } from './vectors.ts'

/** The class of an error and those it derives from, by name; JS's own in Python's words. */
function classNames(error: unknown): string[] {
  const names: string[] = error instanceof Error ? [error.name] : []
  for (let kind: unknown = error; kind !== null && typeof kind === 'object'; kind = Object.getPrototypeOf(kind)) {
    if (typeof kind.constructor === 'function') names.push(kind.constructor.name)
  }
  return names
}

/** Python classes that JS has no counterpart for, and what stands for them. */
const standIns: Readonly<Record<string, string>> = {
  IndexError: 'RangeError',
  AttributeError: 'TypeError',
  NameError: 'TypeError',
  IndivisibleError: 'ValueError',
}

const tables = categories.map((name) => [name, loadCases(name).filter(({ kind }) => kind === 'errors')] as const)

describe.each(tables.filter(([, cases]) => cases.length > 0))('%s', (category, cases) => {
  const vectors = loadVectors(category)
  it.each(cases.map((testCase) => [testCase.id, testCase] as const))(
    '%s is refused as JAX refuses it',
    (id, testCase) => {
      const record = vectors.get(id)
      expect(record?.py, 'the vectors were made from another source').toBe(testCase.py)
      const [raised] = record?.raises ?? []
      const wanted = raised in standIns ? [raised, standIns[raised]] : [raised]
      let error: unknown = null
      try {
        const f = compile(testCase.js)
        configured(testCase.config, () => f(...(record?.in.map(toArgument) ?? [])))
      } catch (thrown) {
        error = thrown
      }
      expect(error, `nothing was raised; JAX raises ${raised}`).toBeInstanceOf(Error)
      expect(
        classNames(error).some((name) => wanted.includes(name)),
        `${classNames(error)[0]}: ${String(error)}; JAX raises ${raised}`,
      ).toBe(true)
      expect(error instanceof Error ? error.message : '', 'an internal error').not.toMatch(
        /^internal|undefined|is not a function/,
      )
    },
  )
})
