import { describe, expect, test as it } from 'vitest'
import { customJvp, customVjp, errors, jnp, lax, numpy, test } from '../../../core/index.ts'
import type { Array as JaxArray } from '../../../core/index.ts'

const x = jnp.array([0.3, -0.7, 1.2])

describe('checkGrads', () => {
  it('accepts right derivatives in every mode and to the second order', () => {
    test.checkGrads((a: JaxArray) => jnp.sin(a).mul(a), [x], { order: 2, modes: ['fwd', 'rev', 'lin'] })
    test.checkGrads((a: JaxArray, b: JaxArray) => jnp.tanh(a.dot(b)), [x, x.mul(0.5)], 1)
  })

  it('takes pytrees and arguments that do not move', () => {
    const f = ({ w, i }: { w: JaxArray; i: JaxArray }) => ({ out: numpy.take(w, i).mul(2), first: w.slice(0) })
    test.checkGrads(f, [{ w: x, i: jnp.array([2, 0], { dtype: 'int32' }) }], { order: 2 })
  })

  it('refuses a wrong forward rule, also when only reverse mode uses it', () => {
    const f = customJvp((a: JaxArray) => jnp.sin(a))
    f.defjvp(([a]: [JaxArray], [t]: [JaxArray]) => [jnp.sin(a), jnp.sin(a).mul(t)])
    expect(() => test.checkGrads(f, [x], { modes: ['fwd'] })).toThrow(errors.AssertionError)
    expect(() => test.checkGrads(f, [x], { modes: ['fwd'] })).toThrow(/the JVP tangent is/)
    expect(() => test.checkGrads(f, [x], { modes: ['rev'] })).toThrow(/the VJP cotangent projection is/)
  })

  it('refuses a rule whose first order is right and whose second is not', () => {
    const f = customJvp((a: JaxArray) => a.mul(a))
    f.defjvp(([a]: [JaxArray], [t]: [JaxArray]) => [a.mul(a), lax.stopGradient(a).mul(t).mul(2)])
    test.checkGrads(f, [x], { order: 1 })
    expect(() => test.checkGrads(f, [x], { order: 2 })).toThrow(/JVP of JVP|VJP of JVP/)
  })

  it('refuses a wrong reverse rule', () => {
    const f = customVjp((a: JaxArray) => jnp.exp(a))
    f.defvjp(
      (a: JaxArray) => [jnp.exp(a), a],
      (a: JaxArray, ct: JaxArray) => [ct.mul(a)],
    )
    expect(() => test.checkGrads(f, [x], { modes: ['rev'] })).toThrow(errors.AssertionError)
  })

  it('widens and narrows with the tolerances that it is given', () => {
    const f = customJvp((a: JaxArray) => jnp.sin(a))
    f.defjvp(([a]: [JaxArray], [t]: [JaxArray]) => [jnp.sin(a), jnp.cos(a).mul(t).mul(1.01)])
    expect(() => test.checkGrads(f, [x], { modes: ['fwd'], atol: 1e-4, rtol: 1e-4 })).toThrow(errors.AssertionError)
    test.checkGrads(f, [x], { modes: ['fwd'], atol: 0.1, rtol: 0.1 })
  })

  it('says what it takes', () => {
    expect(() => Reflect.apply(test.checkGrads, undefined, [jnp.sin, 3])).toThrow(/list of its arguments/)
    expect(() => Reflect.apply(test.checkGrads, undefined, [jnp.sin, [3], { orders: 2 }])).toThrow(/no option 'orders'/)
  })
})

describe('finiteDifference', () => {
  it('is close to the derivative along the tangent, in the structure of the value', () => {
    const result = test.finiteDifference((a: JaxArray) => ({ y: a.mul(a) }), [jnp.array(3)], [jnp.array(2)])
    expect(result).toHaveProperty('y')
    const leaf: unknown = Reflect.get(Object(result), 'y')
    expect(Number(leaf)).toBeCloseTo(12, 1)
  })

  it('refuses tangents of other shapes', () => {
    expect(() => test.finiteDifference(jnp.sin, [x], [jnp.array([1, 2])])).toThrow(errors.ValueError)
  })
})
