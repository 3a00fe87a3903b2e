import { type Shape, formatShape } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import { config } from '../config.ts'
import { ValueError } from '../errors.ts'
import { scan, whileLoop } from '../lax/loops.ts'
import { abs, clip, subtract } from '../numpy/arithmetic.ts'
import { calledAs } from '../numpy/called-as.ts'
import { array, type DTypeLike, full, zeros } from '../numpy/creation.ts'
import { cumsum } from '../numpy/cumulative.ts'
import { take } from '../numpy/indexing.ts'
import {
  equal,
  greater,
  greaterEqual,
  isinf,
  isnan,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
} from '../numpy/logic.ts'
import { defaultIntDType, asArray, promoteToFloat } from '../numpy/promotion.ts'
import { ceil, floor } from '../numpy/rounding.ts'
import { flip } from '../numpy/rearranging.ts'
import { where } from '../numpy/selection.ts'
import { broadcastTo, moveaxis } from '../numpy/shape.ts'
import { log, log1p, sqrt } from '../numpy/transcendental.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { lgamma } from '../primitives/elementwise-special.ts'
import { randomClone, randomSplit } from '../primitives/random.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import {
  type Key,
  type SampleOptions,
  floatDType,
  integerDType,
  keyArgument,
  sampleArguments,
  sampleShape,
} from './arguments.ts'
import { arraysOf, splitInThree } from './gamma.ts'
import { splitInTwo, uniformBetween } from './uniform.ts'

type ShapeArgument = number | readonly number[] | SampleOptions | null
type OptionsArgument = DTypeLike | SampleOptions
type Carry = readonly JaxArray[]

/** Repeats `step` on a list of arrays while any element of `pending` holds. */
function untilDone(pending: (carry: Carry) => JaxArray, step: (carry: Carry) => Carry, init: Carry): Carry {
  return arraysOf(
    whileLoop(
      (carry: Carry) => pending(carry).any(),
      (carry: Carry) => step(carry),
      init,
    ),
  )
}

/** Knuth's method: multiplies uniform draws until the product falls below exp(-lam). For small rates. */
function poissonByProducts(key: JaxArray, lam: JaxArray, shape: Shape, dtype: DType): JaxArray {
  const pending = ([, , logProduct]: Carry): JaxArray => greater(logProduct, lam.neg())
  const [count] = untilDone(
    pending,
    ([k, own, logProduct]) => {
      const [next, subkey] = splitInTwo(own)
      const counted = where(greater(logProduct, lam.neg()), k.add(1), k)
      const u = uniformBetween(subkey, shape, 'float32')
      return [counted, next, logProduct.add(log(u))]
    },
    [zeros(shape, { dtype }), key, zeros(shape, { dtype: 'float32' })],
  )
  return count.sub(1)
}

/**
 * The key for the second of two methods, of which every element takes the draws of one only. That is no reuse,
 * which the checker has to be told; without it the program stays JAX's.
 */
function sharedKey(key: JaxArray): JaxArray {
  return config.debugKeyReuse ? randomClone(key) : key
}

/** Hörmann's transformed rejection. For rates from 10. */
function poissonByRejection(key: JaxArray, lam: JaxArray, shape: Shape, dtype: DType): JaxArray {
  const logRate = log(lam)
  const b = sqrt(lam).mul(2.53).add(0.931)
  const a = b.mul(0.02483).add(-0.059)
  const inverse = asArray('random.poisson', 1.1328).div(b.sub(3.4)).add(1.1239)
  const quick = subtract(0.9277, asArray('random.poisson', 3.6224).div(b.sub(2)))
  const [result] = untilDone(
    ([, done]) => logicalNot(done),
    ([k, done, own]) => {
      const [next, keyU, keyV] = splitInThree(own)
      const u = uniformBetween(keyU, shape, 'float32').sub(0.5)
      const v = uniformBetween(keyV, shape, 'float32')
      const shifted = subtract(0.5, abs(u))
      const candidate = floor(a.mul(2).div(shifted).add(b).mul(u).add(lam).add(0.43))
      const s = log(v.mul(inverse).div(a.div(shifted.mul(shifted)).add(b)))
      const t = lam
        .neg()
        .add(candidate.mul(logRate))
        .sub(lgamma(candidate.add(1)))
      const atOnce = logicalAnd(greaterEqual(shifted, 0.07), lessEqual(v, quick))
      const impossible = logicalOr(less(candidate, 0), logicalAnd(less(shifted, 0.013), greater(v, shifted)))
      const accept = logicalOr(atOnce, logicalAnd(logicalNot(impossible), lessEqual(s, t)))
      return [where(accept, candidate, k), logicalOr(done, accept), next]
    },
    [full(shape, -1, { dtype: 'float32' }), zeros(shape, { dtype: 'bool' }), key],
  )
  return convertElementType(result, dtype)
}

