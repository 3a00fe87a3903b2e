import { ValueError } from '../errors.ts'
import { type Shape, formatShape, sizeOf } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import { map, whileLoop } from '../lax/loops.ts'
import { calledAs } from '../numpy/called-as.ts'
import type { DTypeLike } from '../numpy/creation.ts'
import { asArray } from '../numpy/promotion.ts'
import { broadcastTo } from '../numpy/shape.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { add, div, max, mul, neg, sub } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseOr } from '../primitives/elementwise-bitwise.ts'
import { eq, ge, le } from '../primitives/elementwise-comparison.ts'
import { randomGammaGrad } from '../primitives/elementwise-incomplete.ts'
import { pow, sqrt } from '../primitives/elementwise-power.ts'
import { exp, log } from '../primitives/elementwise-transcendental.ts'
import { smallestNormal } from '../primitives/float-limits.ts'
import { reshape, squeeze } from '../primitives/movement.ts'
import { constant, fullLike } from '../primitives/operand.ts'
import { randomSplit } from '../primitives/random.ts'
import { select } from '../primitives/selection.ts'
import { slice } from '../primitives/slicing.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { currentTrace } from '../tracing/trace.ts'
import { leaves } from '../tree/index.ts'
import { type Key, type SampleOptions, floatDType, keyArgument, sampleArguments, sampleShape } from './arguments.ts'
import { exponential, normalOf } from './continuous.ts'
import { splitInTwo, uniformBetween } from './uniform.ts'

type ShapeArgument = number | readonly number[] | SampleOptions | null
type OptionsArgument = DTypeLike | SampleOptions

/** The three parts of a key split in three. */
export function splitInThree(key: JaxArray): [JaxArray, JaxArray, JaxArray] {
  const keys = randomSplit(key, { shape: [3] })
  const part = (i: number): JaxArray =>
    squeeze(slice(keys, { start_indices: [i], limit_indices: [i + 1], strides: [1] }), { dimensions: [0] })
  return [part(0), part(1), part(2)]
}

/**
 * One gamma draw by Marsaglia and Tsang's method: the cube of a slightly moved normal variable, accepted or
 * drawn again. A shape below 1 is drawn as one more and pulled down by a power of a uniform variable.
 */
function gammaOne(key: JaxArray, alpha: JaxArray, logSpace: boolean): JaxArray {
  const { dtype } = alpha
  const c = (value: number): JaxArray => scalar(value, dtype)
  const large = ge(alpha, c(1))
  const d = sub(select(large, alpha, add(alpha, c(1))), c(1 / 3))
  const slope = div(c(1 / 3), sqrt(d))

  const rejected = ([, x, v, u]: readonly JaxArray[]): JaxArray => {
    const outside = ge(u, sub(c(1), mul(c(0.0331), mul(x, x))))
    const exact = add(mul(x, c(0.5)), mul(d, add(sub(c(1), v), log(v))))
    return bitwiseAnd(outside, ge(log(u), exact))
  }
  const drawAgain = ([current]: readonly JaxArray[]): JaxArray[] => {
    const [next, normalKey, uniformKey] = splitInThree(current)
    const cubeRoot = whileLoop(
      ([, , v]: readonly JaxArray[]) => le(v, c(0)),
      ([own]: readonly JaxArray[]) => {
        const [rest, subkey] = splitInTwo(own)
        const x = normalOf(subkey, [], dtype)
        return [rest, x, add(c(1), mul(x, slope))]
      },
      [normalKey, c(0), c(-1)],
    )
    const [, x, v] = arraysOf(cubeRoot)
    return [next, mul(x, x), mul(mul(v, v), v), uniformBetween(uniformKey, [], dtype)]
  }
  const [loopKey, boostKey] = splitInTwo(key)
  const [, , volume] = arraysOf(whileLoop(rejected, drawAgain, [loopKey, c(0), c(1), c(2)]))
  if (logSpace) {
    const shrink = neg(exponential(boostKey, [], { dtype }))
    const none = bitwiseOr(large, eq(shrink, c(0)))
    const boost = select(none, c(0), mul(shrink, div(c(1), alpha)))
    return add(add(log(d), log(volume)), boost)
  }
  const share = sub(c(1), uniformBetween(boostKey, [], dtype))
  return mul(mul(d, volume), select(large, c(1), pow(share, div(c(1), alpha))))
}

