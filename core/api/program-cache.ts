let generation = 0

/**
 * Forgets the programs of all jitted and pmapped functions. JAX: `jax.clear_caches`.
 *
 * @example clearCaches() // the next call of a jitted function traces it again
 */
export function clearCaches(): void {
  generation++
}

/** Programs by key, until `clearCaches`. */
export class ProgramCache<P> {
  private generation = generation
  private readonly programs = new Map<string, P>()

  private current(): Map<string, P> {
    if (this.generation !== generation) {
      this.programs.clear()
      this.generation = generation
    }
    return this.programs
  }

  get(key: string): P | undefined {
    return this.current().get(key)
  }

  set(key: string, program: P): void {
    this.current().set(key, program)
  }

  get size(): number {
    return this.current().size
  }

  get lastKey(): string | undefined {
    return [...this.current().keys()].at(-1)
  }

  clear(): void {
    this.programs.clear()
  }
}
