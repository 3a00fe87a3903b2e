import { conj, imag, real } from './complex.ts'
import type { Element } from '../ir/element.ts'
import { type DTypeLike, requestedDType } from './creation.ts'
import { JaxArray, type ArrayLike } from '../tracing/array.ts'
import { convertElementType, copy } from '../primitives/conversion.ts'
import { unstack } from '../primitives/joining.ts'
import { indexInDim } from '../lax/slicing.ts'
import { Tracer } from '../tracing/trace.ts'
import { JaxTypeError } from '../errors.ts'
import { answerPythonSpelling } from '../errors/spelling.ts'
import { add, clip, divide, floorDivide, multiply, negative, power, remainder, subtract } from './arithmetic.ts'
import { awaitArray, deleteArray, isArrayDeleted } from './array-memory.ts'
import { numberOf, representationOf, textOf, toItem, toNested, toTypedArray } from './array-reading.ts'
import { IndexedUpdate } from './at.ts'
import type { AxisOrOptions, ReduceOptions } from './axis-options.ts'
import { dot, matmul } from './contraction.ts'
import { cumprod, cumsum } from './cumulative.ts'
import type { Index } from './index-expression.ts'
import { getItem, take } from './indexing.ts'
import { all, any, max, mean, min, prod, std, sum, variance } from './reductions.ts'
import { round } from './rounding.ts'
import { ravel, reshape, squeeze, swapaxes, transpose } from './shape.ts'
import { argmax, argmin, argsort, sort } from './sorting.ts'
import type { NestedValues } from './array-reading.ts'
import type { TypedArray } from '../ir/dtype.ts'
import type { SourceLocation } from '../ir/source.ts'
import { currentSource, withSource } from '../tracing/source.ts'

type Reduction = (axis?: AxisOrOptions, options?: ReduceOptions) => JaxArray

/** What can be asked of an array: the methods of JAX's arrays. Functions of `jnp` say what each does. */
export interface ArrayMethods {
  add(other: ArrayLike): JaxArray
  sub(other: ArrayLike): JaxArray
  mul(other: ArrayLike): JaxArray
  div(other: ArrayLike): JaxArray
  floorDivide(other: ArrayLike): JaxArray
  mod(other: ArrayLike): JaxArray
  pow(other: ArrayLike): JaxArray
  neg(): JaxArray
  matmul(other: ArrayLike): JaxArray
  dot(other: ArrayLike): JaxArray
  /** The array with its axes reversed. */
  readonly T: JaxArray
  /** The array with its last two axes swapped. */
  readonly mT: JaxArray
  transpose(...axes: number[] | [readonly number[]]): JaxArray
  swapaxes(axis1: number, axis2: number): JaxArray
  reshape(...shape: number[] | [readonly number[]]): JaxArray
  ravel(): JaxArray
  flatten(): JaxArray
  squeeze(axis?: number | readonly number[] | null): JaxArray
  sum: Reduction
  mean: Reduction
  prod: Reduction
  min: Reduction
  max: Reduction
  var: Reduction
  std: Reduction
  any: Reduction
  all: Reduction
  argmin(axis?: number | null): JaxArray
  argmax(axis?: number | null): JaxArray
  cumsum(axis?: number | null): JaxArray
  cumprod(axis?: number | null): JaxArray
  sort(axis?: number): JaxArray
  argsort(axis?: number): JaxArray
  clip(min?: ArrayLike | null, max?: ArrayLike | null): JaxArray
  round(decimals?: number): JaxArray
  take(indices: ArrayLike, axis?: number | null): JaxArray
  /** The same values in another dtype. */
  astype(dtype: DTypeLike): JaxArray
  conj(): JaxArray
  readonly real: JaxArray
  readonly imag: JaxArray
  copy(): JaxArray
  /** The elements that an index picks: integers, `slice(…)`, `null`, `'...'`, arrays of integers or booleans. */
  slice(...indices: Index[]): JaxArray
  /** The places that a new array shall differ in: `x.at(0).set(1)`. */
  at(...indices: Index[]): IndexedUpdate
  /** The one value of an array of one element, as a JS number or boolean. */
  item(): Element
  /** The values as nested JS lists, or a bare value for a scalar. */
  tolist(): NestedValues
  /** The values in row-major order, as a typed array of their own. */
  data(): TypedArray | BigInt64Array | BigUint64Array
  /** Waits until the values are there. */
  blockUntilReady(): JaxArray
  /** Gives the memory back at once. Shape and dtype can still be read, the values no longer: a RuntimeError. */
  delete(): void
  /** Whether `delete()` was called, or a jitted function was given the memory by `donateArgnums`. */
  isDeleted(): boolean
  toString(): string
  valueOf(): number | boolean | bigint | JaxArray
  readonly length: number
  [Symbol.iterator](): IterableIterator<JaxArray>
  [Symbol.toPrimitive](hint: string): string | number | bigint | boolean
}

declare module '../tracing/array.ts' {
  // Methods come from this file, since they need the whole library, which needs the class.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface JaxArray extends ArrayMethods {}
}

