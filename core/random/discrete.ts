import { JaxTypeError, ValueError } from '../errors.ts'
import { type Shape, formatShape, sizeOf } from '../ir/aval.ts'
import { isFloat } from '../ir/dtype.ts'
import { canonicalAxis, staticInteger } from '../lax/arguments.ts'
import { calledAs } from '../numpy/called-as.ts'
import { type DTypeLike, arange, requestedDType, zeros } from '../numpy/creation.ts'
import { cumsum } from '../numpy/cumulative.ts'
import { take } from '../numpy/indexing.ts'
import { asArray, defaultIntDType, promoteToFloat } from '../numpy/promotion.ts'
import { moveaxis } from '../numpy/shape.ts'
import { searchsorted } from '../numpy/sorting.ts'
import { upTo } from '../primitives/axes.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { add, mul, sub } from '../primitives/elementwise-arithmetic.ts'
import { lt } from '../primitives/elementwise-comparison.ts'
import { log } from '../primitives/elementwise-transcendental.ts'
import { expandDims, reshape, squeeze } from '../primitives/movement.ts'
import { randomBits } from '../primitives/random.ts'
import { argmax } from '../primitives/reductions.ts'
import { slice } from '../primitives/slicing.ts'
import { sort, topK } from '../primitives/sort.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Key, type SampleOptions, keyArgument, sampleArguments, sampleShape } from './arguments.ts'
import { gumbelOf } from './continuous.ts'
import { randint, splitInTwo, toRank, uniformBetween } from './uniform.ts'

type ShapeArgument = number | readonly number[]

/**
 * True with probability `p`.
 *
 * @example
 * random.bernoulli(random.key(0), 0.3, [4]).dtype // 'bool'
 */
export function bernoulli(
  key: Key,
  p: ArrayLike | { p?: ArrayLike; shape?: ShapeArgument | null } = 0.5,
  shape?: ShapeArgument | { shape?: ShapeArgument | null } | null,
): JaxArray {
  const named = typeof p === 'object' && !(p instanceof JaxArray) ? p : { p }
  const chance = asArray('random.bernoulli', named.p ?? 0.5)
  if (!isFloat(chance.dtype)) {
    throw new JaxTypeError(`random.bernoulli: the probability must be a float, got ${chance.aval.toString()}.`)
  }
  const wanted = sampleShape(
    'bernoulli',
    sampleArguments<SampleOptions>(shape ?? named.shape, null).shape,
    chance.shape,
  )
  const draw = (typed: JaxArray, probability: JaxArray): JaxArray => {
    const u = uniformBetween(typed, wanted, probability.dtype)
    return lt(u, probability.ndim === 0 ? probability : toRank(probability, wanted.length))
  }
  const strong = convertElementType(chance, chance.dtype)
  return calledAs('_bernoulli', draw, keyArgument('bernoulli', key), strong)
}

/**
 * -1 or 1 with equal odds.
 *
 * @example
 * random.rademacher(random.key(0), [4]).dtype // 'int32'
 */
export function rademacher(
  key: Key,
  shape?: ShapeArgument | SampleOptions,
  options?: DTypeLike | SampleOptions,
): JaxArray {
  const given = sampleArguments(shape, options)
  const dtype = requestedDType('random.rademacher', { dtype: given.dtype }) ?? defaultIntDType()
  const wanted = sampleShape('rademacher', given.shape)
  const draw = (typed: JaxArray): JaxArray => {
    const heads = convertElementType(bernoulli(typed, 0.5, wanted), dtype)
    return sub(mul(scalar(2, dtype), heads), scalar(1, dtype))
  }
  return calledAs('_rademacher', draw, keyArgument('rademacher', key))
}

interface CategoricalOptions {
  axis?: number
  shape?: ShapeArgument | null
  replace?: boolean
}

/**
 * Indices drawn with the odds that logits give, along `axis`.
 *
 * @example
 * random.categorical(random.key(0), jnp.log(jnp.array([0.2, 0.8]))).dtype // 'int32'
 */
export function categorical(
  key: Key,
  logits: ArrayLike,
  axis: number | CategoricalOptions = -1,
  shape?: ShapeArgument | CategoricalOptions | null,
): JaxArray {
  const options: CategoricalOptions = {
    ...(typeof axis === 'number' ? { axis } : axis),
    ...(typeof shape === 'number' || Array.isArray(shape) ? { shape: sampleArguments(shape, null).shape } : shape),
  }
  const array = asArray('random.categorical', logits)
  const dim = canonicalAxis('random.categorical', options.axis ?? -1, array.ndim)
  const batch = array.shape.toSpliced(dim, 1)
  const wanted = sampleShape('categorical', options.shape, batch)
  const extra = wanted.slice(0, wanted.length - batch.length)
  const typed = keyArgument('categorical', key)
  if (options.replace === false) return withoutReplacement(typed, array, dim, extra, wanted)
  const own = wanted.slice(extra.length).toSpliced(dim, 0, array.shape[dim])
  const noise = gumbelOf(typed, [...extra, ...own], array.dtype)
  const noisy = add(noise, expandDims(array, upTo(extra.length)))
  return argmax(noisy, { axis: extra.length + dim, index_dtype: defaultIntDType() })
}

/** The k largest of noisy logits are k draws without replacement. */
function withoutReplacement(key: JaxArray, logits: JaxArray, dim: number, extra: Shape, wanted: Shape): JaxArray {
  const count = sizeOf(extra)
  if (count > logits.shape[dim]) {
    throw new ValueError(
      `random.categorical cannot draw ${count} without replacement from ${logits.shape[dim]} categories.`,
    )
  }
  const noisy = moveaxis(add(logits, gumbelOf(key, logits.shape, logits.dtype)), dim, -1)
  const [, indices] = topK(noisy, { k: count, axis: noisy.ndim - 1 })
  const order = [indices.ndim - 1, ...upTo(indices.ndim - 1)]
  return reshape(indices, { new_sizes: wanted, dimensions: order })
}

