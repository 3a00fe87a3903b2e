import type { DeviceInterval } from './device-channel.ts'

/** More collectives of one run than anybody looks at; a loop may run any number of them. */
const kept = 2000

/** What a device does in one run, piece by piece. */
export class RunIntervals {
  private readonly intervals: DeviceInterval[] = []
  private resumed: number
  private left = 0

  /** Times are milliseconds. */
  constructor(start: number) {
    this.resumed = start
  }

  /** A collective, with the computation before it. */
  collective(label: string, start: number, end: number, bytes: number): void {
    if (this.intervals.length >= 2 * kept) {
      this.left++
      return
    }
    this.compute(start)
    this.intervals.push({ kind: 'collective', label, start, end, bytes })
    this.resumed = end
  }

  /** The run's end. What there were too many pieces for is one that says so. */
  finish(end: number): readonly DeviceInterval[] {
    this.compute(end, this.left === 0 ? 'compute' : `compute, with ${this.left} more collectives`)
    return this.intervals
  }

  private compute(end: number, label = 'compute'): void {
    this.intervals.push({ kind: 'compute', label, start: this.resumed, end })
  }
}
