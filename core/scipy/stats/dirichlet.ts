import { ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { abs, subtract } from '../../numpy/arithmetic.ts'
import { concatenate } from '../../numpy/joining.ts'
import { greater, less, logicalAnd } from '../../numpy/logic.ts'
import { checkArrayLike, floatType, promotedType, toType } from '../../numpy/promotion.ts'
import { all, sum } from '../../numpy/reductions.ts'
import { where } from '../../numpy/selection.ts'
import { exp } from '../../numpy/transcendental.ts'
import { broadcastInDim } from '../../primitives/movement.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { gammaln, xlogy } from '../special.ts'

/**
 * Logarithm of the density of the Dirichlet distribution at points of the simplex, whose coordinates lie along
 * the first axis of `x`. The last coordinate may be left out: it is what the others lack to 1.
 *
 * @example
 * scipy.stats.dirichlet.logpdf(jnp.array([0.25, 0.75]), jnp.array([1, 1])).item() // 0
 */
export function logpdf(x: ArrayLike, alpha: ArrayLike): JaxArray {
  checkArrayLike('dirichlet.logpdf', x, alpha)
  const type = floatType(promotedType([x, alpha]))
  const [given, weights] = [toType(x, type), toType(alpha, type)]
  const count = weights.shape[0]
  if (weights.ndim !== 1) {
    throw new ValueError(`dirichlet.logpdf takes a vector alpha, got shape ${formatShape(weights.shape)}.`)
  }
  if (given.shape[0] !== count && given.shape[0] !== count - 1) {
    throw new ValueError(
      `dirichlet.logpdf takes as many coordinates as alpha has entries, or one fewer: x has shape ${formatShape(given.shape)} and alpha ${formatShape(weights.shape)}.`,
    )
  }
  const point =
    given.shape[0] === count
      ? given
      : concatenate([given, subtract(1, sum(given, { axis: 0, keepdims: true }))], { axis: 0 })
  const normaliser = sum(gammaln(weights)).sub(gammaln(sum(weights)))
  const exponents = weights.sub(1)
  const lined =
    point.ndim === 1
      ? exponents
      : broadcastInDim(exponents, {
          shape: [count, ...point.shape.slice(1).map(() => 1)],
          broadcast_dimensions: [0],
        })
  const logs = sum(xlogy(lined, point), { axis: 0 }).sub(normaliser)
  return where(isOnSimplex(point), logs, -Infinity)
}

/**
 * Density of the Dirichlet distribution.
 *
 * @example
 * scipy.stats.dirichlet.pdf(jnp.array([0.5, 0.5]), jnp.array([2, 2])).item() // 1.5
 */
export function pdf(x: ArrayLike, alpha: ArrayLike): JaxArray {
  return exp(logpdf(x, alpha))
}

function isOnSimplex(x: JaxArray): JaxArray {
  const rest = abs(sum(x, { axis: 0 }).sub(1))
  return logicalAnd(all(greater(x, 0), { axis: 0 }), less(rest, 1e-6))
}
