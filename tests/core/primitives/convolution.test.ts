import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Array as JaxArray, config, grad, jnp, jvp, lax } from '../../../core/index.ts'
import { checkRules, values } from './check-rules.ts'

beforeAll(() => config.update('enableX64', true))
afterAll(() => config.update('enableX64', false))

type Options = NonNullable<Parameters<typeof lax.convGeneralDilated>[4]>
type Padding = Parameters<typeof lax.convGeneralDilated>[3]

interface Case {
  name: string
  lhs: number[]
  rhs: number[]
  strides: number[]
  padding: Padding
  options?: Options
}

const cases: Case[] = [
  { name: 'plain', lhs: [2, 2, 4], rhs: [3, 2, 2], strides: [1], padding: 'VALID' },
  { name: 'same, with strides', lhs: [2, 2, 5, 4], rhs: [3, 2, 3, 2], strides: [2, 1], padding: 'SAME' },
  {
    name: 'dilated window',
    lhs: [1, 2, 6],
    rhs: [2, 2, 2],
    strides: [2],
    padding: [[1, 2]],
    options: { rhsDilation: [2] },
  },
  {
    name: 'dilated input',
    lhs: [1, 2, 3],
    rhs: [2, 2, 2],
    strides: [1],
    padding: [[1, 0]],
    options: { lhsDilation: [2] },
  },
  { name: 'cut off', lhs: [1, 1, 6], rhs: [1, 1, 2], strides: [1], padding: [[-1, -2]] },
  {
    name: 'channels last',
    lhs: [2, 4, 3, 2],
    rhs: [2, 2, 2, 3],
    strides: [1, 1],
    padding: 'SAME_LOWER',
    options: { dimensionNumbers: ['NHWC', 'HWIO', 'NHWC'] },
  },
  {
    name: 'feature groups',
    lhs: [2, 4, 4],
    rhs: [6, 2, 2],
    strides: [1],
    padding: 'SAME',
    options: { featureGroupCount: 2 },
  },
  {
    name: 'batch groups',
    lhs: [4, 2, 4],
    rhs: [4, 2, 3],
    strides: [1],
    padding: 'VALID',
    options: { batchGroupCount: 2 },
  },
  { name: 'no spatial axes', lhs: [2, 3], rhs: [4, 3], strides: [], padding: [] },
]

describe('conv_general_dilated', () => {
  for (const { name, lhs, rhs, strides, padding, options } of cases) {
    test(name, () =>
      checkRules((x, w) => lax.convGeneralDilated(x, w, strides, padding, options), values(...lhs), values(...rhs)),
    )
  }

  test('is a correlation: the window is not reversed', () => {
    const out = lax.conv(jnp.array([[[1, 2, 3, 4]]]), jnp.array([[[1, 10]]]), [1], 'VALID')
    expect(out.tolist()).toEqual([[[21, 32, 43]]])
  })

  test('what does not fit', () => {
    const x = jnp.ones([1, 2, 4])
    expect(() => lax.conv(x, jnp.ones([1, 3, 2]), [1], 'VALID')).toThrow(/2 input features in 1 groups/)
    expect(() => lax.conv(x, jnp.ones([1, 2, 2, 2]), [1], 'VALID')).toThrow(/one rank/)
    expect(() => lax.convGeneralDilated(x, x, [1], 'VALID', { dimensionNumbers: ['NCWW', 'OIW', 'NCW'] })).toThrow(
      /'NCWW' does not name 3 axes/,
    )
  })
})

describe('reduce_window', () => {
  const reduce =
    (kind: typeof lax.add, start: number, padding: Padding, dilation: number[] = [1, 1]) =>
    (x: JaxArray): JaxArray =>
      lax.reduceWindow(x, start, kind, [2, 3], [2, 1], padding, { windowDilation: dilation })

  test('sums', () => {
    checkRules(reduce(lax.add, 0, 'VALID'), values(4, 5))
    checkRules(reduce(lax.add, 0, 'SAME', [1, 2]), values(4, 5))
    checkRules(
      reduce(lax.add, 0, [
        [1, 0],
        [0, 2],
      ]),
      values(3, 4),
    )
  })

  test('from another initial value than the identity, forward mode alone', () => {
    const f = reduce(lax.add, 1.5, 'VALID')
    const x = jnp.reshape(jnp.arange(20, { dtype: 'float64' }), [4, 5])
    const [out, tangent] = jvp(f, [x], [jnp.onesLike(x)])
    expect(out.tolist()).toEqual(reduce(lax.add, 0, 'VALID')(x).add(1.5).tolist())
    expect(tangent.tolist()).toEqual(jnp.full(out.shape, 6).tolist())
    expect(() => grad((y: JaxArray) => jnp.sum(f(y)))(x)).toThrow(/Linearization failed/)
  })

  test('extrema', () => {
    checkRules(reduce(lax.max, -Infinity, 'VALID'), values(4, 5))
    expect(() => grad((x: JaxArray) => jnp.sum(reduce(lax.max, -Infinity, 'SAME', [2, 1])(x)))(values(4, 5))).toThrow(
      /window dilation/,
    )
    checkRules(
      reduce(lax.min, Infinity, [
        [1, 0],
        [0, 2],
      ]),
      values(3, 4),
    )
  })

  test('of equal elements the first gets the derivative', () => {
    const pooled = (x: JaxArray): JaxArray => jnp.sum(lax.reduceWindow(x, -Infinity, lax.max, [2], [2], 'VALID'))
    expect(grad(pooled)(jnp.array([1, 1, 0, 2])).tolist()).toEqual([1, 0, 0, 1])
  })

  test('other computations fold each window from the left', () => {
    expect(lax.reduceWindow(jnp.array([1, 2, 4, 8]), 0, lax.sub, [2], [2], 'VALID').tolist()).toEqual([-3, -12])
  })
})
