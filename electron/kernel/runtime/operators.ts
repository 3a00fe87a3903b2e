import type { BinaryName, UnaryName } from '../compile/operator-names.ts'
import type { ArrayOperators } from './array-operators.ts'
import type { PositionScope } from './positions.ts'

/** Whether an array may be compared with a value element by element; `x == null` asks for something else. */
function isComparable(value: unknown): boolean {
  return value !== null && ['number', 'boolean', 'bigint', 'object'].includes(typeof value)
}

function numbers(a: unknown, b: unknown): boolean {
  return typeof a === 'number' && typeof b === 'number'
}

/**
 * The operators of a cell: on arrays what the core says, on everything else what JavaScript says.
 *
 * Generated code hands over values of every type. The parameters say `number` only so that the type
 * checker admits the operator. Each operator is written out because a shared function for all of them
 * would keep the engine from compiling `i + 1` in a loop to an addition.
 */
export function createOperators(
  arrays: ArrayOperators,
  scope: PositionScope,
): Readonly<
  Record<BinaryName, (a: number, b: number, at: number) => unknown> &
    Record<UnaryName, (a: number, at: number) => unknown>
> {
  const { isArray, binary: on, unary } = arrays
  /** Whether an array is met, which is then worked on at that position. */
  const meets = (a: unknown, b: unknown, at: number): boolean => {
    if (!isArray(a) && !isArray(b)) return false
    scope.position = at
    return true
  }
  const isText = (a: unknown, b: unknown): boolean => typeof a === 'string' || typeof b === 'string'
  const comparable = (a: unknown, b: unknown): boolean => isComparable(a) && isComparable(b)

  return {
    // Text wins: `'loss: ' + x` is a sentence, in which the array stands as it prints.
    add: (a: number, b: number, at: number): unknown => {
      if (numbers(a, b) || !meets(a, b, at)) return a + b
      return isText(a, b) ? `${a}${b}` : on.add(a, b)
    },
    subtract: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a - b : on.subtract(a, b),
    multiply: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a * b : on.multiply(a, b),
    divide: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a / b : on.divide(a, b),
    remainder: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a % b : on.remainder(a, b),
    power: (a: number, b: number, at: number): unknown => (numbers(a, b) || !meets(a, b, at) ? a ** b : on.power(a, b)),
    less: (a: number, b: number, at: number): unknown => (numbers(a, b) || !meets(a, b, at) ? a < b : on.less(a, b)),
    lessEqual: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a <= b : on.lessEqual(a, b),
    greater: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a > b : on.greater(a, b),
    greaterEqual: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a >= b : on.greaterEqual(a, b),
    bitwiseAnd: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a & b : on.bitwiseAnd(a, b),
    bitwiseOr: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a | b : on.bitwiseOr(a, b),
    bitwiseXor: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a ^ b : on.bitwiseXor(a, b),
    leftShift: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a << b : on.leftShift(a, b),
    rightShift: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a >> b : on.rightShift(a, b),
    rightShiftLogical: (a: number, b: number, at: number): unknown =>
      numbers(a, b) || !meets(a, b, at) ? a >>> b : on.rightShiftLogical(a, b),
    // `==` is what the user wrote; that it compares loosely is theirs to know.
    equal: (a: number, b: number, at: number): unknown => {
      // eslint-disable-next-line eqeqeq
      if (numbers(a, b) || !meets(a, b, at)) return a == b
      return comparable(a, b) && on.equal(a, b)
    },
    notEqual: (a: number, b: number, at: number): unknown => {
      // eslint-disable-next-line eqeqeq
      if (numbers(a, b) || !meets(a, b, at)) return a != b
      return !comparable(a, b) || on.notEqual(a, b)
    },
    negative: (a: number, at: number): unknown => (meets(a, a, at) ? unary.negative(a) : -a),
    positive: (a: number, at: number): unknown => (meets(a, a, at) ? unary.positive(a) : +a),
    bitwiseNot: (a: number, at: number): unknown => (meets(a, a, at) ? unary.bitwiseNot(a) : ~a),
  }
}
