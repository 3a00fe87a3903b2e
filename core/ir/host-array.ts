import { type DType, type TypedArray, allocate, itemSize, storageWidth, viewOf } from './dtype.ts'
import { type Shape, sizeOf } from './aval.ts'

/** Dense values in row-major order in the host's memory. What the reference kernels read and write. */
export interface HostArray {
  readonly shape: Shape
  readonly dtype: DType
  /** `size × storageWidth(dtype)` elements. Never written to after it was handed on. */
  readonly data: TypedArray
}

/** Where values get their memory. */
export interface ValueMemory {
  /** What it holds is anything, unless `zeroed`. */
  allocate(shape: Shape, dtype: DType, zeroed: boolean): TypedArray
  /** Part of a value, which keeps the memory of the whole. */
  part(whole: TypedArray, dtype: DType, byteOffset: number, count: number): TypedArray
}

let memory: ValueMemory = {
  allocate: (shape, dtype) => allocate(dtype, sizeOf(shape)),
  part: (whole, dtype, byteOffset, count) => viewOf(dtype, whole.buffer, whole.byteOffset + byteOffset, count),
}

/** Names where values get their memory; until then each has its own. */
export function installValueMemory(values: ValueMemory): void {
  memory = values
}

/** A zero-filled host array, to be filled by the kernel that made it. */
export function hostArray(shape: Shape, dtype: DType, data?: TypedArray): HostArray {
  if (data === undefined) return { shape, dtype, data: memory.allocate(shape, dtype, true) }
  const expected = sizeOf(shape) * storageWidth(dtype)
  if (data.length !== expected) {
    throw new Error(`internal: ${data.length} elements for ${dtype}[${shape.join(',')}], which takes ${expected}`)
  }
  return { shape, dtype, data }
}

/** The typed array for a result of which the kernel writes every element: until then it holds anything. */
export function resultData(shape: Shape, dtype: DType): TypedArray {
  return memory.allocate(shape, dtype, false)
}

/** A host array with numbers of its own, equal to those of another. */
export function copyOf({ shape, dtype, data }: HostArray): HostArray {
  const copy = { shape, dtype, data: resultData(shape, dtype) }
  copy.data.set(data)
  return copy
}

/** The same numbers in memory of their own that no heap has a part in: what is sent to another thread as a message. */
export function detached({ shape, dtype, data }: HostArray): HostArray {
  return { shape, dtype, data: data.slice() }
}

/** Consecutive values of a host array from element `start` on, as an array of another shape that shares its memory. */
export function partOf({ dtype, data }: HostArray, start: number, shape: Shape): HostArray {
  return { shape, dtype, data: memory.part(data, dtype, start * itemSize(dtype), sizeOf(shape)) }
}

/** The same bytes as values of another dtype, sharing memory. */
export function reinterpreted({ data }: HostArray, shape: Shape, dtype: DType): HostArray {
  return { shape, dtype, data: memory.part(data, dtype, 0, sizeOf(shape)) }
}

/** Entry `index` of the leading axis, sharing memory. */
export function leadingSlice(host: HostArray, index: number): HostArray {
  const inner = host.shape.slice(1)
  return partOf(host, index * sizeOf(inner), inner)
}
