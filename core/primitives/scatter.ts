import { JaxTypeError, NotImplementedError } from '../errors.ts'
import { ShapedArray } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import { ClosedJaxpr, Jaxpr, Var } from '../ir/jaxpr.ts'
import type { IndexMode } from '../compiler/reference/gather.ts'
import { type Combine, scatterKernel } from '../compiler/reference/scatter.ts'
import { scatterApplyKernel } from '../compiler/reference/scatter-apply.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { known } from './rules.ts'
import { bindOne } from '../tracing/trace.ts'
import { afterNewFront } from './axes.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { addAny, addPrimitive, maxPrimitive, minPrimitive, mul, mulPrimitive } from './elementwise-arithmetic.ts'
import { type GatherDimensionNumbers, gather } from './gather.ts'
import { checkScatter, windowSizes } from './scatter-checks.ts'
import { jvpOfExtremalScatter, jvpOfScatterSet } from './scatter-derivatives.ts'
import { instantiate, zerosOf } from './zeros.ts'
import { spreadAlong } from './sharding-rules.ts'
import { upTo } from './axes.ts'

/** How index vectors place windows of the updates in the operand: the mirror image of a gather's numbers. */
export type ScatterDimensionNumbers = {
  /** Axes of the updates that run through the window. */
  readonly update_window_dims: readonly number[]
  /** Operand axes of window size 1 that the updates do not have. */
  readonly inserted_window_dims: readonly number[]
  readonly scatter_dims_to_operand_dims: readonly number[]
  readonly operand_batching_dims: readonly number[]
  readonly scatter_indices_batching_dims: readonly number[]
}

export type ScatterParams = {
  readonly dimension_numbers: ScatterDimensionNumbers
  readonly indices_are_sorted: boolean
  readonly unique_indices: boolean
  readonly mode: IndexMode
  /** The scalar program that joins the value in place and an update; null: the update replaces it. */
  readonly update_jaxpr: ClosedJaxpr | null
  readonly update_consts: readonly []
}

/** The gather that reads back the windows a scatter writes. */
export function inverseGather(
  { dimension_numbers: dn }: { dimension_numbers: ScatterDimensionNumbers },
  operandShape: readonly number[],
  updatesShape: readonly number[],
): { dimension_numbers: GatherDimensionNumbers; slice_sizes: number[] } {
  return {
    dimension_numbers: {
      offset_dims: dn.update_window_dims,
      collapsed_slice_dims: dn.inserted_window_dims,
      start_index_map: dn.scatter_dims_to_operand_dims,
      operand_batching_dims: dn.operand_batching_dims,
      start_indices_batching_dims: dn.scatter_indices_batching_dims,
    },
    slice_sizes: windowSizes(dn, operandShape, updatesShape),
  }
}

interface ScatterSpec {
  readonly name: string
  readonly combine: Combine
  readonly jvp: NonNullable<Primitive<ScatterParams>['jvp']>
  readonly transpose?: Primitive<ScatterParams>['transpose']
}

