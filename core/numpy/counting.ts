import { putBeside } from '../sharding/put.ts'
import { checkOptions } from '../tree/options.ts'
import { ConcretizationTypeError, JaxTypeError, ValueError } from '../errors.ts'
import type { HostArray } from '../ir/host-array.ts'
import { elementAt, numberOf, setElement } from '../ir/element.ts'
import { hostArray } from '../ir/host-array.ts'
import { convertHost } from '../compiler/reference/convert.ts'
import { iotaKernel } from '../compiler/reference/movement.ts'
import { sortKernel } from '../compiler/reference/sort.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { expandDims, reshape } from '../primitives/movement.ts'
import { fromHost } from '../runtime/concrete-array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { arange } from './creation.ts'
import { take } from './indexing.ts'
import { concatenate } from './joining.ts'
import { equal, logicalNot } from './logic.ts'
import { defaultIntDType, asArray, promoteValues } from './promotion.ts'
import { any, max, sum } from './reductions.ts'
import { where } from './selection.ts'
import { ravel } from './shape.ts'
import { countWork, inBlocks } from '../runtime/interruption.ts'

/** The numbers of an array, for functions whose result's shape depends on them. */
function valuesOf(name: string, x: JaxArray): HostArray {
  const host = hostValueOf(x)
  if (host !== null) return host
  throw new ConcretizationTypeError(
    `jnp.${name}: the shape of the result depends on values, and the ${x.aval.toString()} it was given is being traced.`,
    { hint: 'Call it outside jit and vmap, or use a mask with jnp.where, which keeps the shape.', lesson: 'L0' },
  )
}

/** What `unique` gives besides the values. */
export interface UniqueOptions {
  readonly returnIndex?: boolean
  readonly returnInverse?: boolean
  readonly returnCounts?: boolean
}

/**
 * The different elements in ascending order; with options, also where each first is, which of them each
 * element is, and how often each occurs.
 *
 * @example
 * jnp.unique(jnp.array([3, 1, 3])).tolist() // [1, 3]
 */
export function unique(x: ArrayLike): JaxArray
export function unique(x: ArrayLike, options: UniqueOptions): JaxArray | JaxArray[]
export function unique(x: ArrayLike, options: UniqueOptions = {}): JaxArray | JaxArray[] {
  checkOptions('jnp.unique', options, ['returnIndex', 'returnInverse', 'returnCounts'])
  const given = asArray('unique', x)
  const values = valuesOf('unique', given)
  const size = given.size
  const flat = hostArray([size], values.dtype, values.data)
  const positions = iotaKernel([size], 'int32', 0)
  const [sorted, order] = sortKernel([flat, positions], 0, 1)
  const starts: number[] = []
  for (let i = 0; i < size; i++) {
    countWork(1)
    if (i === 0 || !sameElement(sorted, i - 1, i)) starts.push(i)
  }
  const found = hostArray([starts.length], values.dtype)
  const index = hostArray([starts.length], 'int32')
  const inverse = hostArray(given.shape, 'int32')
  const counts = hostArray([starts.length], 'int32')
  for (const [group, start] of starts.entries()) {
    const end = starts[group + 1] ?? size
    countWork(end - start)
    setElement(found.dtype, found.data, group, elementAt(sorted.dtype, sorted.data, start))
    index.data[group] = order.data[start]
    counts.data[group] = end - start
    for (let i = start; i < end; i++) inverse.data[order.data[i]] = group
  }
  const extra = [
    options.returnIndex ? [integers(index)] : [],
    options.returnInverse ? [integers(inverse)] : [],
    options.returnCounts ? [integers(counts)] : [],
  ].flat()
  const results = [fromHost(found), ...extra].map((result) => putBeside(given, result))
  return extra.length === 0 ? results[0] : results
}

/** Whether two elements count as one: NaNs do. */
function sameElement({ dtype, data }: HostArray, i: number, j: number): boolean {
  const [x, y] = [elementAt(dtype, data, i), elementAt(dtype, data, j)]
  if (typeof x === 'object' && typeof y === 'object') return sameNumber(x.re, y.re) && sameNumber(x.im, y.im)
  return typeof x === 'number' && typeof y === 'number' ? sameNumber(x, y) : x === y
}

function sameNumber(x: number, y: number): boolean {
  return x === y || (x !== x && y !== y)
}

/** Positions and counts as an array of the default integer type. */
function integers(host: HostArray): JaxArray {
  return fromHost(convertHost(host, defaultIntDType()))
}

/** The places of the elements that are not zero, in row-major order. */
function truePlaces(host: HostArray): number[] {
  const { data } = convertHost(host, 'bool')
  const places: number[] = []
  inBlocks(data.length, (from, to) => {
    for (let i = from; i < to; i++) if (data[i] !== 0) places.push(i)
  })
  return places
}

/**
 * Indices of the elements that are not zero, one array for each axis.
 *
 * @example
 * jnp.nonzero(jnp.array([0, 3, 0, 4]))[0].tolist() // [1, 3]
 */
