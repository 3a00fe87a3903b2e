import { describe, expect, test } from 'vitest'
import { type Array as JaxArray, jit, jnp, lax } from '../../../core/index.ts'

const whole = (values: number[]): JaxArray => jnp.array(values, { dtype: 'int32' })
const five = (): JaxArray => jnp.int32(5)
const yes = (): JaxArray => jnp.array(true)

describe('a number with a fraction beside integers and booleans', () => {
  test.each([
    ['cond', () => lax.cond(true, () => 1.5, five)],
    ['cond of bool', () => lax.cond(true, () => 1.5, yes)],
    ['a whole number beside bool', () => lax.cond(true, () => 1, yes)],
    [
      'cond of half precision',
      () =>
        lax.cond(
          true,
          () => 1.5,
          () => jnp.float16(2),
        ),
    ],
    ['switch', () => lax.switch(2, [five, five, () => 1.5])],
    ['a traced weak float', () => jit((x: JaxArray) => lax.cond(true, () => x, five))(jnp.asarray(1.5))],
  ])('%s is refused', (_name, run) => {
    expect(run).toThrow(/all branches must return equal types/)
  })

  test.each([
    ['scan', () => lax.scan((_c: JaxArray, x: JaxArray) => [x, x], 1.5, whole([1, 2]))],
    ['scan of bool', () => lax.scan((_c: JaxArray, x: JaxArray) => [x, x], 1.5, jnp.array([true]))],
    ['a whole number and bool', () => lax.scan((_c: JaxArray, x: JaxArray) => [x, x], 1, jnp.array([true]))],
    ['whileLoop', () => lax.whileLoop((c: JaxArray) => jnp.less(c, 3), five, 1.5)],
    ['foriLoop', () => lax.foriLoop(0, 2, five, 1.5)],
    [
      'an integer that becomes a float',
      () => lax.scan((c: JaxArray) => [c.mul(1.5), null], five(), null, { length: 2 }),
    ],
  ])('%s is refused as a carry', (_name, run) => {
    expect(run).toThrow(/carry input and carry output must have equal types/)
  })
})

test('a bare whole number is an integer beside one', () => {
  expect(lax.cond(true, () => 1, five)).toMatchObject({ dtype: 'int32' })
  const [last] = lax.scan((_c: unknown, x: JaxArray) => [x, x], 0, whole([1, 2]))
  expect(String(last)).toBe('2')
  expect(last).toMatchObject({ dtype: 'int32' })
})

test('names of dtypes meet numbers and each other', () => {
  expect(jnp.resultType('int8', 1)).toBe('int8')
  expect(jnp.resultType('int8', 1.5)).toBe('float32')
  expect(jnp.isdtype('int8', 'int8')).toBe(true)
  expect(jnp.isdtype('int8', ['int16', 'float32'])).toBe(false)
})
