import { type DType, type TypedArray, allocate, storageWidth } from './dtype.ts'
import { type Shape, sizeOf } from './aval.ts'

/** Dense values in row-major order in the host's memory. What the reference kernels read and write. */
export interface HostArray {
  readonly shape: Shape
  readonly dtype: DType
  /** `size × storageWidth(dtype)` elements. Never written to after it was handed on. */
  readonly data: TypedArray
}

/** A zero-filled host array, to be filled by the kernel that made it. */
export function hostArray(shape: Shape, dtype: DType, data: TypedArray = allocate(dtype, sizeOf(shape))): HostArray {
  const expected = sizeOf(shape) * storageWidth(dtype)
  if (data.length !== expected) {
    throw new Error(`internal: ${data.length} elements for ${dtype}[${shape.join(',')}], which takes ${expected}`)
  }
  return { shape, dtype, data }
}

/** Entry `index` of the leading axis, sharing memory. */
export function leadingSlice({ shape, dtype, data }: HostArray, index: number): HostArray {
  const inner = shape.slice(1)
  const count = sizeOf(inner) * storageWidth(dtype)
  return { shape: inner, dtype, data: data.subarray(index * count, (index + 1) * count) }
}
