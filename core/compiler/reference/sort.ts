import { narrowed, widened } from './bfloat16.ts'
import { comparePairs, isPair } from './pair-arithmetic.ts'
import { type TypedArray, isFloat, storageWidth } from '../../ir/dtype.ts'
import { type HostArray, copyOf, hostArray } from '../../ir/host-array.ts'
import { sortRow } from './sort-row.ts'
import { countWork, elementsBetweenChecks, inBlocks } from '../../runtime/interruption.ts'

/** A total order: numbers ascending, every NaN last, the two zeros equal. */
function compare(x: number, y: number): number {
  if (x < y) return -1
  if (x > y) return 1
  if (x === y) return 0
  return x === x ? -1 : y === y ? 1 : 0
}

/** The same order, which now and then looks whether the user has asked to stop. */
function stoppable(order: (i: number, j: number) => number): (i: number, j: number) => number {
  return (i, j) => {
    countWork(1)
    return order(i, j)
  }
}

/** Sorts all operands along one axis by the first `keys` of them, lexicographically and stably. */
export function sortKernel(operands: readonly HostArray[], axis: number, keys: number): HostArray[] {
  const [first] = operands
  const plain = first.dtype !== 'bfloat16' && !isPair(first.dtype)
  if (plain && operands.length === 1 && axis === first.shape.length - 1 && !hasNegativeZero(first.data))
    return [sortRows(first)]
  const outputs = operands.map((operand) => hostArray(operand.shape, operand.dtype))
  const lines = linesOf(operands[0], axis)
  const keyData = operands.slice(0, keys).map(widened)
  const order = new Int32Array(lines.length)
  for (let line = 0; line < lines.count; line++) {
    const start = lines.startOf(line)
    fillPlaces(order, start, lines.stride)
    order.sort(stoppable((i, j) => compareAt(keyData, i, j)))
    for (const [n, operand] of operands.entries()) {
      const width = storageWidth(operand.dtype)
      inBlocks(lines.length, (first, end) => {
        for (let k = first; k < end; k++) {
          const to = (start + k * lines.stride) * width
          const from = order[k] * width
          for (let word = 0; word < width; word++) outputs[n].data[to + word] = operand.data[from + word]
        }
      })
    }
  }
  return outputs
}

/** The places of a line's elements, one after the other. */
function fillPlaces(order: Int32Array, start: number, stride: number): void {
  inBlocks(order.length, (from, to) => {
    for (let k = from; k < to; k++) order[k] = start + k * stride
  })
}

/** The engine's own numeric sort, which puts NaN last too; but it tells -0 from 0, which stability must not. */
function sortRows(x: HostArray): HostArray {
  const out = copyOf(x)
  const length = x.shape[x.shape.length - 1]
  if (length < 2) return out
  for (let start = 0; start < out.data.length; start += length) sortRow(out.data.subarray(start, start + length))
  return out
}

function hasNegativeZero(data: TypedArray): boolean {
  for (let i = 0; i < data.length;) {
    const end = Math.min(data.length, i + elementsBetweenChecks)
    countWork(end - i)
    for (; i < end; i++) if (data[i] === 0 && 1 / data[i] < 0) return true
  }
  return false
}

function compareAt(keys: readonly HostArray[], i: number, j: number): number {
  for (const key of keys) {
    const order = isPair(key.dtype) ? comparePairs(key.dtype, key.data, i, j) : compare(key.data[i], key.data[j])
    if (order !== 0) return order
  }
  return i - j
}

interface Lines {
  readonly count: number
  readonly length: number
  readonly stride: number
  startOf(line: number): number
}

/** The one-dimensional lines of an array along an axis. */
function linesOf(x: HostArray, axis: number): Lines {
  const length = x.shape[axis]
  const stride = x.shape.slice(axis + 1).reduce((product, extent) => product * extent, 1)
  const size = x.shape.reduce((product, extent) => product * extent, 1)
  return {
    count: length === 0 ? 0 : size / length,
    length,
    stride,
    startOf: (line) => Math.floor(line / stride) * length * stride + (line % stride),
  }
}

/** Tells the zeros apart, which `top_k` ranks by their sign. */
function zeroSign(x: number): number {
  return x === 0 ? Math.sign(1 / x) : 0
}

/** The k largest elements along an axis and their positions; the earlier of equal ones first, NaN above all, 0 above -0. */
export function topKKernel(x: HostArray, axis: number, k: number): [values: HostArray, indices: HostArray] {
  if (x.dtype === 'bfloat16') {
    const [wide, positions] = topKKernel(widened(x), axis, k)
    return [narrowed(wide), positions]
  }
  const shape = x.shape.toSpliced(axis, 1, k)
  const values = hostArray(shape, x.dtype)
  const indices = hostArray(shape, 'int32')
  const lines = linesOf(x, axis)
  const order = new Int32Array(lines.length)
  const { data } = x
  const width = storageWidth(x.dtype)
  const descending = isPair(x.dtype)
    ? (i: number, j: number) => comparePairs(x.dtype, data, j, i) || i - j
    : isFloat(x.dtype)
      ? (i: number, j: number) => compare(data[j], data[i]) || zeroSign(data[j]) - zeroSign(data[i]) || i - j
      : (i: number, j: number) => data[j] - data[i] || i - j
  for (let line = 0; line < lines.count; line++) {
    const start = lines.startOf(line)
    fillPlaces(order, start, lines.stride)
    order.sort(stoppable(descending))
    const outStart = Math.floor(line / lines.stride) * k * lines.stride + (line % lines.stride)
    countWork(k)
    for (let i = 0; i < k; i++) {
      for (let word = 0; word < width; word++) {
        values.data[(outStart + i * lines.stride) * width + word] = data[order[i] * width + word]
      }
      indices.data[outStart + i * lines.stride] = (order[i] - start) / lines.stride
    }
  }
  return [values, indices]
}
