import { config } from '../config.ts'
import type { Shape } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { CustomJvpCall, CustomVjpCall, Params, Primitive } from './primitive.ts'
import { JaxArray } from './array.ts'
import { processFloat0 } from './float0.ts'
import { UnexpectedTracerError } from '../errors.ts'
import type { Atom, JaxprEqn } from '../ir/jaxpr.ts'
import type { SourceLocation } from '../ir/source.ts'
import type { Lanes, Log } from './record.ts'
import { asOneOperation, placeText } from './source.ts'

/**
 * An interpreter of primitives. Exactly one is current at any time; it sees every primitive that is
 * bound, and hands what it does not care about to its parent. JAX calls this "stackless" tracing.
 */
export abstract class Trace {
  /** False once the transformation has returned: a tracer that is still around has leaked. */
  live = true
  /** What the user called: `jit`, `grad`, `vmap`. */
  abstract readonly transformation: string
  /** Where what it processes is recorded, while somebody records. */
  log: Log | null = null

  /** The equations so far, of an interpreter that stages a program. */
  get staged(): readonly JaxprEqn[] | null {
    return null
  }

  /** Arrays that a program which is being staged captured, with the variables that stand for them. */
  get captured(): ReadonlyMap<JaxArray, Atom> | null {
    return null
  }

  abstract process(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[]
  abstract processCustomJvp(call: CustomJvpCall, args: readonly JaxArray[]): JaxArray[]
  abstract processCustomVjp(call: CustomVjpCall, args: readonly JaxArray[]): JaxArray[]
}

/** The value of an array that a trace is watching. */
export abstract class Tracer extends JaxArray {
  abstract readonly trace: Trace

  /** The numbers behind this tracer when it carries them (eager jvp and linearize), else null. */
  abstract hostValue(): HostArray | null

  /** What the numbers of this tracer are found in: a primal, or an array that holds all lanes. */
  carries(): { readonly array: JaxArray; readonly lanes: Lanes | null } | null {
    return null
  }

  /** The variable of the program that is being staged. */
  variable(): Atom | null {
    return null
  }

  /** Where the value was made, when the trace keeps that. */
  birthplace(): SourceLocation | null {
    return null
  }

  override get shape(): Shape {
    if (config.checkTracerLeaks) assertNotLeaked(this, 'reading the shape')
    return super.shape
  }

  override get dtype(): DType {
    if (config.checkTracerLeaks) assertNotLeaked(this, 'reading the dtype')
    return super.dtype
  }
}

let current: Trace | null = null
let base: Trace | null = null

/** Called once by the evaluation interpreter, which is current when nothing is traced. */
export function installBaseTrace(trace: Trace): void {
  base ??= trace
  current ??= trace
}

/** Back to evaluation, after a computation was broken off from outside so that no finally block ran. */
export function resetTrace(): void {
  current = base
}

export function currentTrace(): Trace {
  if (current === null) throw new Error('internal: no base trace is installed; import core/index.ts')
  return current
}

/** Runs `body` with `trace` as the current interpreter. */
export function withTrace<T>(trace: Trace, body: () => T): T {
  const previous = current
  current = trace
  try {
    return body()
  } finally {
    current = previous
  }
}

/** Evaluation itself, at the bottom of every stack. */
export function baseTrace(): Trace {
  if (base === null) throw new Error('internal: no base trace is installed; import core/index.ts')
  return base
}

/** Runs `body` with evaluation as the current interpreter, whatever is being traced. What it computes is no part of a record. */
export function evaluateNow<T>(body: () => T): T {
  return withTrace(baseTrace(), () => unrecorded(body))
}

/** Runs `body` without recording what is evaluated. */
export function unrecorded<T>(body: () => T): T {
  const evaluation = baseTrace()
  const { log } = evaluation
  if (log === null) return body()
  evaluation.log = null
  try {
    return body()
  } finally {
    evaluation.log = log
  }
}

/** Applies a primitive under the current interpreter. */
export function bind<P extends Params>(primitive: Primitive<P>, args: readonly JaxArray[], params: P): JaxArray[] {
  const trace = currentTrace()
  for (const { aval } of args) {
    if (aval.dtype !== 'float0') continue
    const outputs = processFloat0(primitive, args, params)
    if (outputs !== null) return outputs
    break
  }
  // Computing at once keeps no lines: whoever wants one asks.
  if (trace === base) return trace.process(primitive, args, params)
  return asOneOperation(() => trace.process(primitive, args, params))
}

/** `bind` for a primitive with one output. */
export function bindOne<P extends Params>(primitive: Primitive<P>, args: readonly JaxArray[], params: P): JaxArray {
  return bind(primitive, args, params)[0]
}

/** Throws when a tracer has outlived its transformation. */
export function assertNotLeaked(tracer: Tracer, where: string): void {
  if (tracer.trace.live) return
  const born = tracer.birthplace()
  const birth = born === null ? '' : ` It was born at ${placeText(born)}.`
  throw new UnexpectedTracerError(
    `${where} met a tracer of ${tracer.aval.toString()} that has left the ${tracer.trace.transformation} it was made in.${birth}`,
    {
      hint: 'Return the value as an output of the transformed function instead of saving it outside, and use what the call gives back.',
      lesson: 'L0',
    },
  )
}
