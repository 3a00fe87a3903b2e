import { type DotDimensionNumbers, dotGeneralKernel } from '../compiler/reference/dot.ts'
import { type Shape, ShapedArray, formatShape, sameShape } from '../ir/aval.ts'
import { type DType, bitWidth, isInexact } from '../ir/dtype.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type BatchDim, type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { jvpOf, known } from './rules.ts'
import { bindOne } from '../tracing/trace.ts'
import { JaxTypeError } from '../errors.ts'
import { upTo } from './axes.ts'
import { convertElementType } from './conversion.ts'
import { checkDTypes } from './elementwise.ts'
import { transpose } from './movement.ts'
import { contracted } from './costs.ts'
import { spreadAlong } from './sharding-rules.ts'

export type { DotDimensionNumbers }

/** What is asked of each operand on hardware that could save on it; every target here computes in full. */
export type DotPrecision = readonly [PrecisionName, PrecisionName] | null

export type PrecisionName = 'Precision.DEFAULT' | 'Precision.HIGH' | 'Precision.HIGHEST'

export type DotGeneralParams = {
  readonly dimension_numbers: DotDimensionNumbers
  readonly out_sharding: null
  readonly precision: DotPrecision
  readonly preferred_element_type: DType | null
}

/**
 * Products of `lhs` and `rhs` summed over the contracting axes, one for every index of the batch axes.
 * The result has the batch axes first, then what is left of `lhs`, then what is left of `rhs`.
 */
export function dotGeneral(
  lhs: JaxArray,
  rhs: JaxArray,
  params: {
    readonly dimension_numbers: DotDimensionNumbers
    readonly preferred_element_type?: DType | null
    readonly precision?: DotPrecision
  },
): JaxArray {
  return bindOne(dotGeneralPrimitive, [lhs, rhs], {
    dimension_numbers: params.dimension_numbers,
    out_sharding: null,
    precision: params.precision ?? null,
    preferred_element_type: params.preferred_element_type ?? null,
  })
}

function freeAxes(ndim: number, contracting: readonly number[], batch: readonly number[]): number[] {
  return upTo(ndim).filter((axis) => !contracting.includes(axis) && !batch.includes(axis))
}

function resultShape(lhs: ShapedArray, rhs: ShapedArray, dimensionNumbers: DotDimensionNumbers): Shape {
  const [[lhsContract, rhsContract], [lhsBatch, rhsBatch]] = dimensionNumbers
  const given = `lhs ${lhs.toString()} and rhs ${rhs.toString()}`
  for (const [side, aval, contracting, batch] of [
    ['lhs', lhs, lhsContract, lhsBatch] as const,
    ['rhs', rhs, rhsContract, rhsBatch] as const,
  ]) {
    const used = [...contracting, ...batch]
    if (new Set(used).size !== used.length || used.some((axis) => axis < 0 || axis >= aval.ndim)) {
      throw new JaxTypeError(
        `dot_general: contracting axes ${formatShape(contracting)} and batch axes ${formatShape(batch)} ` +
          `must be different axes of ${side} ${aval.toString()}.`,
      )
    }
  }
  const lengths = (aval: ShapedArray, axes: readonly number[]): Shape => axes.map((axis) => aval.shape[axis])
  if (!sameShape(lengths(lhs, lhsBatch), lengths(rhs, rhsBatch))) {
    throw new JaxTypeError(
      `dot_general requires batch dimensions of equal shape, got ${formatShape(lengths(lhs, lhsBatch))} ` +
        `and ${formatShape(lengths(rhs, rhsBatch))} for ${given}.`,
    )
  }
  if (!sameShape(lengths(lhs, lhsContract), lengths(rhs, rhsContract))) {
    throw new JaxTypeError(
      `dot_general requires contracting dimensions to have the same shape, got ` +
        `${formatShape(lengths(lhs, lhsContract))} and ${formatShape(lengths(rhs, rhsContract))} for ${given}.`,
      { hint: 'In a matrix product the last axis of the left operand must be as long as the rows axis of the right.' },
    )
  }
  return [
    ...lengths(lhs, lhsBatch),
    ...lengths(lhs, freeAxes(lhs.ndim, lhsContract, lhsBatch)),
    ...lengths(rhs, freeAxes(rhs.ndim, rhsContract, rhsBatch)),
  ]
}

function resultDType(lhs: DType, rhs: DType, preferred: DType | null): DType {
  if (lhs !== rhs && !(isInexact(lhs) && isInexact(rhs))) {
    throw new JaxTypeError(`dot_general requires operands of one dtype, got ${lhs} and ${rhs}.`)
  }
  const own = bitWidth(lhs) >= bitWidth(rhs) ? lhs : rhs
  if (preferred === null) return own
  if (!isInexact(own) && bitWidth(preferred) < bitWidth(own)) {
    throw new JaxTypeError(`dot_general: preferred_element_type ${preferred} is narrower than ${own}.`)
  }
  return preferred
}

