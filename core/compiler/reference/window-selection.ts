import { type Shape, sizeOf } from '../../ir/aval.ts'
import { allocate } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { narrowed, widened } from './bfloat16.ts'
import { type WindowAxis, windowTaps } from './convolution.ts'
import { comparePairs, isPair, pairCombiner } from './pair-arithmetic.ts'
import { countWork, inBlocks } from '../../runtime/interruption.ts'

/** Which element of a window is chosen: the largest or the smallest. */
export type WindowChoice = 'ge' | 'le'

/** Whether the element so far stays when it meets the next one; a NaN never stays, and is always taken. */
const stays: Readonly<Record<WindowChoice, (current: number, next: number) => boolean>> = {
  ge: (current, next) => current >= next,
  le: (current, next) => current <= next,
}

/** Whether element `current` of the operand stays when its window meets element `next`. */
function keeper(operand: HostArray, choice: WindowChoice): (current: number, next: number) => boolean {
  const { dtype, data } = operand
  const keep = stays[choice]
  if (isPair(dtype)) return (current, next) => keep(comparePairs(dtype, data, current, next), 0)
  return (current, next) => keep(data[current], data[next])
}

/** Adds every element of `source` to the place that its window chooses in `operand`; padding is never chosen. */
export function selectAndScatterAddKernel(
  source: HostArray,
  operand: HostArray,
  axes: readonly WindowAxis[],
  choice: WindowChoice,
): HostArray {
  if (operand.dtype === 'bfloat16') {
    return narrowed(selectAndScatterAddKernel(widened(source), widened(operand), axes, choice))
  }
  const { dtype } = operand
  const sums = isPair(dtype) ? allocate(dtype, sizeOf(operand.shape)) : new Float64Array(sizeOf(operand.shape))
  const add = isPair(dtype)
    ? pairCombiner(dtype, 'sum')
    : (target: typeof sums, at: number, updates: typeof sums, from: number) => {
        target[at] += updates[from]
      }
  const taps = windowTaps(axes)
  const windows = sizeOf(axes.map((axis) => axis.window))
  const keep = keeper(operand, choice)
  for (let output = 0; output < sizeOf(source.shape); output++) {
    let chosen = -1
    countWork(windows)
    for (let window = 0; window < windows; window++) {
      const tap = taps[output * windows + window]
      if (tap < 0) continue
      if (chosen < 0 || !keep(chosen, tap)) chosen = tap
    }
    if (chosen >= 0) add(sums, chosen, source.data, output)
  }
  const out = hostArray(operand.shape, dtype)
  if (dtype !== 'bool') {
    out.data.set(sums)
    return out
  }
  inBlocks(sums.length, (from, to) => {
    for (let i = from; i < to; i++) out.data[i] = sums[i] === 0 ? 0 : 1
  })
  return out
}

/** For every window the element of `tangents` at the place that it chooses in `operand`; zero for an empty window. */
export function selectAndGatherAddKernel(
  tangents: HostArray,
  operand: HostArray,
  axes: readonly WindowAxis[],
  choice: WindowChoice,
  shape: Shape,
): HostArray {
  if (operand.dtype === 'bfloat16') {
    return narrowed(selectAndGatherAddKernel(widened(tangents), widened(operand), axes, choice, shape))
  }
  const out = hostArray(shape, tangents.dtype)
  const taps = windowTaps(axes)
  const windows = sizeOf(axes.map((axis) => axis.window))
  const keep = stays[choice]
  for (let output = 0; output < out.data.length; output++) {
    let best = choice === 'ge' ? -Infinity : Infinity
    let tangent = 0
    countWork(windows)
    for (let window = 0; window < windows; window++) {
      const tap = taps[output * windows + window]
      if (tap < 0 || keep(best, operand.data[tap])) continue
      best = operand.data[tap]
      tangent = tangents.data[tap]
    }
    out.data[output] = tangent
  }
  return out
}
