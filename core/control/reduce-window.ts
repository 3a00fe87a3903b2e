import { windowTaps } from '../compiler/reference/convolution.ts'
import { NotImplementedError, ValueError } from '../errors.ts'
import { type Shape, formatShape, sizeOf } from '../ir/aval.ts'
import { hostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { jvpJaxpr } from '../interpreters/jvp-jaxpr.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { partsOf } from '../ir/sequence.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import type { ReduceWindowParams } from '../primitives/reduce-window.ts'
import { type Geometry, type SpatialPadding, outputLengths, windowAxes } from '../primitives/window-geometry.ts'
import { instantiate } from '../primitives/zeros.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { checkReduction } from './reduce.ts'
import { foldLanes } from './reducer.ts'
import { touched } from '../primitives/costs.ts'
import { programCost, repeatedCost } from '../ir/cost.ts'
import { spreadAlike } from '../primitives/sharding-rules.ts'

/** Operands are the arrays, then their initial values; `jaxpr` takes accumulators, then elements. */
export type GeneralReduceWindowParams = ReduceWindowParams & {
  readonly consts: readonly []
  readonly jaxpr: ClosedJaxpr
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

/** Reduction of every window by a program of scalars. JAX: `reduce_window`. */
export const reduceWindowPrimitive: Primitive<GeneralReduceWindowParams> = definePrimitive<GeneralReduceWindowParams>({
  name: 'reduce_window',
  inferSharding: spreadAlike(),
  cost: (avals, { jaxpr, ...params }, [out]) => {
    const steps = touched(windowAxes(geometryOf(avals[0].shape, params))) - out.size
    const { flops, transcendentals, unknown } = repeatedCost(programCost(jaxpr), Math.max(0, steps))
    return { flops, transcendentals, unknown }
  },

  abstractEval(avals, { consts: _consts, jaxpr: _jaxpr, ...lists }) {
    const operands = checkReduction('reduce_window', avals)
    const { shape, ndim } = operands[0]
    for (const [key, list] of Object.entries(lists)) {
      if (list.length === ndim) continue
      throw new ValueError(`reduce_window: ${key} needs one entry an axis of shape ${formatShape(shape)}.`)
    }
    const steps = [lists.window_strides, lists.window_dimensions, lists.base_dilation, lists.window_dilation]
    if (steps.flat().some((step) => !(step >= 1))) {
      throw new ValueError('reduce_window: window dimensions, strides and dilations must be positive.')
    }
    const windows = outputLengths(geometryOf(shape, lists))
    return operands.map((operand) => operand.with({ shape: windows }))
  },

  impl(args, params, outAvals) {
    const operands = args.slice(0, args.length / 2)
    const places = windowTaps(windowAxes(geometryOf(operands[0].shape, params)))
    const lanes = sizeOf(outAvals[0].shape)
    const sums = foldLanes(params.jaxpr, operands, args.slice(operands.length), places, lanes)
    return sums.map((sum, i) => hostArray(outAvals[i].shape, sum.dtype, sum.data))
  },

  jvp(primals, tangents, params) {
    const n = primals.length / 2
    if (tangents.slice(n).some((tangent) => !(tangent instanceof Zero))) {
      throw new NotImplementedError('lax.reduceWindow has no derivative with respect to its initial values.')
    }
    const all = params.jaxpr.inAvals.map(() => true)
    const derivative = jvpJaxpr(params.jaxpr, all, all).jaxpr
    const [left, leftDot, right, rightDot] = partsOf(derivative.inAvals, n, n, n, n)
    // Accumulators and elements are each a value with its tangent.
    const jaxpr = traceToJaxpr(
      (...args) => {
        const [a, aDot, b, bDot] = partsOf(args, n, n, n, n)
        return evalClosed(derivative, [...a, ...b, ...aDot, ...bDot])
      },
      [...left, ...right, ...leftDot, ...rightDot],
      'jvp',
    )
    const dots = tangents.map(instantiate)
    const operands = [...primals.slice(0, n), ...dots.slice(0, n), ...primals.slice(n), ...dots.slice(n)]
    const outputs = bind(reduceWindowPrimitive, operands, { ...params, jaxpr })
    return { primals: outputs.slice(0, n), tangents: outputs.slice(n) }
  },

  batch(args, dims, params, { size }) {
    const n = args.length / 2
    if (dims.slice(n).some((dim) => dim !== null)) {
      throw new NotImplementedError('lax.reduceWindow cannot be mapped over its initial values.')
    }
    const padding: SpatialPadding[] = [[0, 0], ...params.padding]
    const operands = args.slice(0, n).map((arg, i) => moveBatchAxis(arg, dims[i], 0, size))
    const outputs = bind(reduceWindowPrimitive, [...operands, ...args.slice(n)], {
      ...params,
      padding,
      base_dilation: [1, ...params.base_dilation],
      window_dilation: [1, ...params.window_dilation],
      window_dimensions: [1, ...params.window_dimensions],
      window_strides: [1, ...params.window_strides],
    })
    return { outputs, dims: outputs.map(() => 0) }
  },
})
