import type { Shape } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import { clip } from '../numpy/arithmetic.ts'
import { calledAs } from '../numpy/called-as.ts'
import type { DTypeLike } from '../numpy/creation.ts'
import { asArray } from '../numpy/promotion.ts'
import { broadcastTo } from '../numpy/shape.ts'
import { convertElementType, stopGradient } from '../primitives/conversion.ts'
import { abs, add, div, mul, neg, sign, sub } from '../primitives/elementwise-arithmetic.ts'
import { integerPow, pow, sqrt } from '../primitives/elementwise-power.ts'
import { le, lt } from '../primitives/elementwise-comparison.ts'
import { nextafter } from '../primitives/elementwise-rounding.ts'
import { erf, erfInv } from '../primitives/elementwise-special.ts'
import { exp, log, log1p, tan } from '../primitives/elementwise-transcendental.ts'
import { select } from '../primitives/selection.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import {
  type Key,
  type SampleOptions,
  floatDType,
  floatInfo,
  keyArgument,
  sampleArguments,
  sampleShape,
} from './arguments.ts'
import { splitInTwo, toRank, uniformBetween, uniformFrom, uniformOf } from './uniform.ts'

type ShapeArgument = number | readonly number[] | SampleOptions
type OptionsArgument = DTypeLike | SampleOptions

/** Draws of `shape` and `dtype` under a checked key. */
type Draw = (key: JaxArray, shape: Shape, dtype: DType) => JaxArray

/** What JAX calls the program of a sampler: `_weibull_min` for `weibullMin`. */
function programName(sampler: string): string {
  return `_${sampler.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`
}

/** A sampler without parameters, under JAX's name for the program that it is. */
function sampler(name: string, draw: Draw): (key: Key, shape?: ShapeArgument, options?: OptionsArgument) => JaxArray {
  return (key, shape, options) => {
    const given = sampleArguments(shape, options)
    const dtype = floatDType(name, given.dtype)
    const wanted = sampleShape(name, given.shape)
    return calledAs(programName(name), (typed) => draw(typed, wanted, dtype), keyArgument(name, key))
  }
}

/** The largest float below 1 in magnitude: the open end of (-1, 1). */
function openEnd(dtype: DType): number {
  return 1 - floatInfo(dtype).epsneg
}

/** Standard normal draws through the inverse of the error function. */
export function normalOf(key: JaxArray, shape: Shape, dtype: DType): JaxArray {
  const draw = (typed: JaxArray): JaxArray => {
    const u = uniformBetween(typed, shape, dtype, -openEnd(dtype), 1)
    return mul(scalar(Math.SQRT2, dtype), erfInv(u))
  }
  return calledAs('_normal_real', draw, key)
}

/**
 * Draws from the standard normal distribution.
 *
 * @example
 * random.normal(random.key(0), [2, 3]).shape // [2, 3]
 */
export const normal = sampler('normal', normalOf)

interface TruncatedOptions extends SampleOptions {
  lower?: ArrayLike
  upper?: ArrayLike
}

/**
 * Draws from the standard normal distribution cut to (lower, upper).
 *
 * @example
 * random.truncatedNormal(random.key(0), -1, 1, [3]).shape // [3]
 */
export function truncatedNormal(
  key: Key,
  lower: ArrayLike,
  upper: ArrayLike,
  shape?: number | readonly number[] | TruncatedOptions | null,
  options?: DTypeLike | TruncatedOptions,
): JaxArray {
  const given = sampleArguments<TruncatedOptions>(shape, options)
  const dtype = floatDType('truncatedNormal', given.dtype)
  const [from, to] = [asArray('random.truncatedNormal', lower), asArray('random.truncatedNormal', upper)]
  const wanted = sampleShape('truncatedNormal', given.shape, from.shape, to.shape)
  const draw = (typed: JaxArray, lowest: JaxArray, highest: JaxArray): JaxArray => {
    const root = scalar(Math.SQRT2, dtype)
    const [low, high] = [convertElementType(lowest, dtype), convertElementType(highest, dtype)]
    const u = uniformOf(typed, wanted, dtype, erf(div(low, root)), erf(div(high, root)))
    const values = mul(root, erfInv(u))
    // Rounding may have reached an end, which the open interval does not contain.
    const smallest = nextafter(stopGradient(low), scalar(Infinity, dtype))
    const largest = nextafter(stopGradient(high), scalar(-Infinity, dtype))
    return clip(values, smallest, largest)
  }
  return calledAs('_truncated_normal', draw, keyArgument('truncatedNormal', key), from, to)
}

