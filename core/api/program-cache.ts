import { type ProgramKey, sameProgramKey } from './program-key.ts'

let generation = 0

/**
 * Forgets the programs of all jitted and pmapped functions. JAX: `jax.clear_caches`.
 *
 * @example clearCaches() // the next call of a jitted function traces it again
 */
export function clearCaches(): void {
  generation++
}

interface Entry<P> {
  readonly key: ProgramKey
  readonly program: P
  /** Another one with the same hash. */
  readonly next: Entry<P> | null
}

/** Programs by key, until `clearCaches`. */
export class ProgramCache<P> {
  private generation = generation
  private readonly entries = new Map<number, Entry<P>>()
  private count = 0
  private newest: ProgramKey | null = null

  private current(): Map<number, Entry<P>> {
    if (this.generation !== generation) this.clear()
    return this.entries
  }

  get(key: ProgramKey): P | undefined {
    let entry = this.current().get(key.hash) ?? null
    while (entry !== null && !sameProgramKey(entry.key, key)) entry = entry.next
    return entry?.program
  }

  /** Keeps a program under a key that has none. */
  add(key: ProgramKey, program: P): void {
    const next = this.current().get(key.hash) ?? null
    this.entries.set(key.hash, { key, program, next })
    this.count++
    this.newest = key
  }

  get size(): number {
    this.current()
    return this.count
  }

  get lastKey(): ProgramKey | null {
    this.current()
    return this.newest
  }

  clear(): void {
    this.entries.clear()
    this.count = 0
    this.newest = null
    this.generation = generation
  }
}
