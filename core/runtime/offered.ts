import type { HostArray } from '../ir/host-array.ts'
import { onInterruption } from '../tracing/restore.ts'
import type { ConcreteArray } from './concrete-array.ts'

let offered: readonly ConcreteArray[] = []

onInterruption(() => {
  offered = []
})

/**
 * Runs `body` with arrays whose memory the program that it runs may write its results into. They are deleted as it
 * takes them. JAX: `donate_argnums`.
 */
export function offering<T>(arrays: readonly ConcreteArray[], body: () => T): T {
  offered = arrays
  try {
    return body()
  } finally {
    offered = []
  }
}

/** What was offered, by the values that a program is given. Whoever asks must use it: it is asked once. */
export function takeOffer(args: readonly HostArray[]): readonly ConcreteArray[] {
  if (offered.length === 0) return offered
  const arrays = offered
  offered = []
  const given = new Set(args.map(({ data }) => data))
  return arrays.filter((array) => !array.released && given.has(array.host.data))
}
