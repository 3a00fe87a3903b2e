import type { ClosedJaxpr } from '../ir/jaxpr.ts'

/** Programs that devices keep; derivatives make new ones all the time, so old ones must go. */
const kept = 64

/** The programs that were used last, by the jaxpr they were made from. */
export class RecentPrograms<T> {
  private readonly programs = new Map<ClosedJaxpr, T>()
  private readonly forget: (program: T) => void
  private count = 0

  /** `forget` hears of every program that is dropped. */
  constructor(forget: (program: T) => void) {
    this.forget = forget
  }

  /** The program of a jaxpr; `make` gets a number that no other program has. */
  of(jaxpr: ClosedJaxpr, make: (id: number) => T): T {
    const known = this.programs.get(jaxpr)
    const program = known ?? make(this.count++)
    this.programs.delete(jaxpr)
    this.programs.set(jaxpr, program)
    const [oldest] = this.programs
    if (this.programs.size > kept) {
      this.programs.delete(oldest[0])
      this.forget(oldest[1])
    }
    return program
  }

  clear(): void {
    this.programs.clear()
  }
}
