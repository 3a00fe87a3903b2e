import { sizeOf } from '../../ir/aval.ts'
import { storageWidth } from '../../ir/dtype.ts'
import { type HostArray, copyOf, hostArray } from '../../ir/host-array.ts'
import type { ClosedJaxpr } from '../../ir/jaxpr.ts'
import type { IndexMode, WindowAddressing } from './gather.ts'
import { runOnHost } from './run.ts'
import { scatterKernel } from './scatter.ts'
import { countWork } from '../../runtime/interruption.ts'

/** Every element put through a program of scalars as often as the windows of a scatter meet it. */
export function scatterApplyKernel(
  operand: HostArray,
  indices: HostArray,
  updates: HostArray,
  addressing: WindowAddressing,
  sizes: readonly number[],
  mode: IndexMode,
  program: ClosedJaxpr,
): HostArray {
  const once = hostArray(updates.shape, 'int32', new Int32Array(sizeOf(updates.shape)).fill(1))
  const times = scatterKernel(hostArray(operand.shape, 'int32'), indices, once, addressing, sizes, mode, 'add')
  const out = copyOf(operand)
  const width = storageWidth(out.dtype)
  for (let at = 0; at < times.data.length; at++) {
    countWork(1)
    for (let round = 0; round < times.data[at]; round++) {
      const element = hostArray([], out.dtype, out.data.slice(at * width, (at + 1) * width))
      out.data.set(runOnHost(program, [element, element])[0].data, at * width)
    }
  }
  return out
}
