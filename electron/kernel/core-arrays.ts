import { convertHost } from '../../core/compiler/reference/convert.ts'
import { TracerBoolConversionError, ValueError } from '../../core/errors.ts'
import { formatShape } from '../../core/ir/aval.ts'
import { shiftRightLogical } from '../../core/lax/elementwise.ts'
import * as arithmetic from '../../core/numpy/arithmetic.ts'
import type { Index } from '../../core/numpy/index-expression.ts'
import { getItem } from '../../core/numpy/indexing.ts'
import * as logic from '../../core/numpy/logic.ts'
import { promote } from '../../core/numpy/promotion.ts'
import { type ArrayLike, JaxArray } from '../../core/tracing/array.ts'
import { hostValueOf } from '../../core/tracing/host-value.ts'
import type { ArrayOperators } from './runtime/array-operators.ts'

type Binary = (left: unknown, right: unknown) => unknown
type Unary = (operand: unknown) => unknown

/** An operator of a cell: the core itself refuses what is no array, by the operator's name. */
function binary(apply: (left: ArrayLike, right: ArrayLike) => JaxArray): Binary {
  return (left, right) => apply(asOperand(left), asOperand(right))
}

function unary(apply: (operand: ArrayLike) => JaxArray): Unary {
  return (operand) => apply(asOperand(operand))
}

function asOperand(value: unknown): ArrayLike {
  // What is neither is refused by the operation, in its own words.
  return value as ArrayLike
}

/** What operators, indices and truth tests mean for the core's arrays. */
export const coreArrays: ArrayOperators = {
  isArray: (value) => value instanceof JaxArray,
  binary: {
    add: binary(arithmetic.add),
    subtract: binary(arithmetic.subtract),
    multiply: binary(arithmetic.multiply),
    divide: binary(arithmetic.divide),
    remainder: binary(arithmetic.remainder),
    power: binary(arithmetic.power),
    equal: binary(logic.equal),
    notEqual: binary(logic.notEqual),
    less: binary(logic.less),
    lessEqual: binary(logic.lessEqual),
    greater: binary(logic.greater),
    greaterEqual: binary(logic.greaterEqual),
    bitwiseAnd: binary(logic.bitwiseAnd),
    bitwiseOr: binary(logic.bitwiseOr),
    bitwiseXor: binary(logic.bitwiseXor),
    leftShift: binary(logic.leftShift),
    rightShift: binary(logic.rightShift),
    rightShiftLogical: binary((left, right) => {
      const [bits, places] = promote('>>>', left, right)
      if (bits === undefined || places === undefined) throw new Error('internal: promote lost an operand')
      return shiftRightLogical(bits, places)
    }),
  },
  unary: {
    negative: unary(arithmetic.negative),
    positive: unary(arithmetic.positive),
    bitwiseNot: unary(logic.invert),
  },
  index(array, indices) {
    if (!(array instanceof JaxArray)) throw new Error('internal: only arrays are indexed here')
    return getItem(array, indices.map(asIndex))
  },
  truth(array) {
    if (!(array instanceof JaxArray)) throw new Error('internal: only arrays are tested here')
    return truthOf(array)
  },
}

function asIndex(index: unknown): Index {
  // What is no index is refused by the core, in its own words.
  return index as Index
}

/** The truth of an array in `if`, `while`, `?:`, `&&`, `||` and `!`. */
function truthOf(array: JaxArray): boolean {
  const host = hostValueOf(array)
  if (host === null) {
    throw new TracerBoolConversionError(
      `Attempted boolean conversion of traced array with shape ${array.dtype}[${array.shape.join(',')}].`,
      {
        hint: 'Use `lax.cond`, `jnp.where` or `lax.whileLoop`; for jit, `staticArgnums` makes an argument a plain value.',
        lesson: 'A1',
      },
    )
  }
  if (array.size !== 1) {
    const what = array.size === 0 ? 'an empty array' : 'an array with more than one element'
    throw new ValueError(`The truth value of ${what} is ambiguous: its shape is ${formatShape(array.shape)}.`, {
      hint: 'Say what is meant: `jnp.any(x)`, `jnp.all(x)`, or `x.size > 0`.',
    })
  }
  return convertHost(host, 'bool').data[0] !== 0
}
