import { config } from '../config.ts'
import { ConcretizationTypeError, JaxTypeError, ValueError } from '../errors.ts'
import type { Shape } from '../ir/aval.ts'
import { type Element, isComplexNumber, numberOf } from '../ir/element.ts'
import { formatShape } from '../ir/aval.ts'
import { type DType, isInexact } from '../ir/dtype.ts'
import { dtypeArgument, shapeArgument } from '../lax/arguments.ts'
import { concatenate } from '../primitives/joining.ts'
import * as primitives from '../primitives/conversion.ts'
import { add, mul } from '../primitives/elementwise-arithmetic.ts'
import { broadcastInDim, expandDims } from '../primitives/movement.ts'
import { iota } from '../primitives/iota.ts'
import { ConcreteArray, scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Sharding, SingleDeviceSharding } from '../sharding/named-sharding.ts'
import { type Place, putAt, shardingOf } from '../sharding/put.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { Tracer } from '../tracing/trace.ts'
import {
  type ArrayInput,
  fromScalars,
  fromTypedArray,
  isList,
  isTypedArray,
  leavesOf,
  shapeOfLists,
} from './array-input.ts'
import { isTransforming } from './called-as.ts'
import { defaultComplexDType, defaultFloatDType, defaultIntDType, promotedType } from './promotion.ts'

export type { ArrayInput }

/** A dtype by name or by its constructor: `'int32'`, `jnp.int32`. */
export type DTypeLike = string | { readonly dtype: DType }

/** `{ dtype }`, or the dtype by itself. */
export type DTypeOption = string | { dtype?: DTypeLike | null } | null

/** The same, and the device or sharding that the array is put on. */
export type CreationOption = string | { dtype?: DTypeLike | null; device?: Place | null } | null

/** The array where its options want it. */
export function onDevice(operation: string, made: JaxArray, options: unknown): JaxArray {
  const asked = typeof options === 'object' && options !== null && 'device' in options ? options.device : null
  return asked === null || asked === undefined ? made : putAt(made, shardingOf(`jnp.${operation}`, asked))
}

/** The dtype that an option asks for, or null when it leaves the choice open. */
export function requestedDType(operation: string, option: DTypeOption | undefined): DType | null {
  if (option === undefined || option === null) return null
  const wanted = typeof option === 'string' ? option : option.dtype
  if (wanted === undefined || wanted === null) return null
  return dtypeArgument(operation, typeof wanted === 'string' ? wanted : wanted.dtype)
}

/**
 * An array from numbers, lists of numbers, typed arrays or arrays. Numbers are float32 unless a dtype
 * says otherwise; lists of booleans are bool and of BigInts int32.
 *
 * @example
 * jnp.array([[1, 2], [3, 4]]).shape // [2, 2]
 * jnp.array([1, 2, 3], { dtype: 'int32' })
 */
export function array(
  input: ArrayInput,
  options: (CreationOption & { copy?: boolean; ndmin?: number }) | CreationOption = {},
): JaxArray {
  const made = convertInput('array', input, requestedDType('array', options))
  const traced = made === input && made instanceof Tracer ? primitives.copy(made) : made
  const ndmin = typeof options === 'object' && options !== null && 'ndmin' in options ? (options.ndmin ?? 0) : 0
  const missing = Math.max(0, ndmin - traced.ndim)
  const leading = Array.from({ length: missing }, (_, i) => i)
  return onDevice('array', missing === 0 ? traced : expandDims(traced, leading), options)
}

/**
 * Like `array`, and an array of the right dtype is passed through.
 *
 * @example
 * jnp.asarray([1, 2, 3]).dtype // 'float32'
 */
export function asarray(input: ArrayInput, options: CreationOption = {}): JaxArray {
  return onDevice('asarray', convertInput('asarray', input, requestedDType('asarray', options)), options)
}

/**
 * The same values as an array of their own.
 *
 * @example
 * jnp.copy(jnp.arange(2)).tolist() // [0, 1]
 */
export function copy(x: ArrayLike): JaxArray {
  return primitives.copy(convertInput('copy', x, null))
}

