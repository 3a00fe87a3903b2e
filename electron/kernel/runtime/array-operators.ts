import type { BinaryName, UnaryName } from '../compile/operator-names.ts'

/**
 * What the cell runtime needs to know of arrays: how to tell one, and what each operator does when at
 * least one operand is one. The core is plugged in here.
 */
export interface ArrayOperators {
  isArray(value: unknown): boolean
  readonly binary: Readonly<Record<BinaryName, (left: unknown, right: unknown) => unknown>>
  readonly unary: Readonly<Record<UnaryName, (operand: unknown) => unknown>>
  /** `x[i]`, or `x[i, j]` with several indices. */
  index(array: unknown, indices: readonly unknown[]): unknown
  /** The truth of one array. Throws for a traced one, and for one with several elements. */
  truth(array: unknown): boolean
}
