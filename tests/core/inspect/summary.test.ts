import { afterEach, expect, test } from 'vitest'
import { config, jnp } from '../../../core/index.ts'
import { summaryOf } from '../../../core/inspect/summary.ts'

afterEach(() => config.update('enableX64', false))

test('complex numbers are shown as such', () => {
  const z = jnp.array([
    { re: 1, im: 2.5 },
    { re: -0.5, im: -1 },
  ])
  expect(summaryOf(z)?.text).toBe('[1+2.5000j −0.5000−1j]')
  expect(summaryOf(jnp.multiply(jnp.arange(9), z.slice(0)))?.text).toBe('sizes 0 … 21.5407')
})

test('bfloat16 and 64-bit integers are shown by their values', () => {
  expect(summaryOf(jnp.array([1.5, 2], 'bfloat16'))?.text).toBe('[1.5000 2]')
  config.update('enableX64', true)
  expect(summaryOf(jnp.array([5n, -7n], 'int64'))?.text).toBe('[5 −7]')
})