function scatterRecord(spec: ScatterSpec): Primitive<ScatterParams> {
  const self: Primitive<ScatterParams> = definePrimitive<ScatterParams>({
    name: spec.name,
    inferSharding: spreadAlong(([operand, indices, updates], { dimension_numbers: dn }) => {
      const windows = upTo(operand.ndim).filter(
        (axis) => !dn.inserted_window_dims.includes(axis) && !dn.operand_batching_dims.includes(axis),
      )
      const axisOf = (at: number): number | null => {
        const axis = windows[dn.update_window_dims.indexOf(at)]
        return axis !== undefined && updates.shape[at] === operand.shape[axis] ? axis : null
      }
      return {
        operands: [upTo(operand.ndim), upTo(indices.ndim).map(() => null), upTo(updates.ndim).map(axisOf)],
        results: [upTo(operand.ndim)],
      }
    }),
    cost: ([, , updates], { update_jaxpr }) => ({ flops: update_jaxpr === null ? 0 : updates.size }),

    abstractEval([operand, indices, updates], params) {
      checkScatter(spec.name, [operand, indices, updates], params, spec.combine)
      return [operand]
    },

    impl([operand, indices, updates], { dimension_numbers: dn, mode, update_jaxpr }) {
      const addressing = {
        window: dn.update_window_dims,
        collapsed: dn.inserted_window_dims,
        startIndexMap: dn.scatter_dims_to_operand_dims,
        operandBatching: dn.operand_batching_dims,
        indicesBatching: dn.scatter_indices_batching_dims,
      }
      const sizes = windowSizes(dn, operand.shape, updates.shape)
      if (spec.combine === 'set' && update_jaxpr !== null) {
        return [scatterApplyKernel(operand, indices, updates, addressing, sizes, mode, update_jaxpr)]
      }
      return [scatterKernel(operand, indices, updates, addressing, sizes, mode, spec.combine)]
    },

    jvp: spec.jvp,
    transpose: spec.transpose,

    batch([operand, indices, updates], [operandDim, indicesDim, updatesDim], params, { size }) {
      const { dimension_numbers: dn } = params
      const frontOperand = moveBatchAxis(operand, operandDim, 0, size)
      const frontUpdates = moveBatchAxis(updates, updatesDim, 0, size)
      const shared = indicesDim === null
      const output = bindOne(self, [frontOperand, moveIndices(indices, indicesDim, size), frontUpdates], {
        ...params,
        dimension_numbers: {
          update_window_dims: [...(shared ? [0] : []), ...afterNewFront(dn.update_window_dims)],
          inserted_window_dims: afterNewFront(dn.inserted_window_dims),
          scatter_dims_to_operand_dims: afterNewFront(dn.scatter_dims_to_operand_dims),
          operand_batching_dims: [...(shared ? [] : [0]), ...afterNewFront(dn.operand_batching_dims)],
          scatter_indices_batching_dims: shared
            ? dn.scatter_indices_batching_dims
            : [0, ...afterNewFront(dn.scatter_indices_batching_dims)],
        },
      })
      return { outputs: [output], dims: [0] }
    },
  })
  return self
}

function moveIndices(indices: JaxArray, dim: number | null, size: number): JaxArray {
  return dim === null ? indices : moveBatchAxis(indices, dim, 0, size)
}

export const scatterPrimitive: Primitive<ScatterParams> = scatterRecord({
  name: 'scatter',
  combine: 'set',
  jvp(primals, tangents, params) {
    if (params.update_jaxpr !== null) throw new NotImplementedError('lax.scatterApply has no derivative.')
    return jvpOfScatterSet(primals, tangents, params)
  },

  transpose([ct], [operand, indices, updates], params) {
    const operandIsLinear = operand instanceof UndefinedPrimal
    const updatesAreLinear = updates instanceof UndefinedPrimal
    if (!params.unique_indices) {
      throw new JaxTypeError('scatter can only be transposed where unique_indices is true.', {
        hint: 'Pass { uniqueIndices: true } if no two indices are equal, or use .add instead of .set.',
      })
    }
    if (ct instanceof Zero) {
      return [operandIsLinear ? new Zero(operand.aval) : null, null, updatesAreLinear ? new Zero(updates.aval) : null]
    }
    const places = known(indices, 'scatter')
    const none = zerosOf(updates.aval.with({ dtype: ct.dtype, weakType: false }))
    const inverse = inverseGather(params, ct.shape, updates.aval.shape)
    return [
      operandIsLinear ? bindOne(scatterPrimitive, [ct, places, none], params) : null,
      null,
      updatesAreLinear ? gather(ct, places, { ...inverse, mode: params.mode, fill_value: 0 }) : null,
    ]
  },
})

