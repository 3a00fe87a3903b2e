import { type Shape, sizeOf } from '../../ir/aval.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { narrowed, widened } from './bfloat16.ts'
import { type WindowAxis, windowTaps } from './convolution.ts'
import { isPair, withArithmetic } from './pair-arithmetic.ts'
import { combinerOf, identityOf } from './reduction.ts'
import { countWork } from '../../runtime/interruption.ts'

export type WindowReduction = 'sum' | 'max' | 'min'

/** Reduces every window of an array; padding counts for nothing, and an empty window gives the identity. */
export function reduceWindowKernel(
  kind: WindowReduction,
  x: HostArray,
  axes: readonly WindowAxis[],
  shape: Shape,
): HostArray {
  if (x.dtype === 'bfloat16') return narrowed(reduceWindowKernel(kind, widened(x), axes, shape))
  const out = hostArray(shape, x.dtype)
  const taps = windowTaps(axes)
  const windows = sizeOf(axes.map((axis) => axis.window))
  const count = sizeOf(shape)
  if (isPair(x.dtype)) {
    return withArithmetic(x.dtype, ({ read, write, combiner, identity }) => {
      const combine = combiner(kind)
      for (let output = 0; output < count; output++) {
        countWork(windows)
        let result = identity(kind)
        for (let window = 0; window < windows; window++) {
          const tap = taps[output * windows + window]
          if (tap >= 0) result = combine(result, read(x.data, tap))
        }
        write(out.data, output, result)
      }
      return out
    })
  }
  const combine = combinerOf(kind, x.dtype)
  const identity = identityOf(kind, x.dtype)
  for (let output = 0; output < count; output++) {
    countWork(windows)
    let result = identity
    for (let window = 0; window < windows; window++) {
      const tap = taps[output * windows + window]
      if (tap >= 0) result = combine(result, x.data[tap])
    }
    out.data[output] = result
  }
  return out
}
