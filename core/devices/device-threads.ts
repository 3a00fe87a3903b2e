import type { MessagePort } from 'node:worker_threads'

export type DeviceKind = 'cpu' | 'gpu'

/** Threads that are started together, know the same memory and words, and end together. */
export interface ThreadSet {
  /** A number that no other set of this process has. */
  readonly number: number
  readonly kind: DeviceKind
  readonly count: number
  readonly memory: WebAssembly.Memory
  readonly words: Int32Array
}

/** Starts and ends device threads: the kernel's control thread does, since a blocked thread learns nothing of a death. */
export interface DeviceThreads {
  /** The ports of the started threads: commands go out and reports come in there. */
  start(set: ThreadSet): readonly MessagePort[]
  /**
   * Ends the threads of a set, whatever they are doing and also when its start was broken off, and then raises
   * the set's `gone` word. Asking twice does no harm.
   */
  end(set: ThreadSet): void
}

let sets = 0

/** A number for a new set of threads. */
export function nextSetNumber(): number {
  return ++sets
}