function convertInput(operation: string, input: ArrayInput, dtype: DType | null): JaxArray {
  if (input instanceof JaxArray) {
    return dtype === null || dtype === input.dtype ? input : primitives.convertElementType(input, dtype)
  }
  if (isList(input)) return fromLists(operation, input, dtype)
  if (isTypedArray(input)) {
    const made = new ConcreteArray(fromTypedArray(input, config.enableX64))
    return dtype === null ? made : primitives.convertElementType(made, dtype)
  }
  if (isComplexNumber(input)) {
    return new ConcreteArray(fromScalars([input], [], dtype ?? defaultComplexDType()), {
      weakType: dtype === null,
      literal: isTransforming(),
    })
  }
  switch (typeof input) {
    case 'number':
    case 'boolean':
    case 'bigint': {
      const own = promotedType([input])
      const type = dtype === null ? own : { dtype, weakType: false }
      // What is made while tracing is part of the program; what was there before is a constant it captures.
      const literal = isTransforming()
      return new ConcreteArray(fromScalars([input], [], type.dtype), { weakType: type.weakType, literal })
    }
    default:
      throw new JaxTypeError(`jnp.${operation} makes arrays of numbers and lists of numbers, got ${typeof input}.`)
  }
}

function fromLists(operation: string, input: readonly ArrayInput[], dtype: DType | null): JaxArray {
  const shape = shapeOfLists(input)
  const leaves = leavesOf(input)
  const scalars: (number | boolean | bigint)[] = []
  const complexNumbers: Element[] = []
  const others: (ArrayLike | JaxArray)[] = []
  for (const leaf of leaves) {
    if (typeof leaf !== 'object' || isComplexNumber(leaf)) complexNumbers.push(leaf)
    if (isComplexNumber(leaf)) continue
    if (leaf instanceof JaxArray || isTypedArray(leaf)) others.push(convertInput(operation, leaf, null))
    else if (typeof leaf === 'number' || typeof leaf === 'boolean' || typeof leaf === 'bigint') scalars.push(leaf)
    else
      throw new JaxTypeError(`jnp.${operation}: a list of numbers has ${leaf === null ? 'null' : typeof leaf} in it.`)
  }
  if (others.length > 0) return stackLists(operation, input, dtype ?? promotedType([...others, ...scalars]).dtype)
  if (scalars.length < complexNumbers.length) {
    return new ConcreteArray(fromScalars(complexNumbers, shape, dtype ?? defaultComplexDType()))
  }
  const chosen = dtype ?? (scalars.length === 0 ? defaultFloatDType() : promotedType(scalars).dtype)
  return new ConcreteArray(fromScalars(scalars, shape, chosen))
}

/** Lists with arrays in them: each level is joined by an equation, so that traced parts stay traced. */
function stackLists(operation: string, input: readonly ArrayInput[], dtype: DType): JaxArray {
  const parts = input.map((item) => {
    const part = isList(item) ? stackLists(operation, item, dtype) : convertInput(operation, item, dtype)
    return expandDims(part.weakType ? primitives.convertElementType(part, dtype) : part, [0])
  })
  return concatenate(parts, { dimension: 0 })
}

/** An array filled with one number; a trace sees a broadcast, as everything of known shape is. */
function filled(shape: Shape, value: number | boolean, dtype: DType, weakType = false): JaxArray {
  const constant = scalar(value, dtype, weakType)
  return shape.length === 0 ? constant : broadcastInDim(constant, { shape, broadcast_dimensions: [] })
}

/**
 * Zeros.
 *
 * @example
 * jnp.zeros([2, 3]).shape // [2, 3]
 */
export function zeros(shape: number | readonly number[], options: CreationOption = {}): JaxArray {
  const made = filled(shapeArgument('zeros', shape), 0, requestedDType('zeros', options) ?? defaultFloatDType())
  return onDevice('zeros', made, options)
}

/**
 * Ones.
 *
 * @example
 * jnp.ones(3).tolist() // [1, 1, 1]
 */
export function ones(shape: number | readonly number[], options: CreationOption = {}): JaxArray {
  const made = filled(shapeArgument('ones', shape), 1, requestedDType('ones', options) ?? defaultFloatDType())
  return onDevice('ones', made, options)
}

/**
 * Zeros: in a language of values there is nothing uninitialised to hand out.
 *
 * @example
 * jnp.empty(2).tolist() // [0, 0]
 */
export function empty(shape: number | readonly number[], options: CreationOption = {}): JaxArray {
  return zeros(shape, options)
}

/**
 * One value everywhere; an array value is broadcast to the shape.
 *
 * @example
 * jnp.full([2], 7).tolist() // [7, 7]
 */
