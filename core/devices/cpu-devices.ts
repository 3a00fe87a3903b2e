import type { HostArray } from '../ir/host-array.ts'
import type { DeviceDescription, ParallelDevices, ParallelProgram } from '../runtime/parallel.ts'
import { type DeviceInterval, setWords } from './device-channel.ts'
import { DeviceSet } from './device-set.ts'
import type { DeviceThreads } from './device-threads.ts'

export interface RunTimeline {
  /** The devices as they were then: how many there are may change afterwards, also while the program runs. */
  readonly devices: readonly DeviceDescription[]
  readonly lanes: readonly (readonly DeviceInterval[])[]
}

/** CPU devices: worker threads over the kernel's heap. */
export class CpuDevices implements ParallelDevices {
  private readonly threads: DeviceThreads
  private readonly countWanted: () => number
  /** More than one while a host callback runs a program of its own. Those not idle are at work, or were broken off. */
  private sets: readonly DeviceSet[] = []
  /** Ended sets whose threads may still use what they were lent. */
  private ended: readonly DeviceSet[] = []
  /** What each device did in the last run; null when it did not come to its end. */
  lastRun: RunTimeline | null = null

  /** `count` is asked before every run: threads are started or replaced when it has changed. */
  constructor(threads: DeviceThreads, count: () => number) {
    this.threads = threads
    this.countWanted = count
  }

  list(): readonly DeviceDescription[] {
    return Array.from({ length: this.countWanted() }, (_, i) => ({
      id: `cpu:${i}`,
      platform: 'cpu' as const,
      label: `CPU thread ${i}`,
    }))
  }

  run(program: ParallelProgram, shards: readonly (readonly HostArray[])[]): HostArray[][] {
    this.lastRun = null
    this.bury()
    const set = this.idleSet()
    const devices = this.list()
    try {
      const { results, lanes } = set.run(program, shards)
      this.lastRun = { devices, lanes }
      return results
    } finally {
      if (!set.idle) this.end(set)
    }
  }

  /** Ends what a computation left at work that was broken off from outside, so that no finally block ran. */
  recover(): void {
    for (const set of this.sets) if (!set.idle) this.end(set)
  }

  stop(): void {
    for (const set of this.sets) this.end(set)
  }

  private idleSet(): DeviceSet {
    const wanted = this.countWanted()
    for (const set of this.sets) if (set.idle && (set.lost || set.count !== wanted)) this.end(set)
    return this.sets.find((set) => set.idle) ?? this.startSet(wanted)
  }

  private startSet(count: number): DeviceSet {
    const set = new DeviceSet(count)
    // Listed before its threads are there: a start that is broken off must be ended, too.
    this.sets = [...this.sets, set]
    try {
      set.start(this.threads)
    } finally {
      if (!set.idle) this.end(set)
    }
    return set
  }

  private bury(): void {
    this.ended = this.ended.filter((set) => {
      const gone = Atomics.load(set.words, setWords.gone) === 1
      if (gone) set.buried()
      return !gone
    })
  }

  private end(set: DeviceSet): void {
    set.idle = false
    this.threads.end(set)
    // Its end may have been asked for and broken off before.
    this.ended = [...this.ended.filter((other) => other !== set), set]
    this.sets = this.sets.filter((other) => other !== set)
  }
}
