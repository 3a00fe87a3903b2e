import type { ArrayOperators } from './array-operators.ts'
import type { PositionScope } from './positions.ts'

/** Truth tests, and the value that a test of `&&` or `||` looked at. */
export interface Truths {
  truth(value: unknown, at: number): boolean
  /** `truth`, remembering the value for `take`. */
  test(value: unknown, at: number): boolean
  /** Whether there is a value at all, remembering it for `take`. */
  present(value: unknown): boolean
  keep(value: unknown): void
  /** The value remembered last, once. */
  take(): unknown
}

export function createTruths(arrays: ArrayOperators, scope: PositionScope): Truths {
  let kept: unknown
  const truth = (value: unknown, at: number): boolean => {
    if (typeof value === 'boolean') return value
    if (!arrays.isArray(value)) return Boolean(value)
    scope.position = at
    return arrays.truth(value)
  }
  return {
    truth,
    test(value, at) {
      kept = value
      return truth(value, at)
    },
    present(value) {
      kept = value
      return value !== null && value !== undefined
    },
    keep(value) {
      kept = value
    },
    take() {
      const value = kept
      kept = undefined
      return value
    },
  }
}