export function full(shape: number | readonly number[], fillValue: ArrayLike, options: CreationOption = {}): JaxArray {
  const lengths = shapeArgument('full', shape)
  const made = broadcastValue(convertInput('full', fillValue, requestedDType('full', options)), lengths)
  return onDevice('full', made, options)
}

function broadcastStrong(value: JaxArray, shape: Shape): JaxArray {
  return broadcastValue(value.weakType ? primitives.convertElementType(value, value.dtype) : value, shape)
}

function broadcastValue(value: JaxArray, shape: Shape): JaxArray {
  if (shape.length === 0 && value.ndim === 0) return value
  const offset = shape.length - value.ndim
  if (offset < 0) {
    throw new ValueError(
      `jnp.full: a value of shape ${formatShape(value.shape)} does not fit shape ${formatShape(shape)}.`,
    )
  }
  return broadcastInDim(value, { shape, broadcast_dimensions: value.shape.map((_, axis) => axis + offset) })
}

type LikeOptions = {
  dtype?: DTypeLike | null
  shape?: number | readonly number[] | null
  device?: Place | null
}

function like(
  operation: string,
  x: ArrayLike,
  options: LikeOptions | string | null,
): { shape: Shape; dtype: DType; weakType: boolean; place: Sharding | null } {
  const source = convertInput(operation, x, null)
  const wanted = options === null || typeof options === 'string' ? { dtype: options } : options
  const { dtype = null, shape = null, device = null }: LikeOptions = wanted
  const own = source instanceof ConcreteArray ? source.placement : null
  // Another shape can lie on the device of the array, but not be spread as the array is.
  const kept = shape === null || own instanceof SingleDeviceSharding ? own : null
  return {
    shape: shape === null ? source.shape : shapeArgument(operation, shape),
    dtype: requestedDType(operation, { dtype }) ?? source.dtype,
    weakType: dtype === null && source.weakType,
    place: shardingOf(`jnp.${operation}`, device) ?? kept,
  }
}

/**
 * Zeros of the shape and dtype of another array.
 *
 * @example
 * jnp.zerosLike(jnp.arange(3)).dtype // 'int32'
 */
export function zerosLike(x: ArrayLike, options: LikeOptions | string = {}): JaxArray {
  const { shape, dtype, weakType, place } = like('zerosLike', x, options)
  return putAt(filled(shape, 0, dtype, weakType), place)
}

/**
 * Ones of the shape and dtype of another array.
 *
 * @example
 * jnp.onesLike(jnp.arange(3)).tolist() // [1, 1, 1]
 */
export function onesLike(x: ArrayLike, options: LikeOptions | string = {}): JaxArray {
  const { shape, dtype, weakType, place } = like('onesLike', x, options)
  return putAt(filled(shape, 1, dtype, weakType), place)
}

/**
 * Zeros of the shape and dtype of another array, as `empty` is.
 *
 * @example
 * jnp.emptyLike(jnp.arange(3)).shape // [3]
 */
export function emptyLike(x: ArrayLike, options: LikeOptions | string = {}): JaxArray {
  return zerosLike(x, options)
}

/**
 * One value in the shape and dtype of another array.
 *
 * @example
 * jnp.fullLike(jnp.arange(3), 7).tolist() // [7, 7, 7]
 */
export function fullLike(x: ArrayLike, fillValue: ArrayLike, options: LikeOptions | string = {}): JaxArray {
  const { shape, dtype, weakType, place } = like('fullLike', x, options)
  const filling = broadcastStrong(convertInput('fullLike', fillValue, dtype), shape)
  return putAt(primitives.convertElementType(filling, dtype, weakType), place)
}

/**
 * Numbers from start to before stop, `step` apart; `arange(n)` counts 0 … n - 1. Whole numbers give
 * int32, others float32.
 *
 * @example
 * jnp.arange(3).tolist() // [0, 1, 2]
 * jnp.arange(1, 2, 0.25).tolist() // [1, 1.25, 1.5, 1.75]
 */
