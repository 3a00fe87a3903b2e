import {
  type WindowChoice,
  selectAndGatherAddKernel,
  selectAndScatterAddKernel,
} from '../compiler/reference/window-selection.ts'
import { identityOf } from '../compiler/reference/reduction.ts'
import { JaxTypeError, NotImplementedError } from '../errors.ts'
import { type Shape, ShapedArray, formatShape, sameShape } from '../ir/aval.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, type Tangent, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { checkDTypes, checkSameDTypes } from './elementwise.ts'
import { constant } from './operand.ts'
import { known } from './rules.ts'
import { pad, slice } from './slicing.ts'
import { type Geometry, type SpatialPadding, outputLengths, windowAxes } from './window-geometry.ts'
import { touched } from './costs.ts'

export type SelectAndScatterParams = {
  readonly padding: readonly SpatialPadding[]
  /** The comparison by which a window keeps the element it has: `ge` chooses the largest, `le` the smallest. */
  readonly select_prim: WindowChoice
  readonly window_dimensions: readonly number[]
  readonly window_strides: readonly number[]
}

export type SelectAndGatherParams = SelectAndScatterParams & {
  readonly base_dilation: readonly number[]
  readonly window_dilation: readonly number[]
}

/** Adds every element of `source` where its window of `x` has its extremum. XLA: SelectAndScatter. */
export function selectAndScatterAdd(source: JaxArray, x: JaxArray, params: SelectAndScatterParams): JaxArray {
  return bindOne(selectAndScatterAddPrimitive, [source, x], params)
}

/** For every window of `x` the tangent at its extremum. */
export function selectAndGatherAdd(tangents: JaxArray, x: JaxArray, params: SelectAndGatherParams): JaxArray {
  return bindOne(selectAndGatherAddPrimitive, [tangents, x], params)
}

function geometryOf(shape: Shape, params: SelectAndScatterParams & Partial<SelectAndGatherParams>): Geometry {
  const ones = shape.map(() => 1)
  return {
    inputs: shape,
    windows: params.window_dimensions,
    strides: params.window_strides,
    padding: params.padding,
    inputDilation: params.base_dilation ?? ones,
    windowDilation: params.window_dilation ?? ones,
  }
}

/** The params with one more axis in front, of which every window sees one place. */
function withFrontAxis<P extends SelectAndScatterParams>(params: P): P {
  const padding: SpatialPadding[] = [[0, 0], ...params.padding]
  return {
    ...params,
    padding,
    window_dimensions: [1, ...params.window_dimensions],
    window_strides: [1, ...params.window_strides],
  }
}

/** Linear in the first operand; the choice that the second one makes does not vary. */
function jvpOfFirst<P extends SelectAndScatterParams>(self: () => Primitive<P>): NonNullable<Primitive<P>['jvp']> {
  return ([first, x], [dFirst], params) => {
    const primal = bindOne(self(), [first, x], params)
    const tangent: Tangent = dFirst instanceof Zero ? new Zero(primal.aval) : bindOne(self(), [dFirst, x], params)
    return { primals: [primal], tangents: [tangent] }
  }
}