/**
 * Draws from the Poisson distribution of rate `lam`.
 *
 * @example
 * random.poisson(random.key(0), 4, [3]).dtype // 'int32'
 */
export function poisson(key: Key, lam: ArrayLike, shape?: ShapeArgument, options?: OptionsArgument): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = integerDType('poisson', given.dtype, defaultIntDType())
  const rate = asArray('random.poisson', lam)
  const wanted = sampleShape('poisson', given.shape, rate.shape)
  const draw = (typed: JaxArray, rates: JaxArray): JaxArray => {
    const small = logicalOr(isnan(rates), less(rates, 10))
    const few = poissonByProducts(typed, where(small, rates, 0), wanted, dtype)
    const many = poissonByRejection(sharedKey(typed), where(small, 1e5, rates), wanted, dtype)
    return convertElementType(where(equal(rates, 0), 0, where(small, few, many)), dtype)
  }
  const rates = broadcastTo(convertElementType(rate, 'float32'), wanted)
  return calledAs('_poisson', draw, keyArgument('poisson', key), rates)
}

/**
 * Draws the number of trials up to the first success, when each succeeds with probability `p`.
 *
 * @example
 * random.geometric(random.key(0), 0.3, [3]).dtype // 'int32'
 */
export function geometric(key: Key, p: ArrayLike, shape?: ShapeArgument, options?: OptionsArgument): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = integerDType('geometric', given.dtype, defaultIntDType())
  const [chance] = promoteToFloat('random.geometric', p)
  const wanted = sampleShape('geometric', given.shape, chance.shape)
  const draw = (typed: JaxArray, probability: JaxArray): JaxArray => {
    const u = uniformBetween(typed, wanted, probability.dtype)
    const logU = log(where(equal(u, 0), 1, u))
    return convertElementType(floor(logU.div(log1p(probability.neg()))).add(1), dtype)
  }
  return calledAs('_geometric', draw, keyArgument('geometric', key), convertElementType(chance, chance.dtype))
}

/** Adds up geometric waiting times until they exceed the count. For few expected successes. */
function binomialByWaiting(key: JaxArray, count: JaxArray, prob: JaxArray, shape: Shape): JaxArray {
  const { dtype } = prob
  const logFailure = log1p(prob.neg())
  const [successes] = untilDone(
    ([, total]) => lessEqual(total, count),
    ([number, total, own]) => {
      const [subkey, next] = splitInTwo(own)
      const counted = where(lessEqual(total, count), number.add(1), number)
      const waited = ceil(log(uniformBetween(subkey, shape, dtype)).div(logFailure))
      return [counted, total.add(waited), next]
    },
    [zeros(shape, { dtype }), zeros(shape, { dtype }), key],
  )
  return successes.sub(1)
}

const stirlingTails = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
  0.0138761288230707, 0.0118967099458917, 0.010411265261972, 0.00925546218271273, 0.00833056343336287,
]

/** What Stirling's formula leaves out of log k!. */
function stirlingTail(k: JaxArray): JaxArray {
  const small = clip(k, 0, 9)
  const square = small.add(1).mul(small.add(1))
  const inner = subtract(1 / 360, asArray('random.binomial', 1 / 1260).div(square))
  const series = subtract(1 / 12, inner.div(square)).div(small.add(1))
  const table = take(array(stirlingTails, { dtype: k.dtype }), floor(small).astype('int32'))
  return where(lessEqual(k, 9), table, series)
}

/** Hörmann's transformed rejection with a squeeze. For many expected successes. */
function binomialByRejection(key: JaxArray, count: JaxArray, prob: JaxArray, shape: Shape): JaxArray {
  const { dtype } = prob
  const spread = sqrt(count.mul(prob).mul(subtract(1, prob)))
  const b = spread.mul(2.53).add(1.15)
  const a = b.mul(0.0248).add(-0.0873).add(prob.mul(0.01))
  const centre = count.mul(prob).add(0.5)
  const quick = subtract(0.92, asArray('random.binomial', 4.2).div(b))
  const odds = prob.div(subtract(1, prob))
  const alpha = asArray('random.binomial', 5.1).div(b).add(2.83).mul(spread)
  const mode = floor(count.add(1).mul(prob))
  const failures = (k: JaxArray): JaxArray => count.sub(k).add(1)
  const [result] = untilDone(
    ([, done]) => logicalNot(done),
    ([k, done, own]) => {
      const [next, keyU, keyV] = splitInThree(own)
      const u = uniformBetween(keyU, shape, dtype).sub(0.5)
      const v = uniformBetween(keyV, shape, dtype)
      const shifted = subtract(0.5, abs(u))
      const atOnce = logicalAnd(greaterEqual(shifted, 0.07), lessEqual(v, quick))
      const candidate = floor(a.mul(2).div(shifted).add(b).mul(u).add(centre))
      const impossible = logicalOr(less(candidate, 0), greater(candidate, count))
      const height = log(v.mul(alpha).div(a.div(shifted.mul(shifted)).add(b)))
      const bound = mode
        .add(0.5)
        .mul(log(mode.add(1).div(odds.mul(failures(mode)))))
        .add(count.add(1).mul(log(failures(mode).div(failures(candidate)))))
        .add(candidate.add(0.5).mul(log(odds.mul(failures(candidate)).div(candidate.add(1)))))
        .add(stirlingTail(mode))
        .add(stirlingTail(count.sub(mode)))
        .sub(stirlingTail(candidate))
        .sub(stirlingTail(count.sub(candidate)))
      const accept = logicalOr(atOnce, logicalAnd(logicalNot(impossible), lessEqual(height, bound)))
      return [where(accept, candidate, k), logicalOr(done, accept), next]
    },
    [full(shape, -1, { dtype }), zeros(shape, { dtype: 'bool' }), key],
  )
  return result
}

