import { convertHost } from './convert.ts'
import { type Shape, sizeOf } from '../../ir/aval.ts'
import { type DType, type TypedArray, storageWidth } from '../../ir/dtype.ts'
import { type HostArray, copyOf, hostArray, partOf } from '../../ir/host-array.ts'
import { type BlockLayout, copyBlock, rowMajorStrides } from './block-copy.ts'
import { countWork, inBlocks } from '../../runtime/interruption.ts'

function layoutOf(shape: Shape): BlockLayout {
  return { offset: 0, strides: rowMajorStrides(shape) }
}

/**
 * An array of `shape` whose elements are read from `operand` through a strided view; where they lie one after the
 * other, it shares the memory.
 */
function readView(operand: HostArray, shape: Shape, view: BlockLayout): HostArray {
  if (isContiguous(shape, view.strides)) return partOf(operand, view.offset, shape)
  const out = hostArray(shape, operand.dtype)
  copyBlock(operand.dtype, out.data, layoutOf(shape), operand.data, view, shape)
  return out
}

function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue
    if (strides[axis] !== expected) return false
    expected *= shape[axis]
  }
  // Of nothing there is no first element.
  return expected > 0
}

export function broadcastInDimKernel(
  operand: HostArray,
  shape: Shape,
  broadcastDimensions: readonly number[],
): HostArray {
  if (sizeOf(operand.shape) === 1 && storageWidth(operand.dtype) === 1) {
    const out = hostArray(shape, operand.dtype)
    fillAll(out.data, operand.data[0])
    return out
  }
  const own = rowMajorStrides(operand.shape)
  const strides = new Array<number>(shape.length).fill(0)
  broadcastDimensions.forEach((axis, i) => {
    if (operand.shape[i] !== 1) strides[axis] = own[i]
  })
  return readView(operand, shape, { offset: 0, strides })
}

/** Values in the same order under another shape; the memory is shared, since neither is ever written. */
export function reshapeKernel(operand: HostArray, shape: Shape): HostArray {
  return hostArray(shape, operand.dtype, operand.data)
}

export function transposeKernel(operand: HostArray, permutation: readonly number[]): HostArray {
  const own = rowMajorStrides(operand.shape)
  const shape = permutation.map((axis) => operand.shape[axis])
  return readView(operand, shape, { offset: 0, strides: permutation.map((axis) => own[axis]) })
}

export function reverseKernel(operand: HostArray, dimensions: readonly number[]): HostArray {
  const strides = rowMajorStrides(operand.shape)
  let offset = 0
  for (const axis of dimensions) {
    offset += (operand.shape[axis] - 1) * strides[axis]
    strides[axis] = -strides[axis]
  }
  return readView(operand, operand.shape, { offset, strides })
}

export function sliceKernel(
  operand: HostArray,
  shape: Shape,
  starts: readonly number[],
  steps: readonly number[] | null,
): HostArray {
  const own = rowMajorStrides(operand.shape)
  let offset = 0
  starts.forEach((start, axis) => (offset += start * own[axis]))
  const strides = steps === null ? own : own.map((stride, axis) => stride * steps[axis])
  return readView(operand, shape, { offset, strides })
}

/** Puts `update` at `starts` into a copy of `operand`. */
export function updateKernel(operand: HostArray, update: HostArray, starts: readonly number[]): HostArray {
  const out = copyOf(operand)
  const strides = rowMajorStrides(operand.shape)
  let offset = 0
  starts.forEach((start, axis) => (offset += start * strides[axis]))
  copyBlock(operand.dtype, out.data, { offset, strides }, update.data, layoutOf(update.shape), update.shape)
  return out
}

function fillAll(data: TypedArray, value: number): void {
  inBlocks(data.length, (from, to) => data.fill(value, from, to))
}

/** Fills with `value`'s element, which for a key is two words. */
function fillWith(out: HostArray, value: HostArray): void {
  if (storageWidth(out.dtype) === 1) {
    fillAll(out.data, value.data[0])
    return
  }
  const strides = new Array<number>(out.shape.length).fill(0)
  copyBlock(out.dtype, out.data, layoutOf(out.shape), value.data, { offset: 0, strides }, out.shape)
}

export function padKernel(
  operand: HostArray,
  value: HostArray,
  shape: Shape,
  config: readonly (readonly [number, number, number])[],
): HostArray {
  const out = hostArray(shape, operand.dtype)
  fillWith(out, value)
  const source = rowMajorStrides(operand.shape)
  const target = rowMajorStrides(shape)
  const block: number[] = []
  let from = 0
  let into = 0
  config.forEach(([low, , interior], axis) => {
    const step = interior + 1
    // Negative padding cuts elements off: only those that land inside the result are copied.
    const first = low < 0 ? Math.ceil(-low / step) : 0
    const last = Math.min(operand.shape[axis] - 1, Math.floor((shape[axis] - 1 - low) / step))
    block.push(Math.max(0, last - first + 1))
    from += first * source[axis]
    into += (low + first * step) * target[axis]
    target[axis] *= step
  })
  const layout = { offset: into, strides: target }
  copyBlock(out.dtype, out.data, layout, operand.data, { offset: from, strides: source }, block)
  return out
}

export function concatenateKernel(operands: readonly HostArray[], shape: Shape, dimension: number): HostArray {
  const out = hostArray(shape, operands[0].dtype)
  const strides = rowMajorStrides(shape)
  let offset = 0
  for (const operand of operands) {
    const from = layoutOf(operand.shape)
    copyBlock(out.dtype, out.data, { offset, strides }, operand.data, from, operand.shape)
    offset += operand.shape[dimension] * strides[dimension]
  }
  return out
}

export function iotaKernel(shape: Shape, dtype: DType, dimension: number): HostArray {
  if (storageWidth(dtype) > 1 || dtype === 'bfloat16') {
    return convertHost(iotaKernel(shape, dtype === 'bfloat16' ? 'float32' : 'int32', dimension), dtype)
  }
  const out = hostArray(shape, dtype)
  const inner = sizeOf(shape.slice(dimension + 1))
  const length = shape[dimension]
  const { data } = out
  if (data.length === 0) return out
  if (inner === 1) {
    inBlocks(length, (from, to) => {
      for (let i = from; i < to; i++) data[i] = i
    })
  } else {
    for (let i = 0, at = 0; i < length; i++) {
      const end = at + inner
      if (inner >= 64) {
        fillAll(data.subarray(at, end), i)
      } else {
        countWork(inner)
        for (let k = at; k < end; k++) data[k] = i
      }
      at = end
    }
  }
  // What stands there is repeated, twice as much every time.
  for (let filled = length * inner; filled < data.length; filled *= 2) {
    inBlocks(Math.min(filled, data.length - filled), (from, to) => data.copyWithin(filled + from, from, to))
  }
  return out
}
