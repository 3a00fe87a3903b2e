import { JaxTypeError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { abs, add, divide, multiply, power, sign } from '../numpy/arithmetic.ts'
import { calledAs } from '../numpy/called-as.ts'
import type { DTypeLike } from '../numpy/creation.ts'
import { einsum } from '../numpy/einsum.ts'
import { qr } from '../numpy/linalg/index.ts'
import { diagonal } from '../numpy/matrices.ts'
import { asArray } from '../numpy/promotion.ts'
import { expandDims, matrixTranspose } from '../numpy/shape.ts'
import { sum } from '../numpy/reductions.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { square } from '../primitives/elementwise-arithmetic.ts'
import { sqrt } from '../primitives/elementwise-power.ts'
import { cholesky } from '../lax/linalg.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Key, type SampleOptions, floatDType, keyArgument, sampleArguments, sampleShape } from './arguments.ts'
import { exponential, normalOf } from './continuous.ts'
import { gamma } from './gamma.ts'
import { rademacher } from './discrete.ts'
import { splitInTwo } from './uniform.ts'

type ShapeArgument = number | readonly number[] | SampleOptions | null

/**
 * Draws from a normal distribution of vectors with the given mean and covariance.
 *
 * @example
 * random.multivariateNormal(random.key(0), jnp.zeros(2), jnp.eye(2), [5]).shape // [5, 2]
 */
export function multivariateNormal(
  key: Key,
  mean: ArrayLike,
  cov: ArrayLike,
  shape?: ShapeArgument,
  options?: DTypeLike | SampleOptions,
): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = floatDType('multivariateNormal', given.dtype)
  const [center, spread] = [asArray('random.multivariateNormal', mean), asArray('random.multivariateNormal', cov)]
  const length = center.shape.at(-1)
  if (length === undefined) {
    throw new JaxTypeError('random.multivariateNormal: the mean is a vector, got a scalar.')
  }
  if (spread.ndim < 2 || spread.shape.at(-1) !== length || spread.shape.at(-2) !== length) {
    throw new ValueError(
      `random.multivariateNormal: a mean of shape ${formatShape(center.shape)} needs a covariance of ` +
        `${length} by ${length}, got shape ${formatShape(spread.shape)}.`,
    )
  }
  const lanes = sampleShape('multivariateNormal', given.shape, center.shape.slice(0, -1), spread.shape.slice(0, -2))
  const draw = (typed: JaxArray, middle: JaxArray, covariance: JaxArray): JaxArray => {
    const factor = cholesky(convertElementType(covariance, dtype))
    const samples = normalOf(typed, [...lanes, length], dtype)
    return add(convertElementType(middle, dtype), einsum('...ij,...j->...i', factor, samples))
  }
  return calledAs('_multivariate_normal', draw, keyArgument('multivariateNormal', key), center, spread)
}

/**
 * Lengths of normal vectors in space: the Maxwell distribution.
 *
 * @example
 * random.maxwell(random.key(0), [3]).shape // [3]
 */
export function maxwell(key: Key, shape?: ShapeArgument, options?: DTypeLike | SampleOptions): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = floatDType('maxwell', given.dtype)
  const wanted = sampleShape('maxwell', given.shape)
  const draw = (typed: JaxArray): JaxArray => sqrt(sum(square(normalOf(typed, [...wanted, 3], dtype)), -1))
  return calledAs('_maxwell', draw, keyArgument('maxwell', key))
}

/**
 * Maxwell draws with a random sign, scaled and moved.
 *
 * @example
 * random.doubleSidedMaxwell(random.key(0), 0, 1, [3]).shape // [3]
 */