/** What a loop gives back in the form in which it was given: a list of arrays. */
export function arraysOf(values: unknown): readonly JaxArray[] {
  return leaves(values).filter((leaf) => leaf instanceof JaxArray)
}

/** How a draw moves with its shape when its probability is held fixed. */
function gammaSlope(sample: JaxArray, alpha: JaxArray, logSpace: boolean): JaxArray {
  if (!logSpace) return randomGammaGrad(alpha, sample)
  const value = exp(sample)
  const least = fullLike(value, smallestNormal(value.dtype))
  const safe = select(eq(value, constant(value, 0)), least, value)
  return div(randomGammaGrad(alpha, safe), safe)
}

/** Gamma draws of `alpha`, one under a key of its own for each element. */
function gammaDraws(key: JaxArray, alpha: JaxArray, logSpace: boolean): JaxArray {
  const count = sizeOf(alpha.shape)
  const fun = (typed: JaxArray, a: JaxArray): JaxArray[] => {
    const keys = randomSplit(typed, { shape: [count] })
    const flat = reshape(a, { new_sizes: [count] })
    const one = ([k, x]: readonly JaxArray[]): JaxArray => gammaOne(k, x, logSpace)
    const [draws] = arraysOf([map(one, [keys, flat])])
    return [reshape(draws, { new_sizes: a.shape })]
  }
  const jvp = (typed: JaxArray, a: JaxArray, _key: JaxArray, tangent: JaxArray): JaxArray[] => {
    const sample = gammaDraws(typed, a, logSpace)
    return [sample, mul(tangent, gammaSlope(sample, a, logSpace))]
  }
  const [out] = currentTrace().processCustomJvp({ name: 'random_gamma', fun, jvp }, [key, alpha])
  return out
}

function gammaOf(key: JaxArray, alpha: JaxArray, shape: Shape, dtype: DType, logSpace = false): JaxArray {
  const draw = (typed: JaxArray, a: JaxArray): JaxArray =>
    gammaDraws(typed, broadcastTo(convertElementType(a, dtype), shape), logSpace)
  return calledAs('_gamma', draw, key, alpha)
}

/** A sampler whose parameters broadcast to the shape of its draws. */
function sampleWith(
  name: string,
  key: Key,
  parameters: readonly ArrayLike[],
  shape: ShapeArgument | undefined,
  options: OptionsArgument | undefined,
  draw: (key: JaxArray, parameters: readonly JaxArray[], shape: Shape, dtype: DType) => JaxArray,
): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = floatDType(name, given.dtype)
  const arrays = parameters.map((value) => convertElementType(asArray(`random.${name}`, value), dtype))
  const wanted = sampleShape(name, given.shape, ...arrays.map((array) => array.shape))
  const typed = keyArgument(name, key)
  return calledAs(`_${name}`, (k, ...values) => draw(k, values, wanted, dtype), typed, ...arrays)
}

/**
 * Draws from the gamma distribution of shape `a` and scale 1.
 *
 * @example
 * random.gamma(random.key(0), 2, [3]).shape // [3]
 */
export function gamma(key: Key, a: ArrayLike, shape?: ShapeArgument, options?: OptionsArgument): JaxArray {
  const given = sampleArguments(shape, options)
  const alpha = asArray('random.gamma', a)
  const wanted = sampleShape('gamma', given.shape, alpha.shape)
  return gammaOf(keyArgument('gamma', key), alpha, wanted, floatDType('gamma', given.dtype))
}

/**
 * Logarithms of gamma draws, accurate also where the draws themselves would underflow.
 *
 * @example
 * random.loggamma(random.key(0), 0.01, [3]).shape // [3]
 */
export function loggamma(key: Key, a: ArrayLike, shape?: ShapeArgument, options?: OptionsArgument): JaxArray {
  const given = sampleArguments(shape, options)
  const alpha = asArray('random.loggamma', a)
  const wanted = sampleShape('loggamma', given.shape, alpha.shape)
  return gammaOf(keyArgument('loggamma', key), alpha, wanted, floatDType('loggamma', given.dtype), true)
}

