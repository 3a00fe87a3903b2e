import { promoteToFloat } from '../../numpy/promotion.ts'
import { exp, log, log1p } from '../../numpy/transcendental.ts'
import { lgamma } from '../../primitives/elementwise-special.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Logarithm of the density of Student's t distribution of `df` degrees of freedom.
 *
 * @example
 * scipy.stats.t.logpdf(0, 1).item() // -1.1447299
 */
export function logpdf(x: ArrayLike, df: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  const [value, freedom, centre, width] = promoteToFloat('t.logpdf', x, df, loc, scale)
  const z = value.sub(centre).div(width)
  const half = freedom.div(2)
  const root = log(width.mul(width).mul(Math.PI).mul(freedom)).div(2)
  const normaliser = lgamma(half)
    .add(root)
    .sub(lgamma(half.add(0.5)))
  return normaliser.add(half.add(0.5).mul(log1p(z.mul(z).div(freedom)))).neg()
}

/**
 * Density of Student's t distribution.
 *
 * @example
 * scipy.stats.t.pdf(0, 1).item() // 0.3183099
 */
export function pdf(x: ArrayLike, df: ArrayLike, loc: ArrayLike = 0, scale: ArrayLike = 1): JaxArray {
  return exp(logpdf(x, df, loc, scale))
}