export function nonzero(x: ArrayLike): JaxArray[] {
  const given = asArray('nonzero', x)
  const places = truePlaces(valuesOf('nonzero', given))
  return given.shape.map((length, axis) => {
    const stride = given.shape.slice(axis + 1).reduce((product, extent) => product * extent, 1)
    const out = hostArray([places.length], 'int32')
    inBlocks(places.length, (from, to) => {
      for (let i = from; i < to; i++) out.data[i] = Math.floor(places[i] / stride) % length
    })
    return putBeside(given, integers(out))
  })
}

/**
 * Positions of the elements that are not zero, among all elements in a row.
 *
 * @example
 * jnp.flatnonzero(jnp.array([[0, 3], [0, 4]])).tolist() // [1, 3]
 */
export function flatnonzero(x: ArrayLike): JaxArray {
  return nonzero(ravel(x))[0]
}

/**
 * Indices of the elements that are not zero, one row for each.
 *
 * @example
 * jnp.argwhere(jnp.array([[0, 3], [0, 4]])).tolist() // [[0, 1], [1, 1]]
 */
export function argwhere(x: ArrayLike): JaxArray {
  const places = nonzero(x)
  const out = hostArray([places[0]?.size ?? 0, places.length], 'int32')
  for (const [axis, place] of places.entries()) {
    const { data } = convertHost(valuesOf('argwhere', place), 'int32')
    inBlocks(data.length, (from, to) => {
      for (let i = from; i < to; i++) out.data[i * places.length + axis] = data[i]
    })
  }
  return integers(out)
}

/** What `bincount` may be told. */
export interface BincountOptions {
  readonly weights?: ArrayLike | null
  readonly minlength?: number
  /** How many bins; taken from the largest element unless given, which then must be known. */
  readonly length?: number | null
}

/**
 * How often each of 0, 1, 2, … occurs, or the sum of the weights there.
 *
 * @example
 * jnp.bincount(jnp.array([0, 2, 2], { dtype: 'int32' })).tolist() // [1, 0, 2]
 */
export function bincount(x: ArrayLike, options: BincountOptions = {}): JaxArray {
  checkOptions('jnp.bincount', options, ['weights', 'minlength', 'length'])
  const given = asArray('bincount', x)
  if (given.ndim !== 1) throw new ValueError(`jnp.bincount takes a vector, got ${given.ndim} dimensions.`)
  const { minlength = 0, weights = null } = options
  const length =
    options.length ?? Math.max(minlength, given.size === 0 ? 0 : numberOf(valuesOf('bincount', max(given))) + 1)
  const inBin = equal(expandDims(given, [0]), expandDims(arange(length), [1]))
  if (weights === null) return sum(inBin, { axis: 1 })
  const added = asArray('bincount', weights)
  if (added.dtype === 'bool') {
    throw new JaxTypeError('jnp.bincount: weights are numbers to add up, got booleans.', {
      hint: "Convert them first: weights.astype('int32').",
    })
  }
  return convertElementType(sum(where(inBin, expandDims(added, [0]), 0), { axis: 1 }), added.dtype)
}

/**
 * Which elements are among the test elements.
 *
 * @example
 * jnp.isin(jnp.arange(4), jnp.array([1, 3])).tolist() // [false, true, false, true]
 */
export function isin(
  elements: ArrayLike,
  testElements: ArrayLike,
  options: { readonly invert?: boolean } = {},
): JaxArray {
  const [values, tests] = promoteValues([asArray('isin', elements), asArray('isin', testElements)])
  const table = reshape(tests, { new_sizes: [...values.shape.map(() => 1), tests.size] })
  const found = any(equal(expandDims(values, [values.ndim]), table), { axis: -1 })
  return options.invert ? logicalNot(found) : found
}

/**
 * Elements that are in both arrays, each once, in ascending order.
 *
 * @example
 * jnp.intersect1d(jnp.array([3, 1, 2]), jnp.array([2, 3, 4])).tolist() // [2, 3]
 */
export function intersect1d(a: ArrayLike, b: ArrayLike): JaxArray {
  const own = unique(a)
  return unique(chosen(own, isin(own, b)))
}

/**
 * Elements of the first array that are not in the second, each once, in ascending order.
 *
 * @example
 * jnp.setdiff1d(jnp.array([3, 1, 2]), jnp.array([2, 4])).tolist() // [1, 3]
 */
export function setdiff1d(a: ArrayLike, b: ArrayLike): JaxArray {
  const own = unique(a)
  return chosen(own, isin(own, b, { invert: true }))
}

/**
 * Elements of either array, each once, in ascending order.
 *
 * @example
 * jnp.union1d(jnp.array([3, 1]), jnp.array([1, 2])).tolist() // [1, 2, 3]
 */
export function union1d(a: ArrayLike, b: ArrayLike): JaxArray {
  return unique(concatenate([ravel(a), ravel(b)]))
}

/** Elements of a vector where the mask holds. */
function chosen(x: JaxArray, mask: JaxArray): JaxArray {
  return take(x, flatnonzero(mask))
}
