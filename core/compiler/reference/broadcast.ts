import { type Shape, sameShape, sizeOf } from '../../ir/aval.ts'
import { storageWidth } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { countWork, elementsBetweenChecks, inBlocks } from '../../runtime/interruption.ts'

/** Row-major strides, counted in values. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]
  }
  return strides
}

/**
 * For every position of `shape` in row-major order, the offset that `strides` give it, starting at `start`.
 * A stride of zero repeats an axis.
 */
export function offsetsOf(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  const offsets = new Int32Array(sizeOf(shape))
  if (offsets.length === 0) return offsets
  offsets[0] = start
  let filled = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const block = filled
    const stride = strides[axis]
    for (const total = block * shape[axis]; filled < total;) {
      const end = Math.min(total, filled + elementsBetweenChecks)
      countWork(end - filled)
      for (; filled < end; filled++) offsets[filled] = offsets[filled - block] + stride
    }
  }
  return offsets
}

/** Repeats a scalar, or axes of length 1, so that the array has the given shape. */
export function expandTo(array: HostArray, shape: Shape): HostArray {
  if (sameShape(array.shape, shape)) return array
  const own = stridesOf(array.shape)
  const strides = shape.map((length, axis) =>
    array.shape.length === 0 || (array.shape[axis] === 1 && length !== 1) ? 0 : own[axis],
  )
  return takeOffsets(array, shape, offsetsOf(shape, strides))
}

/** The values of `array` at the given offsets, as an array of shape `shape`. */
export function takeOffsets(array: HostArray, shape: Shape, offsets: Int32Array): HostArray {
  const out = hostArray(shape, array.dtype)
  const width = storageWidth(array.dtype)
  const from = array.data
  const to = out.data
  inBlocks(offsets.length, (first, end) => {
    if (width === 1) {
      for (let i = first; i < end; i++) to[i] = from[offsets[i]]
      return
    }
    for (let i = first; i < end; i++) {
      for (let word = 0; word < width; word++) to[i * width + word] = from[offsets[i] * width + word]
    }
  })
  return out
}
