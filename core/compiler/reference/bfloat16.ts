import { type Shape, sizeOf } from '../../ir/aval.ts'
import { type DType, allocate } from '../../ir/dtype.ts'
import { bfloat16ToNumber, numberToBfloat16 } from '../../ir/element.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { inBlocks } from '../../runtime/interruption.ts'

/** The same values in float32, exactly. */
export function widened(x: HostArray): HostArray {
  if (x.dtype !== 'bfloat16') return x
  const out = new Float32Array(x.data.length)
  const { data } = x
  inBlocks(out.length, (from, to) => {
    for (let i = from; i < to; i++) out[i] = bfloat16ToNumber(data[i])
  })
  return hostArray(x.shape, 'float32', out)
}

/** The nearest bfloat16 values. */
export function narrowed(x: HostArray): HostArray {
  const out = allocate('bfloat16', sizeOf(x.shape))
  const { data } = x
  inBlocks(out.length, (from, to) => {
    for (let i = from; i < to; i++) out[i] = numberToBfloat16(data[i])
  })
  return hostArray(x.shape, 'bfloat16', out)
}

type Kernel<Rest extends readonly unknown[]> = (
  args: readonly HostArray[],
  shape: Shape,
  dtype: DType,
  ...rest: Rest
) => HostArray

/** Computes on bfloat16 in float32 and rounds the result, as XLA does on CPUs. Other dtypes pass. */
export function throughFloat32<Rest extends readonly unknown[]>(kernel: Kernel<Rest>): Kernel<Rest> {
  return (args, shape, dtype, ...rest) => {
    if (!args.some((arg) => arg.dtype === 'bfloat16')) return kernel(args, shape, dtype, ...rest)
    const wide = kernel(args.map(widened), shape, dtype === 'bfloat16' ? 'float32' : dtype, ...rest)
    return dtype === 'bfloat16' ? narrowed(wide) : wide
  }
}
