import type { HostArray } from '../ir/host-array.ts'
import type { Atom, JaxprEqn } from '../ir/jaxpr.ts'
import type { SourceLocation } from '../ir/source.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { type Params, type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { onInterruption } from '../tracing/restore.ts'
import { withSource } from '../tracing/source.ts'
import { bind } from '../tracing/trace.ts'

/** What is watched: an equation of a program, of which the tap hands over operands and results. */
export type TapParams = {
  /** The primitive of the equation, and its parameters. */
  readonly of: string
  readonly params: Params
  /** The jitted functions that it is in, outermost first. */
  readonly jits: readonly string[]
  /** How many of the values are operands; the rest are results. */
  readonly operands: number
  /** Before the equation runs there are no results. */
  readonly phase: 'before' | 'after'
  readonly source: Place | null
}

/** A place as a parameter: the lines of equations stay behind when a program is sent to a device. */
type Place = { readonly [Key in keyof SourceLocation]: SourceLocation[Key] }

/** Takes what taps hand over, in the order in which the program does it. Values that it keeps it must `hold`. */
export type TapSink = (tap: TapParams, values: readonly HostArray[]) => void

/** What a device handed over while it ran a program. */
export interface TappedValues {
  readonly tap: TapParams
  readonly values: readonly HostArray[]
}

let current: TapSink | null = null
onInterruption(() => {
  current = null
})

/** Runs a watched program, and hands over what its taps see, as it is seen: what was broken off keeps what was seen till then. */
export function withTaps<T>(sink: TapSink, body: () => T): T {
  const outer = current
  current = sink
  try {
    return body()
  } finally {
    current = outer
  }
}

/** Hands over what a device saw, as if it had been seen here. */
export function replayTaps(seen: readonly TappedValues[]): void {
  for (const { tap, values } of seen) withSource(tap.source, () => current?.(tap, values))
}

/**
 * Hands values of a program over to whoever watches it. It has no results and changes nothing, and is in no program that
 * a transformation sees.
 */
export const tapPrimitive: Primitive<TapParams> = definePrimitive<TapParams>({
  name: 'tap',
  effectful: true,
  cost: () => ({}),
  abstractEval: () => [],
  impl(args, tap) {
    current?.(tap, args)
    return []
  },
  // Devices that are lanes: one event with the values of all.
  batch(args, dims, tap, axis) {
    bind(
      tapPrimitive,
      args.map((arg, i) => moveBatchAxis(arg, dims[i], 0, axis.size)),
      tap,
    )
    return { outputs: [], dims: [] }
  },
})

/** The equation that watches another. */
export function tapOf(
  { primitive, params, source }: JaxprEqn,
  phase: 'before' | 'after',
  operands: readonly Atom[],
  results: readonly Atom[],
  jits: readonly string[],
): JaxprEqn {
  const tap: TapParams = {
    of: primitive.name,
    params,
    jits,
    operands: operands.length,
    phase,
    source: source === null ? null : { ...source },
  }
  return { primitive: tapPrimitive, params: tap, inputs: [...operands, ...results], outputs: [], source }
}