export function doubleSidedMaxwell(
  key: Key,
  loc: ArrayLike,
  scale: ArrayLike,
  shape?: ShapeArgument,
  options?: DTypeLike | SampleOptions,
): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = floatDType('doubleSidedMaxwell', given.dtype)
  const [middle, spread] = [asArray('random.doubleSidedMaxwell', loc), asArray('random.doubleSidedMaxwell', scale)]
  const parameters = sampleShape('doubleSidedMaxwell', null, middle.shape, spread.shape)
  const asked = given.shape === null || given.shape === undefined ? [] : sampleShape('doubleSidedMaxwell', given.shape)
  const wanted = [...(asked.length === 0 ? parameters : asked), ...parameters]
  const draw = (typed: JaxArray, center: JaxArray, width: JaxArray): JaxArray => {
    const [lengthKey, signKey] = splitInTwo(typed)
    const signed = multiply(rademacher(signKey, wanted, { dtype }), maxwell(lengthKey, wanted, { dtype }))
    return add(multiply(signed, width), center)
  }
  return calledAs('_double_sided_maxwell', draw, keyArgument('doubleSidedMaxwell', key), middle, spread)
}

interface OrthogonalOptions extends SampleOptions {
  /** Number of columns; as many as rows unless said. */
  m?: number | null
}

/**
 * Matrices of `n` rows with orthonormal columns (or rows, where those are fewer), every one as likely as
 * any other.
 *
 * @example
 * random.orthogonal(random.key(0), 3).shape // [3, 3]
 * random.orthogonal(random.key(0), 3, [5], { m: 2 }).shape // [5, 3, 2]
 */
export function orthogonal(
  key: Key,
  n: number,
  shape?: number | readonly number[] | OrthogonalOptions | null,
  options?: DTypeLike | OrthogonalOptions,
): JaxArray {
  const given = sampleArguments<OrthogonalOptions>(shape, options)
  const dtype = floatDType('orthogonal', given.dtype)
  const lanes = sampleShape('orthogonal', given.shape)
  const columns = given.m ?? n
  const draw = (typed: JaxArray): JaxArray => {
    const z = normalOf(typed, [...lanes, Math.max(n, columns), Math.min(n, columns)], dtype)
    const [q, r] = qr(z)
    const signs = sign(diagonal(r, { axis1: -2, axis2: -1 }))
    const unique = multiply(q, expandDims(signs, -2))
    return n < columns ? matrixTranspose(unique) : unique
  }
  return calledAs('_orthogonal', draw, keyArgument('orthogonal', key))
}

/**
 * Draws from the density proportional to `exp(-|x|^p)`: Laplace's for 1, a normal one for 2.
 *
 * @example
 * random.generalizedNormal(random.key(0), 3, [4]).shape // [4]
 */
export function generalizedNormal(
  key: Key,
  p: number,
  shape?: ShapeArgument,
  options?: DTypeLike | SampleOptions,
): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = floatDType('generalizedNormal', given.dtype)
  const wanted = sampleShape('generalizedNormal', given.shape)
  const draw = (typed: JaxArray): JaxArray => {
    const [sizeKey, signKey] = splitInTwo(typed)
    const size = gamma(sizeKey, 1 / p, wanted, dtype)
    return multiply(rademacher(signKey, wanted, { dtype }), power(size, 1 / p))
  }
  return calledAs('_generalized_normal', draw, keyArgument('generalizedNormal', key))
}

/**
 * Points spread evenly over the unit ball of the `p`-norm in `d` dimensions.
 *
 * @example
 * random.ball(random.key(0), 3, 2, [5]).shape // [5, 3]
 */
export function ball(key: Key, d: number, p = 2, shape?: ShapeArgument, options?: DTypeLike | SampleOptions): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = floatDType('ball', given.dtype)
  const wanted = sampleShape('ball', given.shape)
  const draw = (typed: JaxArray): JaxArray => {
    const [pointKey, radiusKey] = splitInTwo(typed)
    const points = generalizedNormal(pointKey, p, [...wanted, d], dtype)
    const extra = exponential(radiusKey, wanted, dtype)
    const norms = power(add(sum(power(abs(points), p), -1), extra), 1 / p)
    return divide(points, expandDims(norms, -1))
  }
  return calledAs('_ball', draw, keyArgument('ball', key))
}
