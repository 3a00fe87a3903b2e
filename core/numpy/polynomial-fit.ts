import { JaxTypeError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { mul } from '../primitives/elementwise-arithmetic.ts'
import { sqrt } from '../primitives/elementwise-power.ts'
import { matrixTranspose } from '../primitives/matrix.ts'
import { expandDims } from '../primitives/movement.ts'
import { constant } from '../primitives/operand.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { checkOptions } from '../tree/options.ts'
import { divide, multiply } from './arithmetic.ts'
import { allCalledAs } from './called-as.ts'
import { dot, outer } from './contraction.ts'
import { inv, lstsq } from './linalg/index.ts'
import { vander } from './polynomials.ts'
import { asArray, promoteToFloat } from './promotion.ts'
import { sum } from './reductions.ts'
import { atleast1d, broadcastTo } from './shape.ts'
import { finfo } from './types.ts'

/** What `polyfit` may be told. */
export interface PolyfitOptions {
  /** Singular values below this part of the largest count as zero. */
  readonly rcond?: number | null
  /** Whether residuals, rank, singular values and `rcond` are given as well. */
  readonly full?: boolean
  /** A weight for every point, by which its distance is multiplied before it is squared. */
  readonly w?: ArrayLike | null
  /** Whether the covariance of the coefficients is given as well, scaled by the residuals or not. */
  readonly cov?: boolean | 'unscaled'
}

/**
 * The polynomial of degree `deg` that fits points best, by least squares: its coefficients from the highest
 * power down. With `full` [coefficients, residuals, rank, singular values, rcond], with `cov` [coefficients,
 * covariance]. JAX: `jax.numpy.polyfit`.
 *
 * @example
 * jnp.polyfit(jnp.array([0, 1, 2]), jnp.array([1, 3, 5]), 1) // 2 and 1
 */
export function polyfit(
  x: ArrayLike,
  y: ArrayLike,
  deg: number,
  options?: PolyfitOptions & { readonly full?: false; readonly cov?: false },
): JaxArray
export function polyfit(x: ArrayLike, y: ArrayLike, deg: number, options: PolyfitOptions): JaxArray | JaxArray[]
export function polyfit(x: ArrayLike, y: ArrayLike, deg: number, options: PolyfitOptions = {}): JaxArray | JaxArray[] {
  checkOptions('jnp.polyfit', options, ['rcond', 'full', 'w', 'cov'])
  const [points, values] = [asArray('polyfit', x), asArray('polyfit', y)]
  checkPoints(points, values, deg)
  const weights = options.w == null ? [] : promoteToFloat('polyfit', options.w)
  for (const weight of weights) {
    if (weight.ndim === 1 && weight.shape[0] === values.shape[0]) continue
    throw new JaxTypeError(`jnp.polyfit takes one weight for every point, got shape ${formatShape(weight.shape)}.`)
  }
  const results = allCalledAs(
    'polyfit',
    (...arrays) => fitted(arrays[0], arrays[1], arrays[2] ?? null, deg, options),
    points,
    values,
    ...weights,
  )
  return results.length === 1 ? results[0] : results
}

function checkPoints(x: JaxArray, y: JaxArray, deg: number): void {
  if (!Number.isInteger(deg) || deg < 0) throw new ValueError(`jnp.polyfit: the degree must be 0, 1, 2, …, got ${deg}.`)
  const fits = x.ndim === 1 && x.size > 0 && (y.ndim === 1 || y.ndim === 2) && x.shape[0] === y.shape[0]
  if (fits) return
  throw new JaxTypeError(
    `jnp.polyfit takes a vector of points and as many values, got ${formatShape(x.shape)} and ${formatShape(y.shape)}.`,
  )
}

function fitted(x: JaxArray, y: JaxArray, w: JaxArray | null, deg: number, options: PolyfitOptions): JaxArray[] {
  const rcond = options.rcond ?? x.size * finfo(promoteToFloat('polyfit', x)[0].dtype).eps
  const powers = vander(x, deg + 1)
  const left = w === null ? powers : multiply(powers, expandDims(w, [1]))
  const right = w === null ? y : multiply(y, y.ndim === 2 ? expandDims(w, [1]) : w)
  const scale = sqrt(sum(multiply(left, left), { axis: 0 }))
  const balanced = divide(left, expandDims(scale, [0]))
  const [c, residuals, rank, s] = lstsq(balanced, right, rcond)
  const row = expandDims(scale, [0])
  const coefficients = c.ndim > 1 ? matrixTranspose(divide(matrixTranspose(c), row)) : divide(c, scale)
  if (options.full) return [coefficients, residuals, rank, s, scalar(rcond, 'float32', true)]
  if (!options.cov) return [coefficients]
  return [coefficients, covariance(balanced, scale, residuals, y, options.cov === 'unscaled')]
}

function covariance(left: JaxArray, scale: JaxArray, residuals: JaxArray, y: JaxArray, unscaled: boolean): JaxArray {
  const [count, order] = left.shape
  if (!unscaled && count <= order) {
    throw new ValueError(`jnp.polyfit: ${count} points are too few to scale the covariance of ${order} coefficients.`)
  }
  const base = divide(inv(dot(matrixTranspose(left), left)), outer(scale, scale))
  const factor = atleast1d(unscaled ? constant(base, 1) : divide(residuals, count - order))
  if (y.ndim === 1) return multiply(base, expandDims(factor, [0]))
  const [rows, columns] = base.shape
  const cube = expandDims(base, [2])
  const shape = [rows, columns, factor.size]
  return mul(broadcastTo(cube, shape), broadcastTo(expandDims(factor, [0, 1]), shape))
}
