import * as v from 'valibot'
import type { InspectionDocument } from '../../core/inspect/documents.ts'
import type { CellError, CellOutput, CheckResult, DeviceInfo, InspectableCall, RunStatus } from '../protocol.ts'
import { kernelMessage } from './message-schema.ts'

/**
 * What the host and a kernel say to each other, over two pipes, a line of JSON each. The control thread passes on
 * what is meant for the cell thread and answers the rest.
 */
export type HostToKernel =
  | { readonly kind: 'run'; readonly runId: string; readonly cellId: string; readonly source: string }
  | {
      readonly kind: 'check'
      readonly runId: string
      readonly exerciseId: string
      readonly source: string
      readonly check: string
    }
  | { readonly kind: 'inspect'; readonly requestId: string; readonly callId: string; readonly figure: string }
  | { readonly kind: 'devices'; readonly count: number }
  /** Asks the running cell to stop. */
  | { readonly kind: 'interrupt' }
  /** Breaks into the running cell from outside: for loops that never look at the interrupt word. */
  | { readonly kind: 'break' }

/** Messages that are meant for the cell thread. */
export type ToCellThread = Extract<HostToKernel, { kind: 'run' | 'check' | 'inspect' | 'devices' | 'interrupt' }>

/** What a run came to, apart from what it printed. */
export interface RunReport {
  readonly status: Exclude<RunStatus, 'kernel-died'>
  readonly milliseconds: number
  readonly device: string
  readonly calls: readonly InspectableCall[]
}

export type CheckReport = Omit<CheckResult, 'status'> & { readonly status: RunReport['status'] }

export type KernelToHost =
  | { readonly kind: 'ready'; readonly devices: readonly DeviceInfo[] }
  | { readonly kind: 'devices'; readonly devices: readonly DeviceInfo[] }
  | { readonly kind: 'output'; readonly runId: string; readonly cellId: string; readonly output: CellOutput }
  | { readonly kind: 'ran'; readonly runId: string; readonly report: RunReport }
  | { readonly kind: 'checked'; readonly runId: string; readonly report: CheckReport }
  | {
      readonly kind: 'inspected'
      readonly requestId: string
      readonly result: { document: InspectionDocument } | { error: CellError }
    }
  /** What the process takes of the machine's memory, when that has changed. */
  | { readonly kind: 'memory'; readonly megabytes: number }
  /** The cell thread is gone, and the kernel with it. */
  | { readonly kind: 'lost'; readonly reason: 'memory' | 'exit' | 'error'; readonly detail: string }

/**
 * Whether something that arrived from a kernel is a message, in every field. Cells run there, so anything may
 * arrive.
 */
export function isKernelMessage(value: unknown): value is KernelToHost {
  return v.is(kernelMessage, value)
}
