import { ValueError } from '../errors.ts'
import { JaxArray } from '../tracing/array.ts'
import type { Parameters } from './parameters.ts'

/** Arguments that were chosen by name: where they stand, or as what entry of the trailing object they are given. */
export interface NamedArguments {
  readonly positions: readonly number[]
  readonly entries: readonly string[]
  /** Refuses a call with which a name can mean nothing, so that none is silently left out. */
  assertGiven(args: readonly unknown[]): void
}

/** The trailing object of options of a call: what keyword arguments are to Python. */
export function trailingObject(args: readonly unknown[]): object | null {
  const last = args.at(-1)
  const plain = typeof last === 'object' && last !== null && !(last instanceof JaxArray) && !Array.isArray(last)
  return plain ? last : null
}

/**
 * Finds the names of an option such as `staticArgnames` among the parameters of the function, as JAX does. A name
 * that no call could give is refused; where the last parameter may be any object, the call decides.
 */
export function argumentsNamed(
  option: 'staticArgnames' | 'donateArgnames',
  given: string | readonly string[] | undefined,
  parameters: Parameters | null,
): NamedArguments {
  const names = [given ?? []].flat()
  const other = names.find((name) => typeof name !== 'string')
  if (other !== undefined) {
    throw new ValueError(`jit: ${option} takes names, got ${String(other)}.`, {
      hint: `Positions go into ${option.replace('names', 'nums')}.`,
    })
  }
  const positionOf = (name: string): number => parameters?.names.indexOf(name) ?? -1
  const entries = names.filter((name) => positionOf(name) < 0)
  const wrong = entries.find((name) => parameters?.entries != null && !parameters.entries.includes(name))
  if (wrong !== undefined) throw noSuchArgument(option, wrong, parameters)
  return {
    positions: names.map(positionOf).filter((position) => position >= 0),
    entries,
    assertGiven(args) {
      const mayOmit = args.length < (parameters?.names.length ?? 0)
      if (entries.length === 0 || mayOmit || trailingObject(args) !== null) return
      throw noSuchArgument(option, entries[0], parameters)
    },
  }
}

function noSuchArgument(option: string, name: string, parameters: Parameters | null): ValueError {
  if (parameters === null) {
    return new ValueError(`jit: ${option} names '${name}', but the parameters of this function cannot be read.`, {
      hint: `Give positions instead, with ${option.replace('names', 'nums')}.`,
    })
  }
  const known = [...parameters.names.filter((each) => each !== null), ...(parameters.entries ?? [])]
  const takes = known.length === 0 ? 'takes no named arguments' : `takes ${known.join(', ')}`
  return new ValueError(`jit: ${option} names '${name}', which is not an argument: the function ${takes}.`)
}
