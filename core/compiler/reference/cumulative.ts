import { narrowed, widened } from './bfloat16.ts'
import { cumulatePairs, isPair } from './pair-arithmetic.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { isFloat } from '../../ir/dtype.ts'
import type { BinaryOp } from './loops.ts'
import { combinerOf } from './reduction.ts'
import { countWork, elementsBetweenChecks } from '../../runtime/interruption.ts'

export type CumulativeKind = 'sum' | 'product' | 'max' | 'min' | 'logsumexp'

/** log(exp(x) + exp(y)) without overflow. */
export function logAddExp(x: number, y: number): number {
  if (x === y) return x + Math.LN2
  const difference = x - y
  if (difference !== difference) return x + y
  return difference > 0 ? x + Math.log1p(Math.exp(-difference)) : y + Math.log1p(Math.exp(difference))
}

/** Running totals along one axis, carried in 64 bits for floats. */
export function cumulativeKernel(kind: CumulativeKind, x: HostArray, axis: number, reverse: boolean): HostArray {
  if (x.dtype === 'bfloat16') return narrowed(cumulativeKernel(kind, widened(x), axis, reverse))
  if (isPair(x.dtype) && kind !== 'logsumexp') return cumulatePairs(kind, x, axis, reverse)
  const out = hostArray(x.shape, x.dtype)
  const length = x.shape[axis]
  const inner = x.shape.slice(axis + 1).reduce((product, extent) => product * extent, 1)
  const outer = length === 0 ? 0 : out.data.length / (length * inner)
  const combine: BinaryOp = kind === 'logsumexp' ? logAddExp : combinerOf(kind, x.dtype)
  const step = reverse ? -inner : inner
  const first = reverse ? (length - 1) * inner : 0
  const narrow = !isFloat(x.dtype)
  for (let block = 0; block < outer; block++) {
    for (let lane = 0; lane < inner; lane++) {
      let at = block * length * inner + lane + first
      let total = x.data[at]
      out.data[at] = total
      countWork(1)
      for (let k = 1; k < length;) {
        const end = Math.min(length, k + elementsBetweenChecks)
        countWork(end - k)
        for (; k < end; k++) {
          at += step
          total = combine(total, x.data[at])
          out.data[at] = total
          if (narrow) total = out.data[at]
        }
      }
    }
  }
  return out
}
