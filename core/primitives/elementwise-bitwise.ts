import { binaryKernel, unaryKernel } from '../compiler/reference/elementwise.ts'
import {
  countLeadingZeros,
  multiplyHigh,
  populationCount as populationCountOp,
  shiftLeft as shiftLeftOp,
  shiftRightArithmetic as shiftRightArithmeticOp,
  shiftRightLogical as shiftRightLogicalOp,
} from '../compiler/reference/integer-arithmetic.ts'
import {
  countLeadingZerosWide,
  populationCountWide,
  shiftLeftWide,
  shiftRightArithmeticWide,
  shiftRightLogicalWide,
} from '../compiler/reference/wide-elementwise.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import type { Primitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { elementwisePrimitive } from './elementwise.ts'
import { operands } from './operand.ts'

/** Logical or bitwise complement: `lax.bitwiseNot(x)`. */
export function bitwiseNot(x: ArrayLike): JaxArray {
  return bindOne(notPrimitive, operands(x), {})
}

/** Logical or bitwise and: `lax.bitwiseAnd(x, y)`. */
export function bitwiseAnd(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(andPrimitive, operands(x, y), {})
}

/** Logical or bitwise or: `lax.bitwiseOr(x, y)`. */
export function bitwiseOr(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(orPrimitive, operands(x, y), {})
}

/** Logical or bitwise exclusive or: `lax.bitwiseXor(x, y)`. */
export function bitwiseXor(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(xorPrimitive, operands(x, y), {})
}

/** The upper half of the product in twice as many bits: `lax.mulhi(x, y)`. */
export function mulhi(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(mulhiPrimitive, operands(x, y), {})
}

/** Bits of `x` moved up by `y` places: `lax.shiftLeft(x, y)`. */
export function shiftLeft(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(shiftLeftPrimitive, operands(x, y), {})
}

/** Bits of `x` moved down by `y` places, zeros coming in: `lax.shiftRightLogical(x, y)`. */
export function shiftRightLogical(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(shiftRightLogicalPrimitive, operands(x, y), {})
}

/** Bits of `x` moved down by `y` places, copies of the sign coming in: `lax.shiftRightArithmetic(x, y)`. */
export function shiftRightArithmetic(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(shiftRightArithmeticPrimitive, operands(x, y), {})
}

/** How many bits are set: `lax.populationCount(x)`. */
export function populationCount(x: ArrayLike): JaxArray {
  return bindOne(populationCountPrimitive, operands(x), {})
}

/** How many zero bits come before the first set one: `lax.clz(x)`. */
export function clz(x: ArrayLike): JaxArray {
  return bindOne(clzPrimitive, operands(x), {})
}

export const notPrimitive = elementwisePrimitive({
  name: 'not',
  accepts: ['bool or integer'],
  kernel: unaryKernel({ bool: (x) => 1 - x, any: (x) => ~x }, { wide: (x) => ~x }),
  jvp: 'zero',
})

export const andPrimitive = elementwisePrimitive({
  name: 'and',
  accepts: ['bool or integer', 'bool or integer'],
  kernel: binaryKernel({ any: (x, y) => x & y }, { wide: (x, y) => x & y }),
  jvp: 'zero',
})

export const orPrimitive = elementwisePrimitive({
  name: 'or',
  accepts: ['bool or integer', 'bool or integer'],
  kernel: binaryKernel({ any: (x, y) => x | y }, { wide: (x, y) => x | y }),
  jvp: 'zero',
})

export const xorPrimitive = elementwisePrimitive({
  name: 'xor',
  accepts: ['bool or integer', 'bool or integer'],
  kernel: binaryKernel({ any: (x, y) => x ^ y }, { wide: (x, y) => x ^ y }),
  jvp: 'zero',
})

export const mulhiPrimitive = elementwisePrimitive({
  name: 'mulhi',
  accepts: ['integer', 'integer'],
  kernel: binaryKernel(multiplyHigh, { wide: (x, y) => (x * y) >> 64n }),
  jvp: 'zero',
})

export const shiftLeftPrimitive = elementwisePrimitive({
  name: 'shift_left',
  accepts: ['integer', 'integer'],
  kernel: binaryKernel(shiftLeftOp, { wide: shiftLeftWide }),
  jvp: 'zero',
})

export const shiftRightLogicalPrimitive = elementwisePrimitive({
  name: 'shift_right_logical',
  accepts: ['integer', 'integer'],
  kernel: binaryKernel(shiftRightLogicalOp, { wide: shiftRightLogicalWide }),
  jvp: 'zero',
})

export const shiftRightArithmeticPrimitive = elementwisePrimitive({
  name: 'shift_right_arithmetic',
  accepts: ['integer', 'integer'],
  kernel: binaryKernel(shiftRightArithmeticOp, { wide: shiftRightArithmeticWide }),
  jvp: 'zero',
})

export const populationCountPrimitive = elementwisePrimitive({
  name: 'population_count',
  accepts: ['integer'],
  kernel: unaryKernel(populationCountOp, { wide: populationCountWide }),
  jvp: 'zero',
})

export const clzPrimitive = elementwisePrimitive({
  name: 'clz',
  accepts: ['integer'],
  kernel: unaryKernel(countLeadingZeros, { wide: countLeadingZerosWide }),
  jvp: 'zero',
})

export const bitwisePrimitives: readonly Primitive[] = [
  notPrimitive,
  andPrimitive,
  orPrimitive,
  xorPrimitive,
  mulhiPrimitive,
  shiftLeftPrimitive,
  shiftRightLogicalPrimitive,
  shiftRightArithmeticPrimitive,
  populationCountPrimitive,
  clzPrimitive,
]