export const selectAndScatterAddPrimitive: Primitive<SelectAndScatterParams> = definePrimitive<SelectAndScatterParams>({
  name: 'select_and_scatter_add',
  cost: ([source, x], params) => ({ flops: source.size + touched(windowAxes(geometryOf(x.shape, params))) }),

  abstractEval([source, x], params) {
    checkDTypes('select_and_scatter_add', [source, x], ['ordered', 'ordered'])
    checkSameDTypes('select_and_scatter_add', [source, x])
    const windows = outputLengths(geometryOf(x.shape, params))
    if (!sameShape(source.shape, windows)) {
      throw new JaxTypeError(
        `select_and_scatter_add: an operand of shape ${formatShape(x.shape)} has windows of shape ` +
          `${formatShape(windows)}, got a source of shape ${formatShape(source.shape)}.`,
      )
    }
    return [new ShapedArray(x.shape, x.dtype)]
  },

  impl: ([source, x], params) => [
    selectAndScatterAddKernel(source, x, windowAxes(geometryOf(x.shape, params)), params.select_prim),
  ],

  jvp: jvpOfFirst(() => selectAndScatterAddPrimitive),

  transpose([ct], [source, x], params) {
    if (!(source instanceof UndefinedPrimal)) return [null, null]
    if (ct instanceof Zero) return [new Zero(source.aval), null]
    const operand = known(x, 'select_and_scatter_add')
    const ones = operand.shape.map(() => 1)
    return [selectAndGatherAdd(ct, operand, { ...params, base_dilation: ones, window_dilation: ones }), null]
  },

  batch([source, x], [sourceDim, dim], params, { size }) {
    const moved = [moveBatchAxis(source, sourceDim, 0, size), moveBatchAxis(x, dim, 0, size)]
    return { outputs: [bindOne(selectAndScatterAddPrimitive, moved, withFrontAxis(params))], dims: [0] }
  },
})

export const selectAndGatherAddPrimitive: Primitive<SelectAndGatherParams> = definePrimitive<SelectAndGatherParams>({
  name: 'select_and_gather_add',
  cost: ([, x], params) => ({ flops: touched(windowAxes(geometryOf(x.shape, params))) }),

  abstractEval([tangents, x], params) {
    checkDTypes('select_and_gather_add', [tangents, x], ['float', 'float'])
    checkSameDTypes('select_and_gather_add', [tangents, x])
    if (!sameShape(tangents.shape, x.shape)) {
      throw new JaxTypeError(
        `select_and_gather_add takes operands of one shape, got ${formatShape(tangents.shape)} and ${formatShape(x.shape)}.`,
      )
    }
    return [new ShapedArray(outputLengths(geometryOf(x.shape, params)), x.dtype)]
  },

  impl: ([tangents, x], params, [out]) => [
    selectAndGatherAddKernel(tangents, x, windowAxes(geometryOf(x.shape, params)), params.select_prim, out.shape),
  ],

  jvp: jvpOfFirst(() => selectAndGatherAddPrimitive),

  transpose([ct], [tangents, x], params) {
    if (!(tangents instanceof UndefinedPrimal)) return [null, null]
    const { base_dilation, window_dilation, ...rest } = params
    if (window_dilation.some((step) => step !== 1)) {
      throw new NotImplementedError(
        'The gradient of a largest or smallest element under window dilation is not defined.',
      )
    }
    if (ct instanceof Zero) return [new Zero(tangents.aval), null]
    const operand = known(x, 'select_and_gather_add')
    if (base_dilation.every((step) => step === 1)) return [selectAndScatterAdd(ct, operand, rest), null]
    const identity = identityOf(params.select_prim === 'ge' ? 'max' : 'min', operand.dtype)
    const spread = pad(operand, constant(operand, identity), {
      padding_config: base_dilation.map((step) => [0, 0, step - 1] as const),
    })
    const scattered = selectAndScatterAdd(ct, spread, rest)
    return [
      slice(scattered, {
        start_indices: scattered.shape.map(() => 0),
        limit_indices: scattered.shape,
        strides: base_dilation,
      }),
      null,
    ]
  },

  batch([tangents, x], [tangentsDim, dim], params, { size }) {
    const moved = [moveBatchAxis(tangents, tangentsDim, 0, size), moveBatchAxis(x, dim, 0, size)]
    const output = bindOne(selectAndGatherAddPrimitive, moved, {
      ...withFrontAxis(params),
      base_dilation: [1, ...params.base_dilation],
      window_dilation: [1, ...params.window_dilation],
    })
    return { outputs: [output], dims: [0] }
  },
})

export const windowSelectionPrimitives: readonly Primitive[] = [
  selectAndScatterAddPrimitive,
  selectAndGatherAddPrimitive,
]
