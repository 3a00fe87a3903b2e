import { identicalAval } from '../ir/aval.ts'
import { hashOfText, mixed } from '../ir/hash.ts'
import type { SourceLocation } from '../ir/source.ts'
import type { RecordedCall } from './recorder.ts'

/** Calls of one run that are kept; of more only the number is known. */
const mostCalls = 400

/**
 * The calls of a run, in the order in which they ended. Called again from the same line with the same kind of arguments, a
 * function is one function still: the newest call stands for all of them.
 */
export class KeptCalls {
  readonly #calls = new Set<RecordedCall>()
  readonly #byHash = new Map<number, RecordedCall[]>()
  #forgotten = 0

  /** Calls that were made and are not kept. */
  get forgotten(): number {
    return this.#forgotten
  }

  all(): RecordedCall[] {
    return [...this.#calls]
  }

  /** Keeps a call, and gives the one that it stands for from now on. */
  keep(call: RecordedCall): RecordedCall | null {
    const hash = hashOf(call)
    const bucket = this.#byHash.get(hash) ?? []
    const place = bucket.findIndex((known) => isAlike(known, call))
    if (place >= 0) {
      const known = bucket[place]
      bucket[place] = call
      this.#calls.delete(known)
      this.#calls.add(call)
      return known
    }
    if (this.#calls.size >= mostCalls) {
      this.#forgotten++
      return null
    }
    this.#calls.add(call)
    bucket.push(call)
    this.#byHash.set(hash, bucket)
    return null
  }
}

function hashOf({ via, source, excerpt }: RecordedCall): number {
  let hash = hashOfText(via)
  if (source !== null) hash = mixed(mixed(hash, source.line), source.column)
  const { inputs } = excerpt
  for (let i = 0; i < inputs.length; i++) hash = mixed(hash, inputs[i].aval.hash)
  return hash
}

function isAlike(a: RecordedCall, b: RecordedCall): boolean {
  return isPlacedAlike(a, b) && isGivenAlike(a.excerpt.inputs, b.excerpt.inputs)
}

function isGivenAlike(a: RecordedCall['excerpt']['inputs'], b: RecordedCall['excerpt']['inputs']): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!identicalAval(a[i].aval, b[i].aval)) return false
  return true
}

/** The same function at the same line, in a call of the same function at the same line, if in any. */
function isPlacedAlike(a: RecordedCall, b: RecordedCall): boolean {
  if (a.name !== b.name || !isSamePlace(a.source, b.source)) return false
  const [outer, other] = [a.parent, b.parent]
  if (outer === null || other === null || outer === other) return outer === other
  return outer.name === other.name && isSamePlace(outer.source, other.source)
}

function isSamePlace(a: SourceLocation | null, b: SourceLocation | null): boolean {
  if (a === b || a === null || b === null) return a === b
  return a.file === b.file && a.line === b.line && a.column === b.column
}
