import { JaxTypeError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'

/** Checks that the dimension numbers of a gather or scatter share. */

export function checkAxes(operation: string, name: string, axes: readonly number[], rank: number): void {
  if (!axes.every((axis) => axis >= 0 && axis < rank) || new Set(axes).size !== axes.length) {
    throw new JaxTypeError(
      `${operation}: ${name} must be different axes in the range 0 to ${rank - 1}, got ${formatShape(axes)}.`,
    )
  }
}

export function checkSorted(operation: string, name: string, axes: readonly number[]): void {
  if (!axes.every((axis, i) => i === 0 || axes[i - 1] <= axis)) {
    throw new JaxTypeError(`${operation}: ${name} must be in ascending order, got ${formatShape(axes)}.`)
  }
}

export function checkDisjoint(
  operation: string,
  [name, axes]: readonly [string, readonly number[]],
  [otherName, others]: readonly [string, readonly number[]],
): void {
  if (axes.some((axis) => others.includes(axis))) {
    throw new JaxTypeError(
      `${operation}: ${name} and ${otherName} must not share an axis, got ${formatShape(axes)} and ${formatShape(others)}.`,
    )
  }
}

/** Operand and index batching axes come in pairs of equal length. */
export function checkBatchingPairs(
  operation: string,
  operandShape: readonly number[],
  operandAxes: readonly number[],
  indicesShape: readonly number[],
  indicesAxes: readonly number[],
): void {
  if (operandAxes.length !== indicesAxes.length) {
    throw new JaxTypeError(
      `${operation}: operand and indices need equally many batching axes, got ${formatShape(operandAxes)} and ${formatShape(indicesAxes)}.`,
    )
  }
  const lengths = operandAxes.map((axis) => operandShape[axis])
  const others = indicesAxes.map((axis) => indicesShape[axis])
  if (lengths.some((length, i) => length !== others[i])) {
    throw new JaxTypeError(
      `${operation}: batching axes of operand and indices must have equal lengths, got ${formatShape(lengths)} and ${formatShape(others)}.`,
    )
  }
}
