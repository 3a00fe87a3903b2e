import type { Gathered } from '../compiler/reference/gathered.ts'
import type { HostArray } from '../ir/host-array.ts'

/** What the program on one device of several knows of the others while it runs. */
export interface DeviceContext {
  readonly axisName: string
  readonly axisIndex: number
  readonly axisSize: number
  /**
   * Hands this device's value to all, and makes a result of theirs, in order of axis index. Every device of the
   * axis must call it, with equal shapes and dtypes; each waits for the last. What `make` is given is there as long
   * as it runs.
   */
  exchange(operation: string, value: HostArray, make: (all: Gathered) => HostArray): HostArray
}

let current: DeviceContext | null = null

/** Runs a program as one device of an axis. */
export function withDeviceContext<T>(context: DeviceContext, body: () => T): T {
  const previous = current
  current = context
  try {
    return body()
  } finally {
    current = previous
  }
}

/** The device context of a named axis, for the kernel of a collective. */
export function deviceContext(axisName: string, operation: string): DeviceContext {
  if (current !== null && current.axisName === axisName) return current
  throw new Error(`internal: ${operation} over '${axisName}' ran outside the devices of that axis`)
}
