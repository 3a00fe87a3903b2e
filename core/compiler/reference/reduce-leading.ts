import type { TypedArray } from '../../ir/dtype.ts'
import type { BinaryOp } from './loops.ts'
import { countWork } from '../../runtime/interruption.ts'

/** Combines `count` rows of `size` elements element by element into `to`, in order. */
export type RowReduction = (data: TypedArray, count: number, size: number, to: TypedArray) => void

/** Elements that are accumulated at a time: their 64-bit sums stay in the processor's cache. */
const block = 4096

/**
 * A reduction over the leading axis that reads memory from front to back. Every element is combined in the same
 * order and precision as in a loop over that element alone, so the bits are the same. The text is instantiated anew
 * for each operation, for the reason that `unaryLoop` gives.
 */
export function rowReduction(op: BinaryOp, identity: number): RowReduction {
  const instantiate = new Function(
    'op',
    'identity',
    'sums',
    'countWork',
    `return function (data, count, size, to) {
      for (let first = 0; first < size; first += sums.length) {
        const length = Math.min(sums.length, size - first)
        sums.fill(identity, 0, length)
        for (let row = 0; row < count; row++) {
          const start = row * size + first
          countWork(length)
          for (let i = 0; i < length; i++) sums[i] = op(sums[i], data[start + i])
        }
        for (let i = 0; i < length; i++) to[first + i] = sums[i]
      }
    }`,
  )
  return instantiate(op, identity, new Float64Array(block), countWork)
}
