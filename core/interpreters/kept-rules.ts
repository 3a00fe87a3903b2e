import type { ShapedArray } from '../ir/aval.ts'
import type { ClosedJaxpr, JaxprEqn } from '../ir/jaxpr.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { isLooking, seenAgain } from '../tracing/looking.ts'
import type { CustomJvpCall, CustomVjpCall, FlatFunction } from '../tracing/primitive.ts'
import { Tracer } from '../tracing/trace.ts'
import { evalJaxpr } from './eval-jaxpr.ts'
import { traceToJaxpr } from './to-jaxpr.ts'

/**
 * A rule of a call that stands in a program, as a program of its own: traced when a derivative first asks for it, for
 * the avals of the call, and kept with the call. So a rule runs once for an equation, as in JAX, and a figure has what
 * it did without running it again.
 */
class KeptRule {
  readonly #rule: FlatFunction
  readonly #avals: () => readonly ShapedArray[]
  #program: ClosedJaxpr | null = null

  constructor(rule: FlatFunction, avals: () => readonly ShapedArray[]) {
    this.#rule = rule
    this.#avals = avals
  }

  get programs(): readonly ClosedJaxpr[] {
    return this.#program === null ? [] : [this.#program]
  }

  get outAvals(): readonly ShapedArray[] {
    if (this.#program === null) throw new Error('internal: the backward rule ran before the forward rule')
    return this.#program.outAvals
  }

  run(values: readonly JaxArray[]): JaxArray[] {
    const { jaxpr, consts } = this.#traced()
    return evalJaxpr(jaxpr, isLooking() ? consts.map(seenAgain) : consts, values)
  }

  #traced(): ClosedJaxpr {
    if (this.#program === null || (!isLooking() && this.#program.consts.some(isGone)))
      this.#program = traceToJaxpr(this.#rule, this.#avals(), 'a custom rule')
    return this.#program
  }
}

const rulesOf = new WeakMap<object, readonly KeptRule[]>()

/** What the rules of an equation did, as far as they have run. */
export function keptRulesOf({ params }: JaxprEqn): ClosedJaxpr[] {
  const { call } = params
  const rules = typeof call === 'object' && call !== null ? rulesOf.get(call) : undefined
  return rules?.flatMap((rule) => rule.programs) ?? []
}

/** Whether what a rule read besides its arguments has left its transformation, or was deleted. */
function isGone(value: JaxArray): boolean {
  if (value instanceof Tracer) return !value.trace.live
  return value instanceof ConcreteArray && value.released
}

export function withKeptJvp(call: CustomJvpCall, primals: readonly ShapedArray[]): CustomJvpCall {
  const rule = new KeptRule(call.jvp, () => [...primals, ...primals])
  const own: CustomJvpCall = { ...call, jvp: (...values) => rule.run(values) }
  rulesOf.set(own, [rule])
  return own
}

export function withKeptVjp(call: CustomVjpCall, primals: readonly ShapedArray[]): CustomVjpCall {
  let numOutputs = 0
  const forward = new KeptRule(
    (...values) => {
      const { outputs, residuals } = call.fwd(...values)
      numOutputs = outputs.length
      return [...outputs, ...residuals]
    },
    () => primals,
  )
  const backward = new KeptRule(call.bwd, () => {
    const { outAvals } = forward
    return [...outAvals.slice(numOutputs), ...outAvals.slice(0, numOutputs)]
  })
  const own: CustomVjpCall = {
    ...call,
    fwd(...values) {
      const all = forward.run(values)
      return { outputs: all.slice(0, numOutputs), residuals: all.slice(numOutputs) }
    },
    bwd: (...values) => backward.run(values),
  }
  rulesOf.set(own, [forward, backward])
  return own
}