/** Sorting by random words as often as collisions make it wise is a shuffle. */
function shuffle(key: JaxArray, x: JaxArray, axis: number): JaxArray {
  const rounds = Math.ceil((3 * Math.log(Math.max(1, x.size))) / Math.log(2 ** 32 - 1))
  const draw = (typed: JaxArray, values: JaxArray): JaxArray => {
    let [current, shuffled] = [typed, values]
    for (let round = 0; round < rounds; round++) {
      const [next, subkey] = splitInTwo(current)
      const order = randomBits(subkey, { bit_width: 32, shape: x.shape })
      shuffled = sort([order, shuffled], { dimension: axis, is_stable: true, num_keys: 1 })[1]
      current = next
    }
    return shuffled
  }
  return calledAs('_shuffle', draw, key, x)
}

interface PermutationOptions {
  axis?: number
  independent?: boolean
}

/**
 * The elements of `x` along an axis in random order, or the numbers 0 … x - 1; `independent` shuffles
 * every lane by itself.
 *
 * @example
 * random.permutation(random.key(0), 5).shape // [5]
 */
export function permutation(
  key: Key,
  x: ArrayLike,
  axis: number | PermutationOptions = 0,
  options: PermutationOptions = {},
): JaxArray {
  const given: PermutationOptions = typeof axis === 'number' ? { ...options, axis } : axis
  const typed = keyArgument('permutation', key)
  if (!(x instanceof JaxArray) || x.ndim === 0) {
    return shuffle(typed, arange(staticInteger('random.permutation', 'the number of elements', x)), 0)
  }
  const dim = canonicalAxis('random.permutation', given.axis ?? 0, x.ndim)
  if (given.independent === true || x.ndim === 1) return shuffle(typed, x, dim)
  return take(x, shuffle(typed, arange(x.shape[dim]), 0), { axis: dim, uniqueIndices: true })
}

interface ChoiceOptions {
  shape?: ShapeArgument
  replace?: boolean
  p?: ArrayLike | null
  axis?: number
}

/**
 * Random elements of `a` along an axis, or of the numbers 0 … a - 1, with odds `p` if given.
 *
 * @example
 * random.choice(random.key(0), 10, [3], { replace: false }).shape // [3]
 */
export function choice(
  key: Key,
  a: ArrayLike,
  shape: ShapeArgument | ChoiceOptions = [],
  options: ChoiceOptions | boolean = {},
): JaxArray {
  const byName: ChoiceOptions = typeof options === 'boolean' ? { replace: options } : options
  const given: ChoiceOptions =
    typeof shape === 'number' || isList(shape) ? { ...byName, shape } : { ...byName, ...shape }
  const { replace = true, p = null } = given
  const typed = keyArgument('choice', key)
  const wanted = sampleShape('choice', given.shape ?? [])
  const array = a instanceof JaxArray && a.ndim > 0 ? a : null
  const dim = array === null ? 0 : canonicalAxis('random.choice', given.axis ?? 0, array.ndim)
  const inputs = array === null ? staticInteger('random.choice', 'the number of elements', a) : array.shape[dim]
  const draws = sizeOf(wanted)
  if (draws === 0) return zeros(wanted, { dtype: array?.dtype ?? defaultIntDType() })
  if (inputs <= 0) throw new ValueError('random.choice: there is nothing to choose from.')
  if (!replace && draws > inputs) {
    throw new ValueError(`random.choice cannot draw ${draws} elements from ${inputs} without replacement.`)
  }
  const result =
    p === null && !replace
      ? firstOf(permutation(typed, array ?? inputs, dim), dim, draws)
      : chosen(array, chosenIndices(typed, wanted, inputs, p, replace), dim)
  const sides = array === null ? wanted : array.shape.toSpliced(dim, 1, ...wanted)
  return reshape(result, { new_sizes: sides })
}

function isList(value: unknown): value is readonly number[] {
  return Array.isArray(value)
}

function firstOf(x: JaxArray, dim: number, count: number): JaxArray {
  return slice(x, {
    start_indices: x.shape.map(() => 0),
    limit_indices: x.shape.with(dim, count),
  })
}

function chosen(array: JaxArray | null, indices: JaxArray, dim: number): JaxArray {
  return array === null ? convertElementType(indices, defaultIntDType()) : take(array, indices, dim)
}

function chosenIndices(key: JaxArray, shape: Shape, inputs: number, p: ArrayLike | null, replace: boolean): JaxArray {
  if (p === null) return randint(key, shape, 0, inputs)
  const given = asArray('random.choice', p)
  const [odds] = promoteToFloat('random.choice', given)
  if (odds.ndim !== 1 || odds.shape[0] !== inputs) {
    throw new ValueError(`random.choice: p must be a vector of ${inputs} odds, got shape ${formatShape(odds.shape)}.`)
  }
  if (!replace) {
    const noisy = add(gumbelOf(key, [inputs], odds.dtype), log(odds))
    return topK(noisy, { k: sizeOf(shape), axis: 0 })[1]
  }
  const cumulative = cumsum(odds)
  const last = slice(cumulative, { start_indices: [inputs - 1], limit_indices: [inputs] })
  const total = squeeze(last, { dimensions: [0] })
  const u = uniformBetween(key, shape, odds.dtype)
  return searchsorted(cumulative, mul(total, sub(scalar(1, odds.dtype), u)))
}
