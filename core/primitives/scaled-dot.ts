import { broadcastInDimKernel, reshapeKernel } from '../compiler/reference/movement.ts'
import { convertHost } from '../compiler/reference/convert.ts'
import { widened } from '../compiler/reference/bfloat16.ts'
import { type DotDimensionNumbers, dotGeneralKernel } from '../compiler/reference/dot.ts'
import { JaxTypeError } from '../errors.ts'
import { type Shape, ShapedArray } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { upTo } from './axes.ts'
import { checkDTypes } from './elementwise.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { contracted } from './costs.ts'
import { inBlocks } from '../runtime/interruption.ts'

export type ScaledDotParams = {
  readonly dimension_numbers: DotDimensionNumbers
  readonly preferred_element_type: DType
}

/** The product of two arrays, each first multiplied by a scale that is shared by blocks along the contracting axes. */
export function scaledDot(
  operands: readonly [JaxArray, JaxArray, JaxArray, JaxArray],
  params: ScaledDotParams,
): JaxArray {
  return bindOne(scaledDotPrimitive, operands, params)
}

function checkScale(side: 'lhs' | 'rhs', x: ShapedArray, scale: ShapedArray, contracting: readonly number[]): void {
  for (const [axis, length] of x.shape.entries()) {
    const blocks = scale.shape[axis]
    if (!contracting.includes(axis)) {
      if (blocks === length) continue
      throw new JaxTypeError(
        `scaled_dot: axis ${axis} of ${side} ${x.toString()} and of its scale ${scale.toString()} differ in length.`,
      )
    }
    if (length % blocks !== 0 || length / blocks < 2) {
      throw new JaxTypeError(
        `scaled_dot: the contracting axis ${axis} of ${side} ${x.toString()} must be at least twice as long as that of ` +
          `its scale ${scale.toString()}, and a multiple of it.`,
      )
    }
  }
}

function resultShape(
  [lhs, rhs, lhsScale, rhsScale]: readonly ShapedArray[],
  [[lhsContract, rhsContract], [lhsBatch, rhsBatch]]: DotDimensionNumbers,
): Shape {
  const given = `${lhs.toString()} with scale ${lhsScale.toString()} and ${rhs.toString()} with ${rhsScale.toString()}`
  if ([rhs, lhsScale, rhsScale].some(({ ndim }) => ndim !== lhs.ndim)) {
    throw new JaxTypeError(`scaled_dot takes arrays and scales of one rank, got ${given}.`)
  }
  if (lhsBatch.length !== rhsBatch.length || lhsContract.length !== rhsContract.length) {
    throw new JaxTypeError('scaled_dot: both sides have as many batch axes, and as many contracting axes.')
  }
  for (const [i, axis] of lhsBatch.entries()) {
    const lengths = [lhs.shape[axis], lhsScale.shape[axis], rhs.shape[rhsBatch[i]], rhsScale.shape[rhsBatch[i]]]
    if (new Set(lengths).size > 1) throw new JaxTypeError(`scaled_dot: batch axes differ in length for ${given}.`)
  }
  if (lhsContract.some((axis, i) => lhs.shape[axis] !== rhs.shape[rhsContract[i]])) {
    throw new JaxTypeError(`scaled_dot: contracting axes differ in length for ${given}.`)
  }
  checkScale('lhs', lhs, lhsScale, lhsContract)
  checkScale('rhs', rhs, rhsScale, rhsContract)
  const kept = (aval: ShapedArray, ...taken: (readonly number[])[]): Shape =>
    aval.shape.filter((_, axis) => !taken.flat().includes(axis))
  return [
    ...lhsBatch.map((axis) => lhs.shape[axis]),
    ...kept(lhs, lhsContract, lhsBatch),
    ...kept(rhs, rhsContract, rhsBatch),
  ]
}

/** A scale repeated over the block that each of its elements stands for. */
function spread(scale: HostArray, shape: Shape): HostArray {
  const blocks = scale.shape.flatMap((length, axis) => [length, length === 0 ? 1 : shape[axis] / length])
  const axes = upTo(scale.shape.length).map((axis) => 2 * axis)
  return reshapeKernel(broadcastInDimKernel(scale, blocks, axes), shape)
}

/** An array times its scale, both as bfloat16. XLA keeps the product in float32, which holds it exactly. */
function scaled(x: HostArray, scale: HostArray): HostArray {
  const values = widened(convertHost(x, 'bfloat16')).data
  const factors = widened(convertHost(spread(scale, x.shape), 'bfloat16')).data
  const product = hostArray(x.shape, 'float32')
  inBlocks(values.length, (from, to) => {
    for (let i = from; i < to; i++) product.data[i] = values[i] * factors[i]
  })
  return product
}

export const scaledDotPrimitive: Primitive<ScaledDotParams> = definePrimitive<ScaledDotParams>({
  name: 'scaled_dot',
  cost: ([lhs, rhs], { dimension_numbers: [[contracting]] }, [out]) => ({
    flops: lhs.size + rhs.size + 2 * out.size * contracted(lhs.shape, contracting),
  }),

  abstractEval(avals, { dimension_numbers, preferred_element_type }) {
    checkDTypes('scaled_dot', avals, ['bool or number', 'bool or number', 'bool or number', 'bool or number'])
    return [new ShapedArray(resultShape(avals, dimension_numbers), preferred_element_type)]
  },

  impl([lhs, rhs, lhsScale, rhsScale], { dimension_numbers }, [out]) {
    const dtype = out.dtype === 'float64' ? 'float64' : 'float32'
    const operands = [scaled(lhs, lhsScale), scaled(rhs, rhsScale)] as const
    return [convertHost(dotGeneralKernel(...operands, dimension_numbers, out.shape, dtype), out.dtype)]
  },

  batch(args, dims, { dimension_numbers: [contract, batch], preferred_element_type }, { size }) {
    const [lhs, rhs, lhsScale, rhsScale] = args.map((arg, i) => moveBatchAxis(arg, dims[i], 0, size))
    const after = (axes: readonly number[]): number[] => axes.map((axis) => axis + 1)
    const dimension_numbers: DotDimensionNumbers = [
      [after(contract[0]), after(contract[1])],
      [
        [0, ...after(batch[0])],
        [0, ...after(batch[1])],
      ],
    ]
    return {
      outputs: [scaledDot([lhs, rhs, lhsScale, rhsScale], { dimension_numbers, preferred_element_type })],
      dims: [0],
    }
  },
})
