import { detached } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { type PackedJaxpr, packJaxpr } from '../ir/pack.ts'
import type { ConcreteArray } from '../runtime/concrete-array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { callable } from '../tree/leaves.ts'
import type { DeviceThread } from './device-channel.ts'
import { labelsOf } from './mailbox.ts'

/** A function of the host that a program calls. */
export type HostCallback = (...values: ConcreteArray[]) => unknown

/** A program as devices get it, once, with the functions of the host that it calls. */
export interface DeviceProgram {
  readonly id: number
  readonly jaxpr: PackedJaxpr
  readonly callbacks: readonly HostCallback[]
  /** What the pieces of a run may be called. */
  readonly labels: readonly string[]
  readonly knownTo: Set<DeviceThread>
}

export function packProgram(id: number, closed: ClosedJaxpr): DeviceProgram {
  const callbacks: HostCallback[] = []
  const jaxpr = packJaxpr(closed, {
    constant: (value) => {
      const host = hostValueOf(value)
      if (host === null) throw new Error('internal: a program with traced constants was sent to a device')
      return detached(host)
    },
    keep: (hostFunction) => callbacks.push(callable(hostFunction)) - 1,
  })
  return { id, jaxpr, callbacks, labels: labelsOf(closed), knownTo: new Set() }
}

/** Sends a program to a device that does not have it yet. */
export function sendProgram(thread: DeviceThread, { id, jaxpr, knownTo }: DeviceProgram): void {
  if (knownTo.has(thread)) return
  knownTo.add(thread)
  thread.send({ kind: 'program', programId: id, jaxpr })
}
