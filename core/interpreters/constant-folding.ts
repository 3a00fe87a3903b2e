import type { JaxArray } from '../tracing/array.ts'
import type { CustomJvpCall, CustomVjpCall, Params, Primitive } from '../tracing/primitive.ts'
import { Trace, Tracer, currentTrace, evaluateNow, withTrace } from '../tracing/trace.ts'

/** Computes at once what depends on no traced value, and leaves the rest to the transformation around. */
class FoldingTrace extends Trace {
  readonly transformation: string
  readonly parent: Trace

  constructor(parent: Trace) {
    super()
    this.parent = parent
    this.transformation = parent.transformation
  }

  override process(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
    return this.handOn(args, () => currentTrace().process(primitive, args, params))
  }

  override processCustomJvp(call: CustomJvpCall, args: readonly JaxArray[]): JaxArray[] {
    return this.handOn(args, () => currentTrace().processCustomJvp(call, args))
  }

  override processCustomVjp(call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[] {
    return this.handOn(args, () => currentTrace().processCustomVjp(call, args))
  }

  private handOn<T>(args: readonly JaxArray[], body: () => T): T {
    return args.some((arg) => arg instanceof Tracer) ? withTrace(this.parent, body) : evaluateNow(body)
  }
}

/** Runs `body` with everything computed at once that does not depend on a traced value. */
export function withConstantsFolded<T>(body: () => T): T {
  return withTrace(new FoldingTrace(currentTrace()), body)
}