/** Draws from the standard Gumbel distribution: adding them to logits and taking the largest is sampling. */
export function gumbelOf(key: JaxArray, shape: Shape, dtype: DType): JaxArray {
  const draw = (typed: JaxArray): JaxArray =>
    neg(log(neg(log(uniformFrom(typed, shape, dtype, scalar(floatInfo(dtype).tiny, dtype))))))
  return calledAs('_gumbel', draw, key)
}

/**
 * Draws from the standard Gumbel distribution.
 *
 * @example
 * random.gumbel(random.key(0), [3]).shape // [3]
 */
export function gumbel(key: Key, shape?: ShapeArgument, options?: OptionsArgument): JaxArray {
  const given = sampleArguments(shape, options)
  return gumbelOf(keyArgument('gumbel', key), sampleShape('gumbel', given.shape), floatDType('gumbel', given.dtype))
}

/**
 * Draws from the exponential distribution of rate 1.
 *
 * @example
 * random.exponential(random.key(0), [3]).shape // [3]
 */
export const exponential = sampler('exponential', (key, shape, dtype) =>
  neg(log1p(neg(uniformBetween(key, shape, dtype)))),
)

/**
 * Draws from the Laplace distribution of scale 1.
 *
 * @example
 * random.laplace(random.key(0), [3]).shape // [3]
 */
export const laplace = sampler('laplace', (key, shape, dtype) => {
  const u = uniformBetween(key, shape, dtype, -openEnd(dtype), 1)
  return mul(sign(u), log1p(neg(abs(u))))
})

/**
 * Draws from the standard Cauchy distribution.
 *
 * @example
 * random.cauchy(random.key(0), [3]).shape // [3]
 */
export const cauchy = sampler('cauchy', (key, shape, dtype) => {
  const u = uniformBetween(key, shape, dtype, floatInfo(dtype).eps, 1)
  return tan(mul(scalar(Math.PI, dtype), sub(u, scalar(0.5, dtype))))
})

/**
 * Draws from the standard logistic distribution.
 *
 * @example
 * random.logistic(random.key(0), [3]).shape // [3]
 */
export const logistic = sampler('logistic', (key, shape, dtype) => {
  const u = uniformBetween(key, shape, dtype, floatInfo(dtype).tiny, 1)
  return sub(log(u), log1p(neg(u)))
})

/** A sampler with one parameter, which the drawn values are transformed by. */
function sampleWith(
  name: string,
  key: Key,
  parameter: ArrayLike,
  shape: ShapeArgument | null | undefined,
  options: OptionsArgument | undefined,
  transform: (key: JaxArray, parameter: JaxArray, shape: Shape, dtype: DType) => JaxArray,
): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = floatDType(name, given.dtype)
  const array = convertElementType(asArray(`random.${name}`, parameter), dtype)
  const wanted = sampleShape(name, given.shape, array.shape)
  const draw = (typed: JaxArray, value: JaxArray): JaxArray =>
    transform(typed, toRank(value, value.ndim === 0 ? 0 : wanted.length), wanted, dtype)
  return calledAs(programName(name), draw, keyArgument(name, key), array)
}

/**
 * Draws from the Pareto distribution of shape `b`.
 *
 * @example
 * random.pareto(random.key(0), 2, [3]).shape // [3]
 */
export function pareto(key: Key, b: ArrayLike, shape?: ShapeArgument | null, options?: OptionsArgument): JaxArray {
  return sampleWith('pareto', key, b, shape, options, (typed, power, wanted, dtype) =>
    exp(div(exponential(typed, wanted, { dtype }), power)),
  )
}

