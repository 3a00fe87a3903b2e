import type { JaxArray } from '../tracing/array.ts'
import type { CustomJvpCall, CustomVjpCall, Params, Primitive } from '../tracing/primitive.ts'
import { Trace, withTrace } from '../tracing/trace.ts'

interface Described {
  readonly text: string
  /** The variable of the program that holds the value; null for one that a derivative rule computed. */
  readonly variable: string | null
}

/** Hands every primitive on, and remembers how each value came about, so that a residual can be named. */
export class NamingTrace extends Trace {
  readonly transformation = 'inspect'
  private readonly parent: Trace
  private readonly descriptions = new Map<JaxArray, Described>()

  constructor(parent: Trace) {
    super()
    this.parent = parent
  }

  /** Says what a value is called. The first name stays. */
  name(value: JaxArray, text: string, variable: string): void {
    const known = this.descriptions.get(value)
    if (known === undefined || known.variable === null) this.descriptions.set(value, { text, variable })
  }

  describe(value: JaxArray): Described | undefined {
    return this.descriptions.get(value)
  }

  override process(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] {
    const outs = withTrace(this.parent, () => this.parent.process(primitive, args, params))
    const operands = args.map((arg) => {
      const known = this.descriptions.get(arg)
      return known === undefined ? '' : known.text.includes(' ') ? (known.variable ?? `(${known.text})`) : known.text
    })
    const text = [primitive.name, ...operands.filter((operand) => operand !== '')].join(' ')
    outs.forEach((out) => {
      if (!this.descriptions.has(out)) this.descriptions.set(out, { text, variable: null })
    })
    return outs
  }

  override processCustomJvp(call: CustomJvpCall, args: readonly JaxArray[]): JaxArray[] {
    return withTrace(this.parent, () => this.parent.processCustomJvp(call, args))
  }

  override processCustomVjp(call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[] {
    return withTrace(this.parent, () => this.parent.processCustomVjp(call, args))
  }
}
