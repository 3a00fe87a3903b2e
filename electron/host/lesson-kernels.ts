import { memoryToSpare } from '../kernel/kernel-options.ts'
import type { KernelProgram } from './kernel-process.ts'
import { LessonKernel, type LessonKernelEvents } from './lesson-kernel.ts'

const minute = 60_000

/** What all kernels share. */
export interface KernelLimits {
  /** How long the kernel of a lesson that no page shows is kept, in milliseconds. */
  readonly keptFor: number
  /** How often that time is given anew to a kernel whose cell still runs. */
  readonly extensions: number
  /** What all kernels together may take of the machine's memory, in MB. */
  readonly memory: number
}

const defaultLimits = (): KernelLimits => ({ keptFor: 10 * minute, extensions: 5, memory: memoryToSpare() })

/** A page, as far as kernels are concerned: the lesson that it shows. */
export interface Seat {
  show(lessonId: string | null): void
  /** The page is gone. */
  leave(): void
}

/**
 * The kernels of all lessons. A lesson that no page shows any more is closed: after ten minutes its kernel
 * ends, an hour later at most if a cell still runs in it. What was computed is gone then; whoever opens the
 * lesson again is told so, and runs the cells again in a new kernel. When all kernels together take more
 * memory than there is to spare, one of them ends: that of a closed lesson first, else the largest.
 */
export class LessonKernels {
  readonly #program: KernelProgram
  readonly #limits: KernelLimits
  readonly #events: (lessonId: string) => Omit<LessonKernelEvents, 'memory'>
  readonly #kernels = new Map<string, LessonKernel>()
  readonly #closing = new Map<string, NodeJS.Timeout>()
  readonly #seats = new Map<Seat, string | null>()

  constructor(
    program: KernelProgram,
    events: (lessonId: string) => Omit<LessonKernelEvents, 'memory'>,
    limits: Partial<KernelLimits> = {},
  ) {
    this.#program = program
    this.#events = events
    this.#limits = { ...defaultLimits(), ...limits }
  }

  find(lessonId: string): LessonKernel | undefined {
    return this.#kernels.get(lessonId)
  }

  /** The kernel of a lesson; its process starts with the first request. */
  get(lessonId: string, deviceCount: number): LessonKernel {
    const known = this.#kernels.get(lessonId)
    if (known !== undefined) return known
    const events = { ...this.#events(lessonId), memory: () => this.#keepWithinMemory() }
    const kernel = new LessonKernel(lessonId, this.#program, deviceCount, events)
    this.#kernels.set(lessonId, kernel)
    this.#followShown(lessonId)
    return kernel
  }

  seat(): Seat {
    const change = (lessonId: string | null): void => {
      const before = this.#seats.get(seat) ?? null
      this.#seats.set(seat, lessonId)
      if (before !== null) this.#followShown(before)
      if (lessonId !== null) this.#followShown(lessonId)
    }
    const seat: Seat = {
      show: change,
      leave: () => {
        change(null)
        this.#seats.delete(seat)
      },
    }
    this.#seats.set(seat, null)
    return seat
  }

  /** Ends the kernel of a lesson and forgets it. */
  async end(lessonId: string): Promise<void> {
    const kernel = this.#kernels.get(lessonId)
    this.#kernels.delete(lessonId)
    this.#keep(lessonId)
    await kernel?.close()
  }

  async close(): Promise<void> {
    for (const lessonId of this.#closing.keys()) this.#keep(lessonId)
    await Promise.all([...this.#kernels.values()].map((kernel) => kernel.close()))
  }

  #isShown(lessonId: string): boolean {
    return [...this.#seats.values()].includes(lessonId)
  }

  #followShown(lessonId: string): void {
    if (this.#isShown(lessonId)) this.#keep(lessonId)
    else if (!this.#closing.has(lessonId)) this.#endLater(lessonId, this.#limits.extensions)
  }

  #keep(lessonId: string): void {
    clearTimeout(this.#closing.get(lessonId))
    this.#closing.delete(lessonId)
  }

  #endLater(lessonId: string, extensions: number): void {
    const timer = setTimeout(() => {
      const kernel = this.#kernels.get(lessonId)
      if (kernel?.isBusy === true && extensions > 0) {
        this.#endLater(lessonId, extensions - 1)
        return
      }
      this.#closing.delete(lessonId)
      kernel?.end(
        'This lesson was closed for a while, so its kernel was ended and its memory given free. ' +
          'Your text is as it was. Run the cells above again to go on.',
      )
      // Pages that ask without showing the lesson may start it again.
      if (kernel !== undefined && !this.#isShown(lessonId)) this.#endLater(lessonId, this.#limits.extensions)
    }, this.#limits.keptFor)
    timer.unref()
    this.#closing.set(lessonId, timer)
  }

  #keepWithinMemory(): void {
    const all = [...this.#kernels.entries()].map(([lessonId, kernel]) => ({ lessonId, kernel }))
    const taken = all.reduce((sum, { kernel }) => sum + kernel.megabytes, 0)
    if (taken <= this.#limits.memory) return
    const bySize = all.toSorted((a, b) => b.kernel.megabytes - a.kernel.megabytes)
    const closed = bySize.find(
      ({ lessonId, kernel }) => kernel.megabytes > 0 && !kernel.isBusy && !this.#isShown(lessonId),
    )
    const { kernel } = closed ?? bySize[0]
    kernel.end(
      `Out of memory: the kernels of all lessons together took ${taken} MB, more than the ${this.#limits.memory} MB ` +
        `that the lab may use. This lesson's kernel took ${kernel.megabytes} MB and was ended. Work with fewer or ` +
        'smaller arrays, or restart the kernels of other lessons, then run the cells above again. Your text is as it was.',
    )
  }
}