function binomialOf(key: JaxArray, trials: JaxArray, chance: JaxArray, shape: Shape, dtype: DType): JaxArray {
  const draw = (typed: JaxArray, n: JaxArray, p: JaxArray): JaxArray => {
    const prob = broadcastTo(p, shape)
    const given = broadcastTo(convertElementType(n, prob.dtype), shape)
    const below = less(prob, 0.5)
    const rare = where(below, prob, subtract(1, prob))
    const noCount = logicalOr(isnan(given), less(given, 0))
    const [noChance, negative] = [isnan(rare), less(rare, 0)]
    const q = where(logicalOr(noChance, negative), 0.01, rare)
    const waiting = logicalOr(noCount, lessEqual(given.mul(q), 10))
    const count = floor(given)
    const few = binomialByWaiting(typed, where(waiting, count, 0), q, shape)
    const many = binomialByRejection(sharedKey(typed), where(waiting, 1e4, count), where(waiting, 0.5, q), shape)
    const invalid = logicalOr(logicalOr(negative, noChance), noCount)
    const drawn = where(invalid, NaN, where(waiting, few, many))
    const endless = isinf(given)
    const samples = where(logicalAnd(endless, logicalNot(invalid)), Infinity, drawn)
    const asDrawn = logicalOr(logicalOr(below, noCount), logicalOr(noChance, endless))
    return convertElementType(where(asDrawn, samples, count.sub(samples)), dtype)
  }
  return calledAs('_binomial', draw, key, trials, chance)
}

/**
 * Draws the number of successes in `n` trials that each succeed with probability `p`, as floats.
 *
 * @example
 * random.binomial(random.key(0), 10, 0.3, [3]).shape // [3]
 */
export function binomial(
  key: Key,
  n: ArrayLike,
  p: ArrayLike,
  shape?: ShapeArgument,
  options?: OptionsArgument,
): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = floatDType('binomial', given.dtype)
  const [trials, [chance]] = [asArray('random.binomial', n), promoteToFloat('random.binomial', p)]
  const wanted = sampleShape('binomial', given.shape, trials.shape, chance.shape)
  return binomialOf(keyArgument('binomial', key), trials, convertElementType(chance, chance.dtype), wanted, dtype)
}

/**
 * Draws how often each of several outcomes occurs in `n` trials; the probabilities `p` of the outcomes lie
 * along the last axis.
 *
 * @example
 * random.multinomial(random.key(0), 10, jnp.array([0.2, 0.3, 0.5])).shape // [3]
 */
export function multinomial(key: Key, n: ArrayLike, p: ArrayLike, options: SampleOptions = {}): JaxArray {
  const given = sampleArguments(options, null)
  const dtype = floatDType('multinomial', given.dtype)
  const typed = keyArgument('multinomial', key)
  const [trials, chances] = [asArray('random.multinomial', n), promoteToFloat('random.multinomial', p)[0]]
  if (chances.ndim === 0) {
    throw new ValueError(`random.multinomial needs a vector of probabilities, got shape ${formatShape(chances.shape)}.`)
  }
  const wanted = sampleShape('multinomial', given.shape ?? chances.shape, chances.shape)
  const lanes = wanted.slice(0, -1)
  const outcomes = moveaxis(broadcastTo(convertElementType(chances, chances.dtype), wanted), -1, 0)
  const remaining = flip(cumsum(flip(outcomes, 0), 0), 0)
  const ratios = outcomes.div(where(equal(remaining, 0), 1, remaining))
  const keys = randomSplit(typed, { shape: [outcomes.shape[0]] })
  const start = broadcastTo(convertElementType(trials, outcomes.dtype), lanes)
  const [, counts] = scan(
    (left: JaxArray, [ratio, own]: readonly JaxArray[]) => {
      const count = binomialOf(own, left, clip(ratio, 0, 1), lanes, left.dtype)
      return [left.sub(count), count]
    },
    start,
    [ratios, keys],
  )
  const [drawn] = arraysOf([counts])
  return convertElementType(moveaxis(drawn, 0, -1), dtype)
}
