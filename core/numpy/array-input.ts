import { ValueError } from '../errors.ts'
import type { Shape } from '../ir/aval.ts'
import {
  type DType,
  type TypedArray,
  allocate,
  integerRange,
  isComplex,
  isInteger,
  isWideInteger,
} from '../ir/dtype.ts'
import { type ComplexNumber, type Element, setElement } from '../ir/element.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import { convertHost } from '../compiler/reference/convert.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'

/** What `jnp.array` makes arrays of: numbers, arrays, and lists of them, as deep as you like. */
export type ArrayInput = ArrayLike | ComplexNumber | NumberArray | readonly ArrayInput[]

type NumberArray = TypedArray | Uint8ClampedArray | BigInt64Array | BigUint64Array

/** A typed array's elements as an array of the matching dtype; 64-bit kinds become 32-bit ones. */
export function fromTypedArray(source: NumberArray, wide: boolean): HostArray {
  const shape = [source.length]
  if (source instanceof Float32Array) return hostArray(shape, 'float32', source.slice())
  if (source instanceof Float64Array) {
    return wide ? hostArray(shape, 'float64', source.slice()) : hostArray(shape, 'float32', Float32Array.from(source))
  }
  if (source instanceof Float16Array) return hostArray(shape, 'float16', source.slice())
  if (source instanceof Int8Array) return hostArray(shape, 'int8', source.slice())
  if (source instanceof Int16Array) return hostArray(shape, 'int16', source.slice())
  if (source instanceof Int32Array) return hostArray(shape, 'int32', source.slice())
  if (source instanceof Uint8Array) return hostArray(shape, 'uint8', source.slice())
  if (source instanceof Uint8ClampedArray) return hostArray(shape, 'uint8', Uint8Array.from(source))
  if (source instanceof Uint16Array) return hostArray(shape, 'uint16', source.slice())
  if (source instanceof Uint32Array) return hostArray(shape, 'uint32', source.slice())
  const isSigned = source instanceof BigInt64Array
  const words = new Uint32Array(source.buffer.slice(source.byteOffset, source.byteOffset + source.byteLength))
  const whole = hostArray(shape, isSigned ? 'int64' : 'uint64', words)
  return wide ? whole : convertHost(whole, isSigned ? 'int32' : 'uint32')
}

export function isTypedArray(value: unknown): value is NumberArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

export function isList(value: ArrayInput): value is readonly ArrayInput[] {
  return Array.isArray(value)
}

/** All leaves of nested lists, in order. */
export function leavesOf(input: readonly ArrayInput[]): (ArrayLike | ComplexNumber | NumberArray)[] {
  return input.flatMap((item) => (isList(item) ? leavesOf(item) : [item]))
}

/** The shape of nested lists, which must not be ragged. */
export function shapeOfLists(input: ArrayInput): Shape {
  if (!isList(input)) return input instanceof JaxArray ? input.shape : isTypedArray(input) ? [input.length] : []
  const [first, ...rest] = input.map(shapeOfLists)
  if (first === undefined) return [0]
  for (const other of rest) {
    if (other.join() !== first.join()) {
      throw new ValueError(
        `jnp.array: the lists are ragged, one part has shape [${first.join(', ')}] and another [${other.join(', ')}].`,
        { hint: 'Every row of an array has the same length.' },
      )
    }
  }
  return [input.length, ...first]
}

/** Bare JS scalars as values of one dtype, converted as XLA would. */
export function fromScalars(values: readonly Element[], shape: Shape, dtype: DType): HostArray {
  if (isComplex(dtype) || isWideInteger(dtype)) {
    const out = hostArray(shape, dtype)
    values.forEach((value, i) => setElement(dtype, out.data, i, value))
    return out
  }
  if (dtype === 'float64' || dtype === 'float32' || dtype === 'float16') {
    const data = allocate(dtype, values.length)
    values.forEach((value, i) => (data[i] = Number(value)))
    return hostArray(shape, dtype, data)
  }
  if (isInteger(dtype)) checkRange(values, dtype)
  const doubles = hostArray(shape, 'float64', Float64Array.from(values, Number))
  return convertHost(doubles, dtype)
}

function checkRange(values: readonly Element[], dtype: DType): void {
  const { min, max } = integerRange(dtype)
  const outside = values.find(
    (value) => Number.isInteger(Number(value)) && (Number(value) < min || Number(value) > max),
  )
  if (outside !== undefined) {
    throw new ValueError(`jnp.array: ${outside} does not fit ${dtype}, which holds ${min} to ${max}.`)
  }
}
