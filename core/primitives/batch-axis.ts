import type { JaxArray } from '../tracing/array.ts'
import type { BatchDim } from '../tracing/primitive.ts'
import { broadcastInDim, transpose } from './movement.ts'

/** Moves a batch axis, or makes one by repeating the value for every lane. */
export function moveBatchAxis(value: JaxArray, from: BatchDim, to: number, size: number): JaxArray {
  if (from === to) return value
  if (from === null) {
    const shape = value.shape.toSpliced(to, 0, size)
    const broadcast_dimensions = value.shape.map((_, axis) => (axis < to ? axis : axis + 1))
    return broadcastInDim(value, { shape, broadcast_dimensions })
  }
  const order = value.shape.map((_, axis) => axis).filter((axis) => axis !== from)
  return transpose(value, { permutation: order.toSpliced(to, 0, from) })
}

/** Moves one axis to another place and keeps the order of the rest. */
export function moveAxis(value: JaxArray, from: number, to: number): JaxArray {
  return moveBatchAxis(value, from, to, 0)
}

/** The operand with its batch axis first; an operand without one is repeated for every lane. */
export function batchAtFront(value: JaxArray, dim: BatchDim, size: number): JaxArray {
  return moveBatchAxis(value, dim, 0, size)
}

/** The length of the batch axis, read off a batched operand. */
export function batchSize(args: readonly JaxArray[], dims: readonly BatchDim[]): number {
  for (const [i, dim] of dims.entries()) if (dim !== null) return args[i].shape[dim]
  throw new Error('internal: batching rule called without a batched operand')
}
