import type { ShapedArray } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { config } from '../config.ts'
import { ValueError } from '../errors.ts'

/** A device as the user sees it. */
export interface DeviceDescription {
  /** `cpu:0` */
  readonly id: string
  readonly platform: 'cpu' | 'gpu' | 'reference'
  readonly label: string
}

/** One program for several devices that run it at once, each on its own shard. */
export interface ParallelProgram {
  readonly jaxpr: ClosedJaxpr
  readonly axisName: string
  readonly outAvals: readonly ShapedArray[]
}

/** Whoever owns device threads. */
export interface ParallelDevices {
  list(): readonly DeviceDescription[]
  /** Operands by device in, results by device out; returns when every device is done. */
  run(program: ParallelProgram, shards: readonly (readonly HostArray[])[]): HostArray[][]
}

let devices: ParallelDevices | null = null

/** Names the owner of the devices that `pmap` and `shardMap` run on. */
export function installParallelDevices(owner: ParallelDevices): void {
  devices = owner
}

/** The devices that a program can be spread over. */
export function parallelDevices(count: number, where: string): ParallelDevices {
  assertEnoughDevices(count, where)
  if (devices === null) throw new Error('internal: no device threads were started')
  return devices
}

/** Throws a ValueError when there are fewer devices than a program needs. */
export function assertEnoughDevices(count: number, where: string): void {
  const available = listDevices().length
  if (available >= count) return
  throw new ValueError(
    `${where} needs ${count} devices, but ${available === 1 ? 'there is 1' : `there are ${available}`}.`,
    {
      hint: `The leading axis of mapped arguments is one entry a device. Set config.update('numCpuDevices', ${count}) before the first use of devices, or use the device control of the lab.`,
      lesson: 'B1',
    },
  )
}

/** Without device threads a device is a lane of this thread. */
export function listDevices(): readonly DeviceDescription[] {
  return (
    devices?.list() ??
    Array.from({ length: config.numCpuDevices }, (_, i) => ({
      id: `cpu:${i}`,
      platform: 'reference' as const,
      label: `reference interpreter ${i}`,
    }))
  )
}

/** Whether programs for several devices run on threads of their own. */
export function hasParallelDevices(): boolean {
  return devices !== null
}