export const scatterAddPrimitive: Primitive<ScatterParams> = scatterRecord({
  name: 'scatter-add',
  combine: 'add',

  jvp([operand, indices, updates], [operandTangent, , updatesTangent], params) {
    const primal = bindOne(scatterAddPrimitive, [operand, indices, updates], params)
    if (operandTangent instanceof Zero && updatesTangent instanceof Zero) {
      return { primals: [primal], tangents: [new Zero(primal.aval)] }
    }
    const inputs = [instantiate(operandTangent), indices, instantiate(updatesTangent)]
    return { primals: [primal], tangents: [bindOne(scatterAddPrimitive, inputs, params)] }
  },

  transpose([ct], [operand, indices, updates], params) {
    const operandIsLinear = operand instanceof UndefinedPrimal
    const updatesAreLinear = updates instanceof UndefinedPrimal
    if (ct instanceof Zero) {
      return [operandIsLinear ? new Zero(operand.aval) : null, null, updatesAreLinear ? new Zero(updates.aval) : null]
    }
    if (!updatesAreLinear) return [operandIsLinear ? ct : null, null, null]
    const inverse = inverseGather(params, ct.shape, updates.aval.shape)
    const toUpdates = gather(ct, known(indices, 'scatter-add'), { ...inverse, mode: params.mode, fill_value: 0 })
    return [operandIsLinear ? ct : null, null, toUpdates]
  },
})

function needUniqueIndices(params: ScatterParams): void {
  if (params.unique_indices) return
  throw new JaxTypeError(
    'scatter-mul has a derivative with respect to its updates only where unique_indices is true.',
    {
      hint: 'Pass { uniqueIndices: true } if no two indices are equal.',
    },
  )
}

export const scatterMulPrimitive: Primitive<ScatterParams> = scatterRecord({
  name: 'scatter-mul',
  combine: 'mul',

  jvp([operand, indices, updates], [operandTangent, , updatesTangent], params) {
    const primal = bindOne(scatterMulPrimitive, [operand, indices, updates], params)
    const terms: JaxArray[] = []
    if (!(operandTangent instanceof Zero)) {
      terms.push(bindOne(scatterMulPrimitive, [operandTangent, indices, updates], params))
    }
    if (!(updatesTangent instanceof Zero)) {
      needUniqueIndices(params)
      terms.push(mul(operand, scatterAdd(zerosOf(operand.aval.strengthened()), indices, updatesTangent, params)))
    }
    const [first, second] = terms
    if (first === undefined) return { primals: [primal], tangents: [new Zero(primal.aval)] }
    return { primals: [primal], tangents: [second === undefined ? first : addAny(first, second)] }
  },

  transpose([ct], [operand, indices, updates], params) {
    const operandIsLinear = operand instanceof UndefinedPrimal
    const updatesAreLinear = updates instanceof UndefinedPrimal
    if (ct instanceof Zero) {
      return [operandIsLinear ? new Zero(operand.aval) : null, null, updatesAreLinear ? new Zero(updates.aval) : null]
    }
    const places = known(indices, 'scatter-mul')
    if (operandIsLinear)
      return [bindOne(scatterMulPrimitive, [ct, places, known(updates, 'scatter-mul')], params), null, null]
    needUniqueIndices(params)
    const inverse = inverseGather(params, ct.shape, updates.aval.shape)
    return [null, null, gather(mul(ct, operand), places, { ...inverse, mode: params.mode, fill_value: 0 })]
  },
})

export const scatterMinPrimitive: Primitive<ScatterParams> = scatterRecord({
  name: 'scatter-min',
  combine: 'min',
  jvp: (primals, tangents, params) => jvpOfExtremalScatter(scatterMinPrimitive, primals, tangents, params),
})

export const scatterMaxPrimitive: Primitive<ScatterParams> = scatterRecord({
  name: 'scatter-max',
  combine: 'max',
  jvp: (primals, tangents, params) => jvpOfExtremalScatter(scatterMaxPrimitive, primals, tangents, params),
})

const combiners = new Map<string, ClosedJaxpr>()

