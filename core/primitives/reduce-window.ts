import { type WindowReduction, reduceWindowKernel } from '../compiler/reference/reduce-window.ts'
import { type Shape, ShapedArray, formatShape } from '../ir/aval.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { ValueError } from '../errors.ts'
import { checkDTypes } from './elementwise.ts'
import { onlyDim } from './movement.ts'
import { constant } from './operand.ts'
import { jvpOf, linearJvp } from './rules.ts'
import { pad } from './slicing.ts'
import {
  type Geometry,
  type SpatialPadding,
  inputCotangentPadding,
  outputLengths,
  windowAxes,
} from './window-geometry.ts'
import { selectAndGatherAdd } from './window-selection.ts'
import { touched } from './costs.ts'
import { spreadAlike } from './sharding-rules.ts'

export type ReduceWindowParams = {
  readonly base_dilation: readonly number[]
  readonly padding: readonly SpatialPadding[]
  readonly window_dilation: readonly number[]
  readonly window_dimensions: readonly number[]
  readonly window_strides: readonly number[]
}

/** Sums, largest or smallest elements of all windows of an array. */
export function reduceWindow(kind: WindowReduction, x: JaxArray, params: ReduceWindowParams): JaxArray {
  return bindOne(primitives[kind](), [x], params)
}

const primitives: Readonly<Record<WindowReduction, () => Primitive<ReduceWindowParams>>> = {
  sum: () => reduceWindowSumPrimitive,
  max: () => reduceWindowMaxPrimitive,
  min: () => reduceWindowMinPrimitive,
}

function geometryOf(shape: Shape, params: ReduceWindowParams): Geometry {
  return {
    inputs: shape,
    windows: params.window_dimensions,
    strides: params.window_strides,
    padding: params.padding,
    inputDilation: params.base_dilation,
    windowDilation: params.window_dilation,
  }
}

function windowReduction(
  kind: WindowReduction,
  rules: Pick<Primitive<ReduceWindowParams>, 'jvp' | 'transpose'>,
): Primitive<ReduceWindowParams> {
  const name = `reduce_window_${kind}`
  const primitive: Primitive<ReduceWindowParams> = definePrimitive<ReduceWindowParams>({
    name,
    inferSharding: spreadAlike(),
    cost: ([x], params, [out]) => ({ flops: Math.max(0, touched(windowAxes(geometryOf(x.shape, params))) - out.size) }),
    abstractEval([x], params) {
      checkDTypes(name, [x], [kind === 'sum' ? 'number' : 'bool or number'])
      for (const [key, list] of Object.entries(params)) {
        if (list.length === x.ndim) continue
        throw new ValueError(
          `${name}: ${key} needs one entry an axis of shape ${formatShape(x.shape)}, got ${list.length}.`,
        )
      }
      const steps = [
        ...params.window_strides,
        ...params.window_dimensions,
        ...params.base_dilation,
        ...params.window_dilation,
      ]
      if (steps.some((step) => !(step >= 1))) {
        throw new ValueError(`${name}: window dimensions, strides and dilations must be positive.`)
      }
      return [new ShapedArray(outputLengths(geometryOf(x.shape, params)), x.dtype, x.weakType)]
    },
    impl: ([x], params, [out]) => [reduceWindowKernel(kind, x, windowAxes(geometryOf(x.shape, params)), out.shape)],
    ...rules,
    batch([x], dims, params) {
      const dim = onlyDim(dims)
      const insert = <T>(list: readonly T[], value: T): readonly T[] => list.toSpliced(dim, 0, value)
      const output = bindOne(primitive, [x], {
        base_dilation: insert(params.base_dilation, 1),
        padding: insert<SpatialPadding>(params.padding, [0, 0]),
        window_dilation: insert(params.window_dilation, 1),
        window_dimensions: insert(params.window_dimensions, 1),
        window_strides: insert(params.window_strides, 1),
      })
      return { outputs: [output], dims: [dim] }
    },
  })
  return primitive
}

export const reduceWindowSumPrimitive: Primitive<ReduceWindowParams> = windowReduction('sum', {
  jvp: linearJvp(() => reduceWindowSumPrimitive),
  transpose([ct], [x], params) {
    if (!(x instanceof UndefinedPrimal)) return [null]
    if (ct instanceof Zero) return [new Zero(x.aval)]
    const padding = inputCotangentPadding(geometryOf(x.aval.shape, params))
    const spread = pad(ct, constant(ct, 0), {
      padding_config: padding.map(([low, high], axis) => [low, high, params.window_strides[axis] - 1] as const),
    })
    const none = x.aval.shape.map(() => [0, 0] as const)
    const ones = x.aval.shape.map(() => 1)
    return [
      reduceWindow('sum', spread, {
        base_dilation: ones,
        padding: none,
        window_dilation: params.window_dilation,
        window_dimensions: params.window_dimensions,
        window_strides: params.base_dilation,
      }),
    ]
  },
})

/** The tangent of the chosen element of every window; of several equal ones, the first. */
function jvpOfChoice(
  choice: 'ge' | 'le',
  self: () => Primitive<ReduceWindowParams>,
): Pick<Primitive<ReduceWindowParams>, 'jvp'> {
  return {
    jvp: jvpOf(self, [(g, _ans, [x], params) => selectAndGatherAdd(g, x, { ...params, select_prim: choice })]),
  }
}

export const reduceWindowMaxPrimitive: Primitive<ReduceWindowParams> = windowReduction(
  'max',
  jvpOfChoice('ge', () => reduceWindowMaxPrimitive),
)

export const reduceWindowMinPrimitive: Primitive<ReduceWindowParams> = windowReduction(
  'min',
  jvpOfChoice('le', () => reduceWindowMinPrimitive),
)

export const reduceWindowPrimitives: readonly Primitive[] = [
  reduceWindowSumPrimitive,
  reduceWindowMaxPrimitive,
  reduceWindowMinPrimitive,
]
