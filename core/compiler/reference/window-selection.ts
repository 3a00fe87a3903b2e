import type { Shape } from '../../ir/aval.ts'
import { sizeOf } from '../../ir/aval.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { type WindowAxis, windowTaps } from './convolution.ts'

/** Which element of a window is chosen: the largest or the smallest. */
export type WindowChoice = 'ge' | 'le'

/** Whether the element so far stays when it meets the next one; a NaN never stays, and is always taken. */
const stays: Readonly<Record<WindowChoice, (current: number, next: number) => boolean>> = {
  ge: (current, next) => current >= next,
  le: (current, next) => current <= next,
}

/** Adds every element of `source` to the place that its window chooses in `operand`; padding is never chosen. */
export function selectAndScatterAddKernel(
  source: HostArray,
  operand: HostArray,
  axes: readonly WindowAxis[],
  choice: WindowChoice,
): HostArray {
  const sums = new Float64Array(sizeOf(operand.shape))
  const taps = windowTaps(axes)
  const windows = sizeOf(axes.map((axis) => axis.window))
  const keep = stays[choice]
  for (let output = 0; output < source.data.length; output++) {
    let chosen = -1
    for (let window = 0; window < windows; window++) {
      const tap = taps[output * windows + window]
      if (tap < 0) continue
      if (chosen < 0 || !keep(operand.data[chosen], operand.data[tap])) chosen = tap
    }
    if (chosen >= 0) sums[chosen] += source.data[output]
  }
  const out = hostArray(operand.shape, operand.dtype)
  out.data.set(sums)
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
  const out = hostArray(shape, tangents.dtype)
  const taps = windowTaps(axes)
  const windows = sizeOf(axes.map((axis) => axis.window))
  const keep = stays[choice]
  for (let output = 0; output < out.data.length; output++) {
    let best = choice === 'ge' ? -Infinity : Infinity
    let tangent = 0
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
