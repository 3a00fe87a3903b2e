import { hostArray } from '../../ir/host-array.ts'
import { throughFloat32 } from './bfloat16.ts'
import { expandTo } from './broadcast.ts'
import type { ElementwiseKernel } from './elementwise.ts'
import { elementwiseResult } from '../../runtime/destination.ts'
import { inBlocks } from '../../runtime/interruption.ts'

/** A kernel of three operands, repeated to the common shape. */
export function ternaryKernel(op: (x: number, y: number, z: number) => number): ElementwiseKernel {
  return throughFloat32((args, shape, dtype) => {
    const [x, y, z] = args.map((arg) => expandTo(arg, shape).data)
    const out = elementwiseResult(shape, dtype)
    inBlocks(out.length, (from, to) => {
      for (let i = from; i < to; i++) out[i] = op(x[i], y[i], z[i])
    })
    return hostArray(shape, dtype, out)
  })
}
