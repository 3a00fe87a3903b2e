import type { ShapedArray } from '../ir/aval.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type CustomVjpCall, type Primitive, UndefinedPrimal, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { instantiate } from '../primitives/zeros.ts'
import { JaxTypeError } from '../errors.ts'
import { moves } from '../primitives/costs.ts'

type CustomLinearParams = { call: CustomVjpCall; num_residuals: number; out_avals: readonly ShapedArray[] }

/**
 * The linear map from tangents to tangents that a customVjp function never gave: it can be transposed,
 * which is its `bwd`, but not run forwards. JAX: `custom_lin`.
 */
export const customLinearPrimitive: Primitive<CustomLinearParams> = definePrimitive<CustomLinearParams>({
  name: 'custom_lin',
  cost: moves,
  abstractEval: (_avals, params) => [...params.out_avals],
  impl(_args, params) {
    throw forwardModeError(params.call.name)
  },
  jvp(_primals, _tangents, params) {
    throw forwardModeError(params.call.name)
  },
  batch(_args, _dims, params) {
    throw forwardModeError(params.call.name)
  },
  transpose(cotangents, args, params) {
    const residuals = args.slice(0, params.num_residuals).map((arg) => {
      if (arg instanceof UndefinedPrimal) throw new Error('internal: a residual of custom_lin is unknown')
      return arg
    })
    const outs = params.call.bwd(...residuals, ...cotangents.map(instantiate))
    return args.map((arg, i) => (arg instanceof UndefinedPrimal ? outs[i - params.num_residuals] : null))
  },
})

function forwardModeError(name: string): JaxTypeError {
  return new JaxTypeError(`forward-mode differentiation (jvp) cannot be applied to the customVjp function ${name}`, {
    hint: 'customVjp gives a rule for reverse mode alone. Use grad or vjp, or write the rule with customJvp, which serves both modes.',
    lesson: 'D1',
  })
}

export function bindCustomLinear(
  call: CustomVjpCall,
  residuals: readonly JaxArray[],
  tangents: readonly JaxArray[],
  outAvals: readonly ShapedArray[],
): JaxArray[] {
  return bind(customLinearPrimitive, [...residuals, ...tangents], {
    call,
    num_residuals: residuals.length,
    out_avals: outAvals,
  })
}