function reduction(reduce: (x: JaxArray, axis?: AxisOrOptions, options?: ReduceOptions) => JaxArray): Reduction {
  return function (this: JaxArray, axis, options) {
    return reduce(this, axis, options)
  }
}

/** `x.reshape(2, 3)` and `x.reshape([2, 3])` are the same. */
function listOf(numbers: readonly (number | readonly number[])[]): number[] {
  return numbers.flat()
}

/** The parts along the first axis, cut out one by one as they are asked for, so that a program has only those. */
function* partsOf(x: JaxArray, source: SourceLocation | null): IterableIterator<JaxArray> {
  for (let i = 0; i < x.shape[0]; i++) yield withSource(source, () => indexInDim(x, i, 0, false))
}

type Methods = Omit<ArrayMethods, 'T' | 'mT' | 'real' | 'imag' | 'length'>

const methods: Methods & ThisType<JaxArray> = {
  add(other) {
    return add(this, other)
  },
  sub(other) {
    return subtract(this, other)
  },
  mul(other) {
    return multiply(this, other)
  },
  div(other) {
    return divide(this, other)
  },
  floorDivide(other) {
    return floorDivide(this, other)
  },
  mod(other) {
    return remainder(this, other)
  },
  pow(other) {
    return power(this, other)
  },
  neg() {
    return negative(this)
  },
  matmul(other) {
    return matmul(this, other)
  },
  dot(other) {
    return dot(this, other)
  },
  transpose(...axes) {
    return transpose(this, axes.length === 0 ? null : listOf(axes))
  },
  swapaxes(axis1, axis2) {
    return swapaxes(this, axis1, axis2)
  },
  reshape(...shape) {
    return reshape(this, listOf(shape))
  },
  ravel() {
    return ravel(this)
  },
  flatten() {
    return ravel(this)
  },
  squeeze(axis = null) {
    return squeeze(this, axis)
  },
  sum: reduction(sum),
  mean: reduction(mean),
  prod: reduction(prod),
  min: reduction(min),
  max: reduction(max),
  var: reduction(variance),
  std: reduction(std),
  any: reduction(any),
  all: reduction(all),
  argmin(axis = null) {
    return argmin(this, axis)
  },
  argmax(axis = null) {
    return argmax(this, axis)
  },
  cumsum(axis = null) {
    return cumsum(this, axis)
  },
  cumprod(axis = null) {
    return cumprod(this, axis)
  },
  sort(axis = -1) {
    return sort(this, axis)
  },
  argsort(axis = -1) {
    return argsort(this, axis)
  },
  clip(lowest, highest) {
    return clip(this, lowest ?? null, highest ?? null)
  },
  round(decimals = 0) {
    return round(this, decimals)
  },
  take(indices, axis = null) {
    return take(this, indices, axis)
  },
  astype(dtype) {
    return convertElementType(this, requestedDType('astype', { dtype }) ?? this.dtype)
  },
  conj() {
    return conj(this)
  },
  copy() {
    return copy(this)
  },
  slice(...indices) {
    return getItem(this, indices)
  },
  at(...indices) {
    return new IndexedUpdate(this, indices)
  },
  item() {
    return toItem(this)
  },
  tolist() {
    return toNested(this)
  },
  data() {
    return toTypedArray(this)
  },
  blockUntilReady() {
    awaitArray(this)
    return this
  },
  delete() {
    deleteArray(this)
  },
  isDeleted() {
    return isArrayDeleted(this)
  },
  toString() {
    return textOf(this)
  },
  valueOf() {
    return this.ndim === 0 ? numberOf(this) : this
  },
  [Symbol.iterator]() {
    if (this.ndim === 0) throw new JaxTypeError('a scalar array has no axis to iterate over.')
    return this instanceof Tracer ? partsOf(this, currentSource()) : unstack(this, { axis: 0 }).values()
  },
  [Symbol.toPrimitive](hint) {
    return hint === 'string' ? textOf(this) : numberOf(this)
  },
}

for (const name of Reflect.ownKeys(methods)) {
  const descriptor = Object.getOwnPropertyDescriptor(methods, name)
  if (descriptor !== undefined) Object.defineProperty(JaxArray.prototype, name, { ...descriptor, enumerable: false })
}

/** Properties that are worked out when they are asked for. */
function defineGetter<T>(name: string | symbol, get: (this: JaxArray) => T): void {
  Object.defineProperty(JaxArray.prototype, name, { get, configurable: true })
}

defineGetter('T', function () {
  return transpose(this)
})
defineGetter('mT', function () {
  return swapaxes(this, -1, -2)
})
defineGetter('real', function () {
  return real(this)
})
defineGetter('imag', function () {
  return imag(this)
})
defineGetter('length', function () {
  if (this.ndim === 0) throw new JaxTypeError('a scalar array has no length.')
  return this.shape[0]
})

/** What Node's own printing shows: `Array([1., 2.], dtype=float32)`. */
Object.defineProperty(JaxArray.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: JaxArray) {
    return representationOf(this)
  },
  configurable: true,
})

answerPythonSpelling(JaxArray.prototype, 'array')
