import type { ArrayOperators } from './array-operators.ts'

/** Truth tests, and the value that a test of `&&` or `||` looked at. */
export interface Truths {
  truth(value: unknown): boolean
  /** `truth`, remembering the value for `take`. */
  test(value: unknown): boolean
  /** Whether there is a value at all, remembering it for `take`. */
  present(value: unknown): boolean
  keep(value: unknown): void
  /** The value remembered last, once. */
  take(): unknown
}

export function createTruths(arrays: ArrayOperators): Truths {
  let kept: unknown
  const truth = (value: unknown): boolean => {
    if (typeof value === 'boolean') return value
    return arrays.isArray(value) ? arrays.truth(value) : Boolean(value)
  }
  return {
    truth,
    test(value) {
      kept = value
      return truth(value)
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
