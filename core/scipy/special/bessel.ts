import { ValueError } from '../../errors.ts'
import { cond } from '../../lax/control-flow.ts'
import { scan } from '../../lax/loops.ts'
import { equal } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { abs, add, div, mul, sub } from '../../primitives/elementwise-arithmetic.ts'
import { besselI0e, besselI1e } from '../../primitives/elementwise-bessel.ts'
import { exp } from '../../primitives/elementwise-transcendental.ts'
import { iota } from '../../primitives/iota.ts'
import { constant, fullLike } from '../../primitives/operand.ts'
import { sliceInDim } from '../../lax/slicing.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { arraysOf } from './loop-values.ts'

/**
 * The modified Bessel function of order 0 times `exp(-|x|)`.
 *
 * @example
 * scipy.special.i0e(0).item() // 1
 */
export function i0e(x: ArrayLike): JaxArray {
  return besselI0e(promoteToFloat('i0e', x)[0])
}

/**
 * The modified Bessel function of order 0.
 *
 * @example
 * scipy.special.i0(1).item() // 1.266066
 */
export function i0(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('i0', x)
  return mul(exp(abs(value)), besselI0e(value))
}

/**
 * The modified Bessel function of order 1 times `exp(-|x|)`.
 *
 * @example
 * scipy.special.i1e(1).item() // 0.2079104
 */
export function i1e(x: ArrayLike): JaxArray {
  return besselI1e(promoteToFloat('i1e', x)[0])
}

/**
 * The modified Bessel function of order 1.
 *
 * @example
 * scipy.special.i1(1).item() // 0.5651591
 */
export function i1(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('i1', x)
  return mul(exp(abs(value)), besselI1e(value))
}

/** Which orders `besselJn` gives, and from where its recurrence comes down. */
export interface BesselJnOptions {
  /** The highest order. */
  readonly v: number
  readonly nIter?: number
}

/**
 * The Bessel functions of the first kind of orders 0 to `v`, along a new first axis. Computed by Miller's
 * downward recurrence, as in JAX: in 32 bits that overflows to NaN for small `x` unless `nIter` is small too.
 *
 * @example
 * scipy.special.besselJn(9, { v: 1 }).tolist() // [-0.0903336, 0.2453118]
 */
export function besselJn(z: ArrayLike, { v, nIter = 50 }: BesselJnOptions): JaxArray {
  if (!Number.isInteger(v) || v < 0) throw new ValueError(`scipy.special.besselJn: v is 0, 1, 2, …, got ${v}.`)
  const [x] = promoteToFloat('besselJn', z)
  const c = (value: number): JaxArray => constant(x, value)
  const step = ([f0, f1, total]: JaxArray[], k: JaxArray): [JaxArray[], JaxArray] => {
    const f = sub(div(mul(mul(c(2), add(k, c(1))), f1), x), f0)
    const [sum] = arraysOf(
      cond(
        equal(k.mod(2), 0),
        (s: JaxArray, value: JaxArray) => add(s, mul(c(2), value)),
        (s: JaxArray) => s,
        total,
        f,
      ),
    )
    return [[f1, f, sum], f]
  }
  const init = [fullLike(x, 0), fullLike(x, 1e-16), fullLike(x, 0)]
  const orders = iota({ dtype: x.dtype, shape: [nIter + 1], dimension: 0 })
  const [carry, stacked] = scan(step, init, orders, { reverse: true })
  const [, last, total] = arraysOf(carry)
  const [values] = arraysOf(stacked)
  return div(sliceInDim(values, 0, v + 1), sub(total, last).reshape([1, ...x.shape]))
}