/** The cotangent of one operand: the product of the result's cotangent with the other operand. */
function transposeOperand(
  ct: JaxArray,
  x: UndefinedPrimal,
  y: JaxArray,
  params: DotGeneralParams,
  side: 'lhs' | 'rhs',
): JaxArray {
  const [contract, batch] = params.dimension_numbers
  const [xContract, yContract] = side === 'lhs' ? contract : [contract[1], contract[0]]
  const [xBatch, yBatch] = side === 'lhs' ? batch : [batch[1], batch[0]]
  const xKept = freeAxes(x.aval.ndim, xContract, xBatch)
  const yKept = freeAxes(y.ndim, yContract, yBatch)
  const ctBatch = upTo(xBatch.length)
  const first = xBatch.length + (side === 'lhs' ? xKept.length : 0)
  const ctKept = upTo(yKept.length).map((i) => first + i)
  const product = dotGeneral(ct, y, {
    dimension_numbers: [
      [ctKept, yKept],
      [ctBatch, yBatch],
    ],
    preferred_element_type: params.preferred_element_type,
    precision: params.precision,
  })
  const byY = upTo(yContract.length).sort((a, b) => yContract[a] - yContract[b])
  const order = [...xBatch, ...xKept, ...byY.map((i) => xContract[i])]
  const permutation = upTo(order.length).sort((a, b) => order[a] - order[b])
  return convertElementType(transpose(product, { permutation }), x.aval.dtype, x.aval.weakType && product.weakType)
}

/** Axis numbers after a new axis was put in at `at`. */
function around(axes: readonly number[], at: number): number[] {
  return axes.map((axis) => (axis >= at ? axis + 1 : axis))
}

/** Dimension numbers of the batched product, and where its batch axis is. */
function batchedNumbers(
  [lhsNdim, rhsNdim]: readonly [number, number],
  [lhsDim, rhsDim]: readonly [BatchDim, BatchDim],
  [[lhsContract, rhsContract], [lhsBatch, rhsBatch]]: DotDimensionNumbers,
): { numbers: DotDimensionNumbers; dim: number } {
  const renumber = (axes: readonly number[], dim: BatchDim): readonly number[] =>
    dim === null ? axes : around(axes, dim)
  const contract = [renumber(lhsContract, lhsDim), renumber(rhsContract, rhsDim)] as const
  const batch = [renumber(lhsBatch, lhsDim), renumber(rhsBatch, rhsDim)] as const
  if (lhsDim !== null && rhsDim !== null) {
    return {
      numbers: [
        contract,
        [
          [lhsDim, ...batch[0]],
          [rhsDim, ...batch[1]],
        ],
      ],
      dim: 0,
    }
  }
  if (lhsDim !== null) {
    const free = freeAxes(lhsNdim, contract[0], batch[0])
    return { numbers: [contract, batch], dim: batch[0].length + free.indexOf(lhsDim) }
  }
  if (rhsDim === null) throw new Error('internal: batching rule called without a mapped operand')
  const free = freeAxes(rhsNdim, contract[1], batch[1])
  return { numbers: [contract, batch], dim: lhsNdim - contract[0].length + free.indexOf(rhsDim) }
}

export const dotGeneralPrimitive: Primitive<DotGeneralParams> = definePrimitive<DotGeneralParams>({
  name: 'dot_general',
  inferSharding: spreadAlong(
    ([lhs, rhs], { dimension_numbers: [[lhsContract, rhsContract], [lhsBatch, rhsBatch]] }) => {
      const ofRhs = (axis: number): number => {
        const batch = rhsBatch.indexOf(axis)
        if (batch >= 0) return lhsBatch[batch]
        const contract = rhsContract.indexOf(axis)
        return contract >= 0 ? lhsContract[contract] : lhs.ndim + axis
      }
      const free = [
        ...freeAxes(lhs.ndim, lhsContract, lhsBatch),
        ...freeAxes(rhs.ndim, rhsContract, rhsBatch).map(ofRhs),
      ]
      return { operands: [upTo(lhs.ndim), upTo(rhs.ndim).map(ofRhs)], results: [[...lhsBatch, ...free]] }
    },
  ),
  cost: ([lhs], { dimension_numbers: [[contracting]] }, [out]) => ({
    flops: 2 * out.size * contracted(lhs.shape, contracting),
  }),

  abstractEval([lhs, rhs], { dimension_numbers, preferred_element_type }) {
    checkDTypes('dot_general', [lhs, rhs], ['bool or number', 'bool or number'])
    const shape = resultShape(lhs, rhs, dimension_numbers)
    const dtype = resultDType(lhs.dtype, rhs.dtype, preferred_element_type)
    return [new ShapedArray(shape, dtype, lhs.weakType && rhs.weakType)]
  },

  impl: ([lhs, rhs], { dimension_numbers }, [out]) => [
    dotGeneralKernel(lhs, rhs, dimension_numbers, out.shape, out.dtype),
  ],

  jvp: jvpOf(
    () => dotGeneralPrimitive,
    [(g, _ans, [, rhs], params) => dotGeneral(g, rhs, params), (g, _ans, [lhs], params) => dotGeneral(lhs, g, params)],
  ),

  transpose([ct], [lhs, rhs], params) {
    if (lhs instanceof UndefinedPrimal) {
      if (ct instanceof Zero) return [new Zero(lhs.aval), null]
      return [transposeOperand(ct, lhs, known(rhs, 'dot_general'), params, 'lhs'), null]
    }
    if (!(rhs instanceof UndefinedPrimal)) return [null, null]
    if (ct instanceof Zero) return [null, new Zero(rhs.aval)]
    return [null, transposeOperand(ct, rhs, lhs, params, 'rhs')]
  },

  batch([lhs, rhs], [lhsDim, rhsDim], { dimension_numbers, preferred_element_type, precision }) {
    const { numbers, dim } = batchedNumbers([lhs.ndim, rhs.ndim], [lhsDim, rhsDim], dimension_numbers)
    const output = dotGeneral(lhs, rhs, { dimension_numbers: numbers, preferred_element_type, precision })
    return { outputs: [output], dims: [dim] }
  },
})

export const dotGeneralPrimitives: readonly Primitive[] = [dotGeneralPrimitive]
