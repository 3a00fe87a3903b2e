import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { DType } from '../ir/dtype.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { PackedJaxpr } from '../ir/pack.ts'
import type { Shape } from '../ir/aval.ts'
import type { TappedValues } from '../interpreters/tap.ts'

/**
 * What passes between the cell thread and a device thread: words of shared memory, to wake and to wait on, since both
 * sides may be blocked, and for a run where in the heap it is described; all else as messages.
 *
 * Threads come and go in sets. Every set has words of its own: a thread that was told to end may run on for
 * a while, and must reach nothing that is used again.
 */

/** Words that all devices of a set share. */
export const setWords = {
  /** Raised by one whenever a device has finished or died. The cell thread sleeps on it. */
  completion: 0,
  /** Devices that have arrived at the barrier. */
  arrived: 1,
  /** Raised by one whenever everyone has arrived. */
  generation: 2,
  /** Devices that have come to the end of the program, and will not arrive at another barrier. */
  finished: 3,
  /** 1 when a device failed, so that the others stop waiting for it. */
  aborted: 4,
  /** Raised by one with each of these three. Devices at a barrier sleep on it. */
  news: 5,
  /** 1 once the threads are to end. */
  ending: 6,
  /** 1 once no thread of the set runs any more, so that its memory may be used again. */
  gone: 7,
  count: 8,
} as const

/** Words of one device; they follow those of the set. */
export const deviceWords = {
  /** Raised by one for every command. The device sleeps on it. */
  command: 0,
  /** Whether and how the thread has ended: one of `threadEnds`. */
  ended: 1,
  /** What the device came to a barrier for, as a number: all devices must have come for the same. */
  meeting: 2,
  /** One more than the number of the program that the device is to run; 0 once it has begun. */
  run: 3,
  /** Where the heap describes the run. */
  frame: 4,
  /** 1 when the run has come to its end and is reported in the heap. */
  reported: 5,
  count: 6,
} as const

export const threadEnds = { none: 0, ended: 1, outOfMemory: 2 } as const

/** Whether a thread has ended, however that came about. */
export function hasEnded(control: Int32Array): boolean {
  return Atomics.load(control, deviceWords.ended) !== threadEnds.none
}

/** The words of a set of threads. */
export function newWords(threads: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * (setWords.count + threads * deviceWords.count)))
}

/** The words of one device of a set. */
export function controlOf(words: Int32Array, index: number): Int32Array {
  const start = setWords.count + index * deviceWords.count
  return words.subarray(start, start + deviceWords.count)
}

/** Wakes whoever sleeps until a device has something to say. */
export function raiseCompletion(words: Int32Array): void {
  Atomics.add(words, setWords.completion, 1)
  Atomics.notify(words, setWords.completion)
}

/** Wakes a device: a message waits for it, or it is to end. */
export function wakeDevice(control: Int32Array): void {
  Atomics.add(control, deviceWords.command, 1)
  Atomics.notify(control, deviceWords.command)
}

/**
 * A running device thread as the cell thread sees it. Commands go out and reports come in over its port, which
 * both sides read while they are blocked. Nobody else gets hold of the port: a cell may put functions of its own
 * in place of those of arrays, and would be handed whatever lies open in one.
 */
export class DeviceThread {
  readonly control: Int32Array
  readonly #port: MessagePort
  #report: () => readonly DeviceInterval[] = () => []

  constructor(port: MessagePort, control: Int32Array) {
    this.#port = port
    this.control = control
  }

  send(command: DeviceCommand): void {
    this.#port.postMessage(command)
    wakeDevice(this.control)
  }

  /** Has the device run a program that it was sent. `report` tells what it did, from the heap. */
  run(programId: number, frame: number, report: () => readonly DeviceInterval[]): void {
    this.#report = report
    Atomics.store(this.control, deviceWords.reported, 0)
    Atomics.store(this.control, deviceWords.frame, frame | 0)
    Atomics.store(this.control, deviceWords.run, programId + 1)
    wakeDevice(this.control)
  }

  /** The next report; undefined when there is none. */
  receive(): DeviceReport | undefined {
    if (Atomics.exchange(this.control, deviceWords.reported, 0) === 1)
      return { kind: 'done', intervals: this.#report(), seen: [] }
    const received: { message: DeviceReport } | undefined = receiveMessageOnPort(this.#port)
    return received?.message
  }
}

/** Where a value lies in the heap of its set. */
export interface HeapValue {
  readonly address: number
  readonly shape: Shape
  readonly dtype: DType
}

/** What a thread is started with. */
export interface DeviceThreadStart {
  readonly port: MessagePort
  readonly memory: WebAssembly.Memory
  /** The words of the set, and which of its threads this is. */
  readonly words: Int32Array
  readonly index: number
}

export type DeviceCommand =
  | { readonly kind: 'program'; readonly programId: number; readonly jaxpr: PackedJaxpr }
  | { readonly kind: 'forget'; readonly programId: number }
  | CallbackAnswer

/** What a host callback came to. */
export type CallbackAnswer =
  | { readonly kind: 'answer'; readonly values: readonly HostArray[] }
  /** It threw: the error itself stays on the cell thread. */
  | { readonly kind: 'refusal' }

/** One stretch of a device's time, in milliseconds since the process started. */
export interface DeviceInterval {
  readonly kind: 'compute' | 'collective' | 'wait' | 'copy'
  readonly label: string
  readonly start: number
  readonly end: number
  readonly bytes?: number
}

export type DeviceReport =
  /** A host callback of the program: the cell thread makes the call while it waits, and answers. */
  | {
      readonly kind: 'callback'
      readonly callback: number
      readonly values: readonly HostArray[]
    }
  | { readonly kind: 'done'; readonly intervals: readonly DeviceInterval[]; readonly seen: readonly TappedValues[] }
  | {
      readonly kind: 'failed'
      readonly name: string
      readonly message: string
      readonly stack: string
      readonly seen: readonly TappedValues[]
    }
