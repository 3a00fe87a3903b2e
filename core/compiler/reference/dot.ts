import { asOperand, computedIn } from './accumulation.ts'
import { convertHost } from './convert.ts'
import { dotPairs, isPair } from './pair-arithmetic.ts'
import { type Shape, sizeOf } from '../../ir/aval.ts'
import { type DType, type TypedArray, bitWidth, isFloat } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { offsetsOf, stridesOf, takeOffsets } from './broadcast.ts'
import { countWork, elementsBetweenChecks, inBlocks } from '../../runtime/interruption.ts'

/** Axes of a `dot_general`: `[[lhs contracting, rhs contracting], [lhs batch, rhs batch]]`. */
export type DotDimensionNumbers = readonly [
  readonly [readonly number[], readonly number[]],
  readonly [readonly number[], readonly number[]],
]

/**
 * Batched matrix product. Operands are laid out as `[batch, rows, depth]` and `[batch, columns, depth]`,
 * so that the inner loop walks both in order; floats are accumulated in 64 bits.
 */
export function dotGeneralKernel(
  lhs: HostArray,
  rhs: HostArray,
  [[lhsContract, rhsContract], [lhsBatch, rhsBatch]]: DotDimensionNumbers,
  shape: Shape,
  dtype: DType,
): HostArray {
  const widest = bitWidth(lhs.dtype) < bitWidth(rhs.dtype) ? rhs.dtype : lhs.dtype
  const computed = computedIn(widest, dtype)
  if (computed !== dtype) {
    const numbers: DotDimensionNumbers = [
      [lhsContract, rhsContract],
      [lhsBatch, rhsBatch],
    ]
    return convertHost(dotGeneralKernel(lhs, rhs, numbers, shape, computed), dtype)
  }
  const [left, right] = [asOperand(lhs, dtype), asOperand(rhs, dtype)]
  if (isPair(dtype)) {
    const numbers: DotDimensionNumbers = [
      [lhsContract, rhsContract],
      [lhsBatch, rhsBatch],
    ]
    return dotPairs(left, right, numbers, shape, dtype)
  }
  const rowAxes = remaining(lhs.shape, [...lhsContract, ...lhsBatch])
  const columnAxes = remaining(rhs.shape, [...rhsContract, ...rhsBatch])
  const x = arrange(left, [...lhsBatch, ...rowAxes, ...lhsContract])
  const y = arrange(right, [...rhsBatch, ...columnAxes, ...rhsContract])
  const count = (source: HostArray, axes: readonly number[]): number => sizeOf(axes.map((axis) => source.shape[axis]))
  const extent: Extent = {
    batches: count(lhs, lhsBatch),
    rows: count(lhs, rowAxes),
    columns: count(rhs, columnAxes),
    depth: count(lhs, lhsContract),
  }
  const { data: out } = hostArray(shape, dtype)
  if (isFloat(dtype)) multiplyFloats(x, y, out, extent)
  else multiplyIntegers(x, y, out, extent)
  // A sum of booleans is whether any product holds.
  if (dtype === 'bool') {
    inBlocks(out.length, (from, to) => {
      for (let i = from; i < to; i++) out[i] = out[i] === 0 ? 0 : 1
    })
  }
  return hostArray(shape, dtype, out)
}

interface Extent {
  readonly batches: number
  readonly rows: number
  readonly columns: number
  readonly depth: number
}

/** The values with axes in the given order; no copy when they lie so already. */
function arrange(source: HostArray, order: readonly number[]): TypedArray {
  if (order.every((axis, i) => axis === i)) return source.data
  const strides = stridesOf(source.shape)
  const shape = order.map((axis) => source.shape[axis])
  const offsets = offsetsOf(
    shape,
    order.map((axis) => strides[axis]),
  )
  return takeOffsets(source, shape, offsets).data
}

function remaining(shape: Shape, used: readonly number[]): number[] {
  return shape.map((_, axis) => axis).filter((axis) => !used.includes(axis))
}

/** Four columns at a time share the reads of a row. */
function multiplyFloats(x: TypedArray, y: TypedArray, out: TypedArray, extent: Extent): void {
  const { batches, rows, columns, depth } = extent
  let at = 0
  for (let batch = 0; batch < batches; batch++) {
    for (let row = 0; row < rows; row++) {
      const xStart = (batch * rows + row) * depth
      let column = 0
      for (; column + 4 <= columns; column += 4) {
        const y0 = (batch * columns + column) * depth
        const y1 = y0 + depth
        const y2 = y1 + depth
        const y3 = y2 + depth
        let sum0 = 0
        let sum1 = 0
        let sum2 = 0
        let sum3 = 0
        for (let k = 0; k < depth;) {
          const end = Math.min(depth, k + elementsBetweenChecks)
          countWork(4 * (end - k))
          for (; k < end; k++) {
            const value = x[xStart + k]
            sum0 += value * y[y0 + k]
            sum1 += value * y[y1 + k]
            sum2 += value * y[y2 + k]
            sum3 += value * y[y3 + k]
          }
        }
        out[at] = sum0
        out[at + 1] = sum1
        out[at + 2] = sum2
        out[at + 3] = sum3
        at += 4
      }
      for (; column < columns; column++) {
        const yStart = (batch * columns + column) * depth
        let sum = 0
        for (let k = 0; k < depth;) {
          const end = Math.min(depth, k + elementsBetweenChecks)
          countWork(end - k)
          for (; k < end; k++) sum += x[xStart + k] * y[yStart + k]
        }
        out[at++] = sum
      }
    }
  }
}

function multiplyIntegers(x: TypedArray, y: TypedArray, out: TypedArray, extent: Extent): void {
  const { batches, rows, columns, depth } = extent
  let at = 0
  for (let batch = 0; batch < batches; batch++) {
    for (let row = 0; row < rows; row++) {
      const xStart = (batch * rows + row) * depth
      for (let column = 0; column < columns; column++) {
        const yStart = (batch * columns + column) * depth
        let sum = 0
        for (let k = 0; k < depth;) {
          const end = Math.min(depth, k + elementsBetweenChecks)
          countWork(end - k)
          for (; k < end; k++) sum = (sum + Math.imul(x[xStart + k], y[yStart + k])) | 0
        }
        out[at++] = sum
      }
    }
  }
}
