import { ValueError } from '../errors.ts'
import { arange } from '../numpy/creation.ts'
import { equal, isnan, less, logicalAnd, logicalOr, notEqual, signbit } from '../numpy/logic.ts'
import { promoteToFloat } from '../numpy/promotion.ts'
import { floor } from '../numpy/rounding.ts'
import { where } from '../numpy/selection.ts'
import { expandDims } from '../numpy/shape.ts'
import { lgamma } from '../primitives/elementwise-special.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'

/**
 * The sign of the gamma function; NaN at its poles.
 *
 * @example
 * scipy.special.gammasgn(jnp.array([-1.5, -0.5, 2])).tolist() // [1, -1, 1]
 */
export function gammasgn(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('gammasgn', x)
  const [whole, negative] = [floor(value), less(value, 0)]
  const pole = logicalOr(logicalAnd(negative, equal(value, whole)), isnan(value))
  const odd = logicalAnd(negative, notEqual(whole.mod(2), 0))
  const below = logicalOr(odd, logicalAnd(equal(value, 0), signbit(value)))
  return where(pole, NaN, where(below, -1, 1)).astype(value.dtype)
}

/**
 * Logarithm of the multivariate gamma function of dimension `d`.
 *
 * @example
 * scipy.special.multigammaln(3, 1).item() // 0.6931472
 */
export function multigammaln(a: ArrayLike, d: number): JaxArray {
  if (!Number.isInteger(d) || d < 1) {
    throw new ValueError(`scipy.special.multigammaln: the dimension is a positive whole number, got ${d}.`)
  }
  const [value] = promoteToFloat('multigammaln', a)
  const halves = arange(d).astype(value.dtype).div(2)
  const logs = lgamma(expandDims(value, -1).sub(halves.reshape([...value.shape.map(() => 1), d])))
  return logs.sum(-1).add(0.25 * d * (d - 1) * Math.log(Math.PI))
}
