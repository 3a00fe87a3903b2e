import type { MessagePort } from 'node:worker_threads'
import type { DType } from '../ir/dtype.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { PackedJaxpr } from '../ir/pack.ts'
import type { Shape } from '../ir/aval.ts'

/**
 * What passes between the cell thread and a device thread: commands and reports as messages, and a few
 * words of shared memory to wake and to wait on, since both sides may be blocked.
 */

/** Words of a device's control block. */
export const deviceWords = {
  /** Raised by one for every command. The device sleeps on it. */
  command: 0,
  /** 1 once the thread has ended, however it ended. */
  ended: 1,
  /** 1 while a command is being carried out. */
  busy: 2,
  /** 0 for a CPU thread, 1 for a GPU thread, which must never be ended while it is busy. */
  kind: 3,
  count: 4,
} as const

/** Words that all devices of a set share. */
export const sharedWords = {
  /** Raised by one whenever a device has finished or died. The cell thread sleeps on it. */
  completion: 0,
  /** Devices that have arrived at the barrier. */
  arrived: 1,
  /** Raised by one whenever everyone has arrived. */
  generation: 2,
  /** 1 when a device failed, so that the others stop waiting for it. */
  aborted: 3,
  count: 4,
} as const

/** Where a value lies in the shared heap. */
export interface HeapValue {
  readonly address: number
  readonly shape: Shape
  readonly dtype: DType
}

/** What a thread is started with. */
export interface DeviceThreadStart {
  readonly port: MessagePort
  readonly memory: WebAssembly.Memory
  readonly control: Int32Array
  readonly shared: Int32Array
}

export type DeviceCommand =
  | { readonly kind: 'program'; readonly programId: number; readonly jaxpr: PackedJaxpr }
  | {
      readonly kind: 'run'
      readonly programId: number
      readonly axisName: string
      readonly axisIndex: number
      readonly axisSize: number
      readonly inputs: readonly HeapValue[]
      readonly outputs: readonly HeapValue[]
      /** One exchange area a device, each `exchangeBytes` long. */
      readonly exchange: readonly number[]
    }
  | { readonly kind: 'forget'; readonly programId: number }
  | { readonly kind: 'stop' }

/** One stretch of a device's time, in milliseconds since the process started. */
export interface DeviceInterval {
  readonly kind: 'compute' | 'collective' | 'wait' | 'copy'
  readonly label: string
  readonly start: number
  readonly end: number
  readonly bytes?: number
}

export type DeviceReport =
  /** A host callback of the program: the cell thread makes the call while it waits. */
  | {
      readonly kind: 'callback'
      readonly callback: number
      readonly values: readonly HostArray[]
    }
  | { readonly kind: 'done'; readonly intervals: readonly DeviceInterval[] }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string; readonly stack: string }
