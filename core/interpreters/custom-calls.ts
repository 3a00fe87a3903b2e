import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { type Atom } from '../ir/jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type CustomJvpCall, type CustomVjpCall, type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { currentTrace } from '../tracing/trace.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import { evalClosed } from './eval-jaxpr.ts'
import { withKeptJvp, withKeptVjp } from './kept-rules.ts'
import { type JaxprTrace, hoistConstants, traceToJaxpr } from './to-jaxpr.ts'
import { zerosOf } from '../primitives/zeros.ts'
import { programCost } from '../ir/cost.ts'
import { asItsProgram } from '../sharding/program-specs.ts'

type CustomJvpParams = { call_jaxpr: ClosedJaxpr; call: CustomJvpCall; num_consts: number }
type CustomVjpParams = { call_jaxpr: ClosedJaxpr; call: CustomVjpCall; num_consts: number }

/** A staged call of a customJvp function: evaluated like its body, differentiated by its rule. */
export const customJvpPrimitive: Primitive<CustomJvpParams> = definePrimitive<CustomJvpParams>({
  name: 'custom_jvp_call',
  ...asItsProgram(({ call_jaxpr }) => call_jaxpr),
  cost: (_avals, { call_jaxpr }) => programCost(call_jaxpr),
  abstractEval: (_avals, { call_jaxpr }) => call_jaxpr.outAvals,
  impl: (args, { call_jaxpr }) => runOnHost(call_jaxpr, args),
  rebind(args, { call_jaxpr, call, num_consts }) {
    return currentTrace().processCustomJvp(
      {
        ...call,
        fun: (...values) => evalClosed(call_jaxpr, values),
        jvp: (...values) => {
          const half = values.length / 2
          return call.jvp(...values.slice(num_consts, half), ...values.slice(half + num_consts))
        },
      },
      args,
    )
  },
})

/** A staged call of a customVjp function. */
export const customVjpPrimitive: Primitive<CustomVjpParams> = definePrimitive<CustomVjpParams>({
  name: 'custom_vjp_call',
  ...asItsProgram(({ call_jaxpr }) => call_jaxpr),
  cost: (_avals, { call_jaxpr }) => programCost(call_jaxpr),
  abstractEval: (_avals, { call_jaxpr }) => call_jaxpr.outAvals,
  impl: (args, { call_jaxpr }) => runOnHost(call_jaxpr, args),
  rebind(args, { call_jaxpr, call, num_consts }) {
    const consts = args.slice(0, num_consts)
    return currentTrace().processCustomVjp(
      {
        name: call.name,
        ruleNames: call.ruleNames,
        fun: (...values) => evalClosed(call_jaxpr, values),
        fwd: (...values) => call.fwd(...values.slice(num_consts)),
        bwd: (...values) => [...consts.map((value) => zerosOf(value.aval)), ...call.bwd(...values)],
      },
      args,
    )
  },
})

export function stageCustomJvp(trace: JaxprTrace, call: CustomJvpCall, args: readonly JaxArray[]): JaxArray[] {
  const { jaxpr, inputs, numConsts } = stageBody(trace, call, args)
  const kept = withKeptJvp(
    call,
    args.map(({ aval }) => aval),
  )
  return trace.emit(
    customJvpPrimitive,
    inputs,
    { call_jaxpr: jaxpr, call: kept, num_consts: numConsts },
    jaxpr.outAvals,
  )
}

export function stageCustomVjp(trace: JaxprTrace, call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[] {
  const { jaxpr, inputs, numConsts } = stageBody(trace, call, args)
  const kept = withKeptVjp(
    call,
    args.map(({ aval }) => aval),
  )
  return trace.emit(
    customVjpPrimitive,
    inputs,
    { call_jaxpr: jaxpr, call: kept, num_consts: numConsts },
    jaxpr.outAvals,
  )
}

function stageBody(
  trace: JaxprTrace,
  call: CustomJvpCall | CustomVjpCall,
  args: readonly JaxArray[],
): { jaxpr: ClosedJaxpr; inputs: Atom[]; numConsts: number } {
  const { jaxpr, consts } = hoistConstants(
    traceToJaxpr(
      call.fun,
      args.map((arg) => arg.aval),
      call.name,
    ),
  )
  return { jaxpr, inputs: [...consts, ...args].map((value) => trace.atomOf(value)), numConsts: consts.length }
}
