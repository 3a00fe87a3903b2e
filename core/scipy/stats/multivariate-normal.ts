import { ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { triangularSolve } from '../../lax/linalg.ts'
import { cholesky } from '../../numpy/linalg/index.ts'
import { multiply, square, subtract } from '../../numpy/arithmetic.ts'
import { einsum } from '../../numpy/einsum.ts'
import { checkArrayLike, floatType, promotedType, toType } from '../../numpy/promotion.ts'
import { diagonal } from '../../numpy/matrices.ts'
import { sum } from '../../numpy/reductions.ts'
import { exp, log } from '../../numpy/transcendental.ts'
import { vectorize } from '../../numpy/vectorize.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Logarithm of the density of the normal distribution over vectors, which lie along the last axis of `x`. `cov` is a
 * covariance matrix, or one variance of all coordinates.
 *
 * @example
 * scipy.stats.multivariateNormal.logpdf(jnp.zeros(2), jnp.zeros(2), jnp.eye(2)).item() // -1.8378770
 */
export function logpdf(x: ArrayLike, mean: ArrayLike, cov: ArrayLike): JaxArray {
  checkArrayLike('multivariate_normal.logpdf', x, mean, cov)
  const type = floatType(promotedType([x, mean, cov]))
  const [value, centre, spread] = [x, mean, cov].map((each) => toType(each, type))
  const difference = subtract(value, centre)
  const turn = log(constant(value, 2 * Math.PI))
  if (centre.ndim === 0) {
    return multiply(-0.5, square(difference))
      .div(spread)
      .sub(multiply(0.5, turn.add(log(spread))))
  }
  const count = centre.shape[centre.ndim - 1]
  if (spread.ndim === 0) {
    return multiply(-0.5, squaredLength(difference))
      .div(spread)
      .sub(multiply(count / 2, turn.add(log(spread))))
  }
  if (spread.ndim < 2 || spread.shape.slice(-2).some((length) => length !== count)) {
    throw new ValueError(
      `multivariate_normal.logpdf takes a covariance of ${count} × ${count} for that mean, got shape ${formatShape(spread.shape)}.`,
    )
  }
  const factor = cholesky(spread)
  const solve = vectorize(
    (l: JaxArray, b: JaxArray) =>
      triangularSolve(l, b.reshape(1, count), { lower: true, transposeA: true }).reshape(count),
    { signature: '(n,n),(n)->(n)' },
  )
  return multiply(-0.5, squaredLength(solve(factor, difference)))
    .sub(multiply(count / 2, turn))
    .sub(sum(log(diagonal(factor, { axis1: -1, axis2: -2 })), { axis: -1 }))
}

/**
 * Density of the normal distribution over vectors.
 *
 * @example
 * scipy.stats.multivariateNormal.pdf(jnp.zeros(2), jnp.zeros(2), jnp.eye(2)).item() // 0.1591549
 */
export function pdf(x: ArrayLike, mean: ArrayLike, cov: ArrayLike): JaxArray {
  return exp(logpdf(x, mean, cov))
}

function squaredLength(x: JaxArray): JaxArray {
  return einsum('...i,...i->...', x, x)
}
