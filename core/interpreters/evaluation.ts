import { config } from '../config.ts'
import { UnexpectedTracerError } from '../errors.ts'
import type { HostArray } from '../ir/host-array.ts'
import { currentObserver } from '../tracing/observer.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { CustomJvpCall, CustomVjpCall, Params, Primitive } from '../tracing/primitive.ts'
import { inBlock } from '../tracing/recorder.ts'
import { Trace, Tracer, assertNotLeaked, evaluateNow, installBaseTrace, withTrace } from '../tracing/trace.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { withKeyAccount } from './key-reuse.ts'
import { evaluateObserved } from './observed.ts'
import { assertFinite } from './non-finite.ts'
import { execute } from '../compiler/execute.ts'
import { checkInterruption } from '../runtime/interruption.ts'

/** Computes at once, on the default device. The interpreter at the bottom of every stack. */
class EvaluationTrace extends Trace {
  readonly transformation = 'evaluation'

  override process(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
    checkInterruption()
    const operands: ConcreteArray[] = args.map((arg) => concreteOperand(arg, primitive.name))
    const results = config.debugKeyReuse
      ? withKeyAccount(primitive, operands, params, () => this.evaluate(primitive, operands, params))
      : this.evaluate(primitive, operands, params)
    this.log?.add(primitive, operands, params, results)
    return results
  }

  private evaluate(primitive: Primitive, operands: readonly ConcreteArray[], params: Params): JaxArray[] {
    const observer = currentObserver()
    const seen =
      observer === null && !config.debugKeyReuse
        ? null
        : evaluateNow(() => evaluateObserved(primitive, operands, params))
    if (seen !== null) return seen
    const inAvals = operands.map((operand) => operand.aval)
    const avals = primitive.abstractEval(inAvals, params)
    const hosts = operands.map((operand) => operand.host)
    const outs = execute(primitive, hosts, params, inAvals, avals)
    const results = outs.map((out: HostArray, i) => new ConcreteArray(out, { weakType: avals[i].weakType }))
    if (config.debugNans || config.debugInfs) assertFinite(primitive, operands, params, results)
    observer?.(primitive, operands, params, results)
    return results
  }

  override processCustomJvp(call: CustomJvpCall, args: readonly JaxArray[]): JaxArray[] {
    const body = (): JaxArray[] => withTrace(this, () => call.fun(...args))
    return inBlock(this, 'custom_jvp_call', call.name, args, body, call.ruleNames)
  }

  override processCustomVjp(call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[] {
    const body = (): JaxArray[] => withTrace(this, () => call.fun(...args))
    return inBlock(this, 'custom_vjp_call', call.name, args, body, call.ruleNames)
  }
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