/** `{ lambda ; a b. let c = add a b in (c,) }` on scalars, as the equation of a combining scatter carries it. */
function combinerOf(primitive: Primitive, dtype: DType): ClosedJaxpr {
  const known = combiners.get(`${primitive.name} ${dtype}`)
  if (known !== undefined) return known
  const [inPlace, update, result] = [0, 1, 2].map(() => new Var(new ShapedArray([], dtype)))
  const eqn = { inputs: [inPlace, update], outputs: [result], primitive, params: {}, source: null }
  const made = new ClosedJaxpr(new Jaxpr([], [inPlace, update], [eqn], [result]), [])
  combiners.set(`${primitive.name} ${dtype}`, made)
  return made
}

/** What a caller says about a scatter; the rest follows from the operation. */
export interface ScatterArguments {
  dimension_numbers: ScatterDimensionNumbers
  indices_are_sorted?: boolean
  unique_indices?: boolean
  mode?: IndexMode
}

function bindScatter(
  primitive: Primitive<ScatterParams>,
  combiner: Primitive | null,
  [x, indices, updates]: readonly JaxArray[],
  { dimension_numbers, indices_are_sorted = false, unique_indices = false, mode = 'fill_or_drop' }: ScatterArguments,
): JaxArray {
  const update_jaxpr = combiner === null ? null : combinerOf(combiner, x.dtype)
  const params = {
    dimension_numbers,
    indices_are_sorted,
    mode,
    unique_indices,
    update_consts: [],
    update_jaxpr,
  } as const
  return bindOne(primitive, [x, indices, updates], params)
}

/** A copy of `x` with windows replaced by updates. Which of several updates to one place wins is not specified. */
export function scatter(x: JaxArray, indices: JaxArray, updates: JaxArray, args: ScatterArguments): JaxArray {
  return bindScatter(scatterPrimitive, null, [x, indices, updates], args)
}

/** A copy of `x` with a program of scalars applied at the places; its second argument is not used. */
export function scatterApply(
  x: JaxArray,
  indices: JaxArray,
  update_jaxpr: ClosedJaxpr,
  updateShape: readonly number[],
  { dimension_numbers, indices_are_sorted = false, unique_indices = false, mode = 'fill_or_drop' }: ScatterArguments,
): JaxArray {
  const unused = zerosOf(x.aval.with({ shape: updateShape, weakType: false }))
  return bindOne(scatterPrimitive, [x, indices, unused], {
    dimension_numbers,
    indices_are_sorted,
    mode,
    unique_indices,
    update_consts: [],
    update_jaxpr,
  })
}

/** A copy of `x` with updates added in; updates to one place accumulate. */
export function scatterAdd(x: JaxArray, indices: JaxArray, updates: JaxArray, args: ScatterArguments): JaxArray {
  return bindScatter(scatterAddPrimitive, addPrimitive, [x, indices, updates], args)
}

/** A copy of `x` multiplied by updates in place. */
export function scatterMul(x: JaxArray, indices: JaxArray, updates: JaxArray, args: ScatterArguments): JaxArray {
  return bindScatter(scatterMulPrimitive, mulPrimitive, [x, indices, updates], args)
}

/** A copy of `x` where updates replace larger values. */
export function scatterMin(x: JaxArray, indices: JaxArray, updates: JaxArray, args: ScatterArguments): JaxArray {
  return bindScatter(scatterMinPrimitive, minPrimitive, [x, indices, updates], args)
}

/** A copy of `x` where updates replace smaller values. */
export function scatterMax(x: JaxArray, indices: JaxArray, updates: JaxArray, args: ScatterArguments): JaxArray {
  return bindScatter(scatterMaxPrimitive, maxPrimitive, [x, indices, updates], args)
}

export const scatterPrimitives: readonly Primitive[] = [
  scatterPrimitive,
  scatterAddPrimitive,
  scatterMulPrimitive,
  scatterMinPrimitive,
  scatterMaxPrimitive,
]