export function arange(
  start: ArrayLike,
  ...rest: (ArrayLike | null | { dtype?: DTypeLike | null; step?: number; device?: Place | null })[]
): JaxArray {
  const last = rest.at(-1)
  const hasOptions = typeof last === 'object' && last !== null && !(last instanceof JaxArray)
  const options = hasOptions ? last : {}
  const positional: (ArrayLike | null)[] = []
  for (const value of rest)
    if (!(typeof value === 'object' && value !== null && !(value instanceof JaxArray))) positional.push(value)
  const [stop = null, positionalStep] = positional
  const bounds = { start: stop === null ? 0 : start, stop: stop ?? start, step: positionalStep ?? options.step ?? 1 }
  const begin = known('arange', 'start', bounds.start)
  const end = known('arange', 'stop', bounds.stop)
  const step = known('arange', 'step', bounds.step)
  if (step === 0) throw new ValueError('arange: step must not be 0.')
  const wanted = requestedDType('arange', options)
  const whole =
    [begin, end, step].every(Number.isInteger) && [bounds.start, bounds.stop, bounds.step].every(mayBeInteger)
  const dtype = wanted ?? (whole ? defaultIntDType() : defaultFloatDType())
  const size = Math.max(0, Math.ceil((end - begin) / step))
  const counted = iota({ dtype, shape: [size], dimension: 0 })
  if (stop === null) return onDevice('arange', counted, options)
  const isStepped = positionalStep !== undefined || options.step !== undefined
  const made = add(scalar(begin, dtype), isStepped ? mul(scalar(step, dtype), counted) : counted)
  return onDevice('arange', made, options)
}

function mayBeInteger(value: ArrayLike): boolean {
  return !(value instanceof JaxArray) || !isInexact(value.dtype) || value.weakType
}

/** The number behind a bound of `arange`, which decides on the shape and so must be known. */
function known(operation: string, what: string, value: ArrayLike): number {
  if (!(value instanceof JaxArray)) return Number(value)
  const host = hostValueOf(value)
  if (host === null) {
    throw new ConcretizationTypeError(
      `${operation}: ${what} decides how long the result is and must be known while tracing, got a traced ${value.aval.toString()}.`,
      { hint: 'Pass it as a static argument, or close over a JS number.', lesson: 'L0' },
    )
  }
  if (value.size !== 1)
    throw new ValueError(`${operation}: ${what} must be a scalar, got shape ${formatShape(value.shape)}.`)
  return numberOf(host)
}

/** A dtype that is also a function: `jnp.float32(2)` makes a scalar array. */
function constructorOf(dtype: DType): ((value?: ArrayInput) => JaxArray) & { readonly dtype: DType } {
  const make = (value: ArrayInput = 0): JaxArray => convertInput(dtype, value, dtypeArgument(dtype, dtype))
  return Object.assign(make, { dtype })
}

/** The dtype of floating-point numbers, 16 bits each; called, it makes such an array. */
export const float16 = constructorOf('float16')
/** The dtype of floating-point numbers, 32 bits each; called, it makes such an array. */
export const float32 = constructorOf('float32')
/** The dtype of floating-point numbers, 64 bits each; called, it makes such an array. */
export const float64 = constructorOf('float64')
/** The dtype of integers, 8 bits each; called, it makes such an array. */
export const int8 = constructorOf('int8')
/** The dtype of integers, 16 bits each; called, it makes such an array. */
export const int16 = constructorOf('int16')
/** The dtype of integers, 32 bits each; called, it makes such an array. */
export const int32 = constructorOf('int32')
/** The dtype of unsigned integers, 8 bits each; called, it makes such an array. */
export const uint8 = constructorOf('uint8')
/** The dtype of unsigned integers, 16 bits each; called, it makes such an array. */
export const uint16 = constructorOf('uint16')
/** The dtype of unsigned integers, 32 bits each; called, it makes such an array. */
export const uint32 = constructorOf('uint32')
/** The dtype of integers, 64 bits each; called, it makes such an array. */
export const int64 = constructorOf('int64')
/** The dtype of unsigned integers, 64 bits each; called, it makes such an array. */
export const uint64 = constructorOf('uint64')
/** The dtype of floating-point numbers, 16 bits each; called, it makes such an array. */
export const bfloat16 = constructorOf('bfloat16')
/** The dtype of complex numbers, 64 bits each; called, it makes such an array. */
export const complex64 = constructorOf('complex64')
/** The dtype of complex numbers, 128 bits each; called, it makes such an array. */
export const complex128 = constructorOf('complex128')
export { complex64 as csingle, complex128 as cdouble, complex128 as complex_ }
/** The dtype of booleans; called, it makes such an array. */
export const bool_ = constructorOf('bool')
