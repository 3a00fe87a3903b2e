import { config } from '../config.ts'
import { UnexpectedTracerError } from '../errors.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { CustomJvpCall, CustomVjpCall, Params, Primitive } from '../tracing/primitive.ts'
import { inBlock } from '../tracing/recorder.ts'
import { Trace, Tracer, assertNotLeaked, installBaseTrace, withTrace } from '../tracing/trace.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { withKeyAccount } from './key-reuse.ts'
import { watchingKeys } from './key-taps.ts'
import { mayBeDiscarded } from '../tracing/discarded.ts'
import { assertFinite } from './non-finite.ts'
import { placesOfResults } from './result-places.ts'
import type { TapSink } from './tap.ts'
import { execute } from '../compiler/execute.ts'
import { checkInterruption } from '../runtime/interruption.ts'
import { collectWhenDue } from '../runtime/memory.ts'

/** Computes at once, on the default device. The interpreter at the bottom of every stack. */
class EvaluationTrace extends Trace {
  readonly transformation = 'evaluation'

  override process(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
    checkInterruption()
    collectWhenDue()
    const operands = areConcrete(args) ? args : args.map((arg) => concreteOperand(arg, primitive.name))
    const results = config.debugKeyReuse
      ? withKeyAccount(primitive, operands, params, (inside) => this.evaluate(primitive, operands, params, inside))
      : this.evaluate(primitive, operands, params, null)
    this.log?.add(primitive, operands, params, results)
    return results
  }

  /** `inside` is told all that happens to keys within a program. */
  private evaluate(
    primitive: Primitive,
    operands: readonly ConcreteArray[],
    params: Params,
    inside: TapSink | null,
  ): ConcreteArray[] {
    const inAvals = operands.map((operand) => operand.aval)
    const avals = primitive.abstractEval(inAvals, params)
    const places = isPlaced(primitive, operands, params) ? placesOfResults(primitive, operands, params, avals) : null
    const hosts = operands.map((operand) => operand.host)
    const outs = watchingKeys(primitive, params, hosts, inside, (watched) =>
      execute(primitive, hosts, watched, inAvals, avals),
    )
    const results = outs.map(
      (out: HostArray, i) =>
        new ConcreteArray(out, { weakType: avals[i].weakType, placement: places === null ? null : places[i] }),
    )
    if ((config.debugNans || config.debugInfs) && !mayBeDiscarded()) assertFinite(primitive, hosts, params, results)
    return results
  }

  override processCustomJvp(call: CustomJvpCall, args: readonly JaxArray[]): JaxArray[] {
    const body = (): JaxArray[] => withTrace(this, () => call.fun(...args))
    const rule = call.given ? null : call.jvp
    return inBlock(this, { form: 'custom_jvp_call', name: call.name, ruleNames: call.ruleNames, rule }, args, body)
  }

  override processCustomVjp(call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[] {
    const body = (): JaxArray[] => withTrace(this, () => call.fun(...args))
    const { name, ruleNames } = call
    return inBlock(this, { form: 'custom_vjp_call', name, ruleNames, rule: null }, args, body)
  }
}

function areConcrete(args: readonly JaxArray[]): args is readonly ConcreteArray[] {
  for (const arg of args) if (!(arg instanceof ConcreteArray)) return false
  return true
}

/** Whether it matters where operands lie. Seldom, so that it is asked before anything else. */
function isPlaced(primitive: Primitive, operands: readonly ConcreteArray[], params: Params): boolean {
  for (const { placement } of operands) if (placement !== null) return true
  return primitive.meshOf !== undefined && primitive.meshOf(params) !== null
}

function concreteOperand(arg: JaxArray, where: string): ConcreteArray {
  if (arg instanceof ConcreteArray) return arg
  if (arg instanceof Tracer) assertNotLeaked(arg, where)
  throw new UnexpectedTracerError(
    `${where} was asked to compute at once on a traced ${arg.aval.toString()}, which has no value yet.`,
    {
      hint: 'A function with a rule of its own must take the values it is differentiated with respect to as arguments, not close over them.',
      lesson: 'L0',
    },
  )
}

installBaseTrace(new EvaluationTrace())
