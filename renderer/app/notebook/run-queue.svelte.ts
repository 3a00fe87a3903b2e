import type { RunStatus } from '../../../electron/protocol.ts'

/** Something that the kernel does for one cell: running it, or checking an exercise. */
export interface Job {
  /** What is to be done with which cell: the same is not waited for twice. */
  readonly key: string
  /** Runs it and settles the cell's state; never rejects. */
  execute(): Promise<RunStatus>
  /** Called instead of `execute` when an earlier job failed or Stop was pressed. */
  drop(): void
}

/** One job at a time, in the order they were asked for: a kernel has one thread for cells. */
export class RunQueue {
  #waiting: Job[] = []
  current: Job | null = $state.raw(null)

  get busy(): boolean {
    return this.current !== null
  }

  /** Adds a job. One that waits already keeps its place. */
  add(job: Job): void {
    if (this.#waiting.some((other) => other.key === job.key)) return
    this.#waiting.push(job)
    if (!this.busy) void this.#work()
  }

  /** Forgets every job that has not begun. */
  clear(): void {
    for (const job of this.#waiting.splice(0)) job.drop()
  }

  async #work(): Promise<void> {
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) {
      this.current = job
      const status = await job.execute()
      this.current = null
      // What waits was asked for in the belief that this would work.
      if (status !== 'ok') this.clear()
    }
  }
}