/**
 * Draws whose logarithm is normal with standard deviation `sigma`.
 *
 * @example
 * random.lognormal(random.key(0), 0.5, [3]).shape // [3]
 */
export function lognormal(
  key: Key,
  sigma: ArrayLike = 1,
  shape?: ShapeArgument | null,
  options?: OptionsArgument,
): JaxArray {
  return sampleWith('lognormal', key, sigma, shape, options, (typed, scale, wanted, dtype) =>
    exp(mul(normal(typed, wanted, { dtype }), scale)),
  )
}

/**
 * Draws from the Rayleigh distribution of the given scale.
 *
 * @example
 * random.rayleigh(random.key(0), 1, [3]).shape // [3]
 */
export function rayleigh(
  key: Key,
  scale: ArrayLike,
  shape?: ShapeArgument | null,
  options?: OptionsArgument,
): JaxArray {
  return sampleWith('rayleigh', key, scale, shape, options, (typed, spread, wanted, dtype) => {
    const u = uniformBetween(typed, wanted, dtype)
    return mul(spread, pow(mul(log(u), scalar(-2, dtype)), scalar(0.5, dtype)))
  })
}

/**
 * Draws from the Weibull distribution of the given scale and concentration.
 *
 * @example
 * random.weibullMin(random.key(0), 1, 2, [3]).shape // [3]
 */
export function weibullMin(
  key: Key,
  scale: number,
  concentration: number,
  shape?: ShapeArgument,
  options?: OptionsArgument,
): JaxArray {
  return sampler('weibullMin', (typed, wanted, dtype) => {
    const u = uniformBetween(typed, wanted, dtype)
    return mul(pow(neg(log1p(neg(u))), scalar(1 / concentration, dtype)), scalar(scale, dtype))
  })(key, shape, options)
}

/**
 * Draws from the triangular distribution over [left, right] with its peak at `mode`.
 *
 * @example
 * random.triangular(random.key(0), 0, 1, 4, [3]).shape // [3]
 */
export function triangular(
  key: Key,
  left: ArrayLike,
  mode: ArrayLike,
  right: ArrayLike,
  shape?: ShapeArgument | null,
  options?: OptionsArgument,
): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = floatDType('triangular', given.dtype)
  const ends = [left, mode, right].map((end) => convertElementType(asArray('random.triangular', end), dtype))
  const wanted = sampleShape('triangular', given.shape, ...ends.map((end) => end.shape))
  const typed = keyArgument('triangular', key)
  const [low, peak, high] = ends.map((end) => broadcastTo(end, wanted))
  const u = uniformBetween(typed, wanted, dtype)
  const [width, rise, fall] = [sub(high, low), sub(peak, low), sub(high, peak)]
  const before = add(low, sqrt(mul(mul(u, width), rise)))
  const after = sub(high, sqrt(mul(mul(sub(scalar(1, dtype), u), width), fall)))
  return select(lt(u, div(rise, width)), before, after)
}

/**
 * Draws from the Wald (inverse Gaussian) distribution of the given mean.
 *
 * @example
 * random.wald(random.key(0), 2, [3]).shape // [3]
 */
export function wald(key: Key, mean: ArrayLike, shape?: ShapeArgument | null, options?: OptionsArgument): JaxArray {
  return sampleWith('wald', key, mean, shape, options, (typed, middle, wanted, dtype) => {
    const [normalKey, uniformKey] = splitInTwo(typed)
    const centre = broadcastTo(middle, wanted)
    const y = integerPow(normalOf(normalKey, wanted, dtype), { y: 2 })
    const u = uniformBetween(uniformKey, wanted, dtype)
    const c = (value: number): JaxArray => scalar(value, dtype)
    const squared = integerPow(centre, { y: 2 })
    const root = sqrt(add(mul(mul(c(4), centre), y), mul(squared, integerPow(y, { y: 2 }))))
    const x = sub(add(centre, div(mul(squared, y), c(2))), mul(div(centre, c(2)), root))
    return select(le(u, div(centre, add(centre, x))), x, div(squared, x))
  })
}
