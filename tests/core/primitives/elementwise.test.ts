import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Array as JaxArray, config, grad, jnp, jvp, lax, makeJaxpr, vmap } from '../../../core/index.ts'
import { checkRules, values } from './check-rules.ts'

beforeAll(() => config.update('enableX64', true))
afterAll(() => config.update('enableX64', false))

/** Values inside (0, 1), where every function below is smooth. */
function between(...shape: number[]): JaxArray {
  return jnp
    .abs(values(...shape))
    .add(0.3)
    .div(jnp.abs(values(...shape)).add(3.5))
}

const unary: Readonly<Record<string, (x: JaxArray) => JaxArray>> = {
  neg: lax.neg,
  abs: lax.abs,
  square: lax.square,
  sqrt: lax.sqrt,
  rsqrt: lax.rsqrt,
  cbrt: lax.cbrt,
  exp: lax.exp,
  exp2: lax.exp2,
  expm1: lax.expm1,
  log: lax.log,
  log1p: lax.log1p,
  sin: lax.sin,
  cos: lax.cos,
  tan: lax.tan,
  asin: lax.asin,
  acos: lax.acos,
  atan: lax.atan,
  sinh: lax.sinh,
  cosh: lax.cosh,
  tanh: lax.tanh,
  asinh: lax.asinh,
  acosh: (x) => lax.acosh(x.add(1.5)),
  atanh: lax.atanh,
  logistic: lax.logistic,
  erf: lax.erf,
  erfc: lax.erfc,
  erf_inv: lax.erfInv,
  lgamma: (x) => lax.lgamma(x.add(1)),
  digamma: (x) => lax.digamma(x.add(1)),
  polygamma: (x) => lax.polygamma(lax.fullLike(x, 2), x.add(1)),
  'integer_pow 3': (x) => lax.integerPow(x, 3),
  'integer_pow -2': (x) => lax.integerPow(x, -2),
  'integer_pow 1': (x) => lax.integerPow(x, 1),
  convert_element_type: (x) => lax.convertElementType(lax.convertElementType(x, 'float64'), 'float64'),
  clamp: (x) => lax.clamp(0.15, x, 0.3),
}

describe('elementwise primitives of one operand', () => {
  for (const [name, f] of Object.entries(unary)) {
    test(name, () => checkRules(f, between(2, 3)))
  }
})

type Binary = (x: JaxArray, y: JaxArray) => JaxArray

const binary: Readonly<Record<string, Binary>> = {
  add: lax.add,
  sub: lax.sub,
  mul: lax.mul,
  div: lax.div,
  rem: (x, y) => lax.rem(x.add(5), y),
  max: lax.max,
  min: lax.min,
  pow: lax.pow,
  atan2: lax.atan2,
}

describe('elementwise primitives of two operands', () => {
  for (const [name, f] of Object.entries(binary)) {
    test(`${name} of equal shapes`, () => checkRules(f, between(2, 3), between(2, 3)))
    test(`${name} with a scalar`, () => {
      checkRules(f, between(2, 3), between())
      checkRules(f, between(), between(2, 3))
    })
    test(`${name} repeating axes of length 1`, () => checkRules(f, between(2, 1), between(1, 3)))
  }

  test('a power with integer exponents', () => {
    const exponents = jnp.array(
      [
        [0, 1, 2],
        [3, -1, 0],
      ],
      { dtype: 'int32' },
    )
    checkRules((x) => lax.pow(x, exponents), between(2, 3))
  })

  test('the tangents of equal operands of max are averaged', () => {
    const slope = grad((x: JaxArray) => lax.reduceSum(lax.max(x, jnp.array([0, 1])), [0]))
    expect(slope(jnp.array([0, 2])).tolist()).toEqual([0.5, 1])
  })
})

test('reduced precision is linear to derivatives', () => {
  const [out, tangent] = jvp((x: JaxArray) => lax.reducePrecision(x, 8, 7), [jnp.array(1.01)], [jnp.array(3.01)])
  expect(String(out)).toBe('1.0078125')
  expect(String(tangent)).toBe('3.015625')
})

describe('selection', () => {
  test('select', () => {
    const which = lax.gt(between(2, 3), 0.2)
    checkRules((x, y) => lax.select(which, x, y), between(2, 3), between(2, 3))
  })

  test('select by a scalar', () =>
    checkRules((p, x, y) => lax.select(lax.gt(p, 0.2), x, y), between(), between(3), between(3)))

  test('selectN among three cases', () => {
    const index = jnp.array([0, 2, 1], { dtype: 'int32' })
    checkRules((x, y, z) => lax.selectN(index, x, y, z), between(3), between(3), between(3))
  })

  test('a batch of scalar selectors, each for a whole array', () => {
    const chosen = vmap((p: JaxArray, x: JaxArray, y: JaxArray) => lax.select(p, x, y), [0, 0, null])
    const x = jnp.array([
      [1, 2],
      [3, 4],
    ])
    const out = chosen(lax.gt(jnp.array([1, -1]), 0), x, jnp.zeros([2]))
    expect(out.tolist()).toEqual([
      [1, 2],
      [0, 0],
    ])
  })

  test('clamp by arrays', () => {
    checkRules((low, x, high) => lax.clamp(low, x, high), between(4).sub(0.2), between(4), between(4).add(0.05))
  })
})

describe('what lax refuses', () => {
  const x = jnp.ones([3], 'float32')

  test('shapes that do not broadcast', () => {
    expect(() => lax.add(x, jnp.ones([4], 'float32'))).toThrow(
      /add got incompatible shapes for broadcasting: \(3,\), \(4,\)/,
    )
    expect(() => lax.add(x, jnp.ones([2, 3], 'float32'))).toThrow(/same number of dimensions, got \(3,\), \(2, 3\)/)
  })

  test('dtypes that differ or are not defined', () => {
    expect(() => lax.mul(x, jnp.arange(3))).toThrow(/mul requires operands of one dtype, got float32, int64/)
    expect(() => lax.sin(jnp.arange(3))).toThrow(/sin does not accept dtype int64/)
    expect(() => lax.integerPow(jnp.arange(3), -1)).toThrow(/negative powers/)
  })

  test('lists', () => {
    // @ts-expect-error a list is no array
    expect(() => lax.add([1, 2], x)).toThrow(/got a list/)
  })
})

test('literals are written into equations, scalars beside arrays are not repeated', () => {
  expect(makeJaxpr((x: JaxArray) => lax.mul(x, 2))(jnp.ones([3], 'float32')).toString()).toBe(
    '{ lambda ; a:f32[3]. let b:f32[3] = mul a 2.0:f32[] in (b,) }',
  )
})
