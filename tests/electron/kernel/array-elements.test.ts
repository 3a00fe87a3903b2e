import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { config, jnp, random } from '../../../core/index.ts'
import { core } from '../../../electron/kernel/core-bindings.ts'
import { closeValues } from '../../../electron/kernel/close-values.ts'
import { toPlotSpec } from '../../../electron/kernel/plot-spec.ts'
import { toTable } from '../../../electron/kernel/table-rows.ts'

beforeAll(() => config.update('enableX64', true))
afterAll(() => config.update('enableX64', false))

const formatter = { value: (value: unknown) => ({ text: String(value) }) }
const rowsOf = (given: unknown): unknown => toTable(given, core, formatter as never).rows

describe('tables', () => {
  test('show the numbers of every dtype, not its storage', () => {
    expect(rowsOf(jnp.array([1.5, -2], { dtype: 'bfloat16' }))).toEqual([[1.5], [-2]])
    expect(rowsOf(jnp.array([1, -1], { dtype: 'int64' }))).toEqual([[1], [-1]])
    expect(rowsOf([{ n: jnp.int64(-3) }])).toEqual([[-3]])
  })

  test('write out what no number is', () => {
    expect(rowsOf(jnp.array([2n ** 53n + 1n, 1n], { dtype: 'int64' }))).toEqual([['9007199254740993'], [1]])
    expect(rowsOf(jnp.array([{ re: 1, im: -2 }]))).toEqual([['(1-2j)']])
    expect(rowsOf(random.split(random.key(0), 2))).toEqual([['[1797259609 2579123966]'], ['[ 928981903 3453687069]']])
  })
})

describe('plots', () => {
  const ys = (y: unknown): readonly number[] | undefined =>
    toPlotSpec({ series: [{ y }] }, core.elementsOf).series[0]?.y

  test('place points at the numbers of every dtype', () => {
    expect(ys(jnp.array([0.5, 1], { dtype: 'bfloat16' }))).toEqual([0.5, 1])
    expect(ys(jnp.array([-1, 2], { dtype: 'int64' }))).toEqual([-1, 2])
    expect(ys([jnp.bfloat16(0.5)])).toEqual([0.5])
  })

  test('say what to plot of what is no real number', () => {
    expect(() => ys(jnp.array([{ re: 1, im: 2 }]))).toThrow(/jnp\.abs/)
    expect(() => ys(random.split(random.key(0), 2))).toThrow(/keys/)
  })
})

test('answers are compared as numbers', () => {
  expect(closeValues(jnp.array([1, 2], { dtype: 'bfloat16' }), [1, 2], core)).toBe(true)
  expect(closeValues(jnp.array([-1], { dtype: 'int64' }), [-1], core)).toBe(true)
  expect(closeValues(jnp.array([{ re: 1, im: 2 }]), jnp.array([{ re: 1, im: 3 }]), core)).toBe(false)
})