/**
 * Draws from the beta distribution.
 *
 * @example
 * random.beta(random.key(0), 2, 3, [4]).shape // [4]
 */
export function beta(key: Key, a: ArrayLike, b: ArrayLike, shape?: ShapeArgument, options?: OptionsArgument): JaxArray {
  return sampleWith('beta', key, [a, b], shape, options, (typed, [first, second], wanted, dtype) => {
    const [keyA, keyB] = splitInTwo(typed)
    const logA = gammaOf(keyA, first, wanted, dtype, true)
    const logB = gammaOf(keyB, second, wanted, dtype, true)
    const largest = max(logA, logB)
    const [scaledA, scaledB] = [exp(sub(logA, largest)), exp(sub(logB, largest))]
    return div(scaledA, add(scaledA, scaledB))
  })
}

/**
 * Draws from the Dirichlet distribution: probabilities along a last axis that add up to 1.
 *
 * @example
 * random.dirichlet(random.key(0), jnp.ones(3), [5]).shape // [5, 3]
 */
export function dirichlet(key: Key, alpha: ArrayLike, shape?: ShapeArgument, options?: OptionsArgument): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = floatDType('dirichlet', given.dtype)
  const weights = asArray('random.dirichlet', alpha)
  const length = weights.shape.at(-1)
  if (length === undefined) {
    throw new ValueError(`random.dirichlet needs a vector of weights, got shape ${formatShape(weights.shape)}.`)
  }
  const lanes = sampleShape('dirichlet', given.shape, weights.shape.slice(0, -1))
  const draw = (typed: JaxArray, a: JaxArray): JaxArray => {
    const logs = gammaOf(typed, convertElementType(a, dtype), [...lanes, length], dtype, true)
    const unnormalised = exp(logs.sub(logs.max(-1, { keepdims: true })))
    return unnormalised.div(unnormalised.sum(-1, { keepdims: true }))
  }
  return calledAs('_dirichlet', draw, keyArgument('dirichlet', key), weights)
}

/**
 * Draws from Student's t distribution of `df` degrees of freedom.
 *
 * @example
 * random.t(random.key(0), 5, [3]).shape // [3]
 */
export function t(key: Key, df: ArrayLike, shape?: ShapeArgument, options?: OptionsArgument): JaxArray {
  return sampleWith('t', key, [df], shape, options, (typed, [freedom], wanted, dtype) => {
    const [normalKey, gammaKey] = splitInTwo(typed)
    const half = div(freedom, scalar(2, dtype))
    const spread = gammaOf(gammaKey, half, wanted, dtype)
    return mul(normalOf(normalKey, wanted, dtype), sqrt(div(broadcastTo(half, wanted), spread)))
  })
}

function chisquareOf(key: JaxArray, df: JaxArray, shape: Shape, dtype: DType): JaxArray {
  const logs = gammaOf(key, div(df, scalar(2, dtype)), shape, dtype, true)
  return mul(exp(logs), scalar(2, dtype))
}

/**
 * Draws from the chi-square distribution of `df` degrees of freedom.
 *
 * @example
 * random.chisquare(random.key(0), 5, [3]).shape // [3]
 */
export function chisquare(key: Key, df: ArrayLike, shape?: ShapeArgument, options?: OptionsArgument): JaxArray {
  return sampleWith('chisquare', key, [df], shape, options, (typed, [freedom], wanted, dtype) =>
    chisquareOf(typed, freedom, wanted, dtype),
  )
}

/**
 * Draws from the F distribution of the given degrees of freedom.
 *
 * @example
 * random.f(random.key(0), 3, 5, [4]).shape // [4]
 */
export function f(
  key: Key,
  dfnum: ArrayLike,
  dfden: ArrayLike,
  shape?: ShapeArgument,
  options?: OptionsArgument,
): JaxArray {
  return sampleWith('f', key, [dfnum, dfden], shape, options, (typed, [above, below], wanted, dtype) => {
    const [belowKey, aboveKey] = splitInTwo(typed)
    const mean = (k: JaxArray, df: JaxArray): JaxArray =>
      div(chisquareOf(k, df, wanted, dtype), broadcastTo(df, wanted))
    return div(mean(aboveKey, above), mean(belowKey, below))
  })
}
