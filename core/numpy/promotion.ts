import { config } from '../config.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { type Shape, formatShape } from '../ir/aval.ts'
import { type DType, bitWidth, complexOf, isFloat, isInexact, isWideInteger, kindOf, realPartOf } from '../ir/dtype.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { broadcastInDim } from '../primitives/movement.ts'
import { refuseFloat0 } from '../tracing/float0.ts'
import { ConcreteArray, scalar } from '../runtime/concrete-array.ts'
import { assertSameDevices } from '../sharding/common-devices.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'

/** A dtype, and whether it yields to the dtype beside it. */
export interface PromotedType {
  readonly dtype: DType
  readonly weakType: boolean
}

export function defaultFloatDType(): DType {
  return config.enableX64 ? 'float64' : 'float32'
}

export function defaultIntDType(): 'int32' | 'int64' {
  return config.enableX64 ? 'int64' : 'int32'
}

export function defaultComplexDType(): 'complex64' | 'complex128' {
  return config.enableX64 ? 'complex128' : 'complex64'
}

/** Refuses what is neither an array nor a number, since converting lists silently hides slow code. */
export function checkArrayLike(where: string, ...values: readonly unknown[]): void {
  for (const [i, value] of values.entries()) {
    if (value instanceof JaxArray || ['number', 'boolean', 'bigint'].includes(typeof value)) continue
    const what = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a value of type ${typeof value}`
    throw new JaxTypeError(`jnp.${where} requires array or number arguments, got ${what} at position ${i}.`, {
      hint: 'Lists are not converted implicitly: wrap them with jnp.array([...]).',
    })
  }
}

/**
 * The type that a JS scalar stands for beside the given arrays. JavaScript cannot tell `2` from `2.0`, so a
 * whole number is an integer only where there are arrays and none of them holds floats.
 */
export function typeOfScalar(value: number | boolean | bigint, beside: readonly JaxArray[]): PromotedType {
  if (typeof value === 'boolean') return { dtype: 'bool', weakType: false }
  if (typeof value === 'bigint') return { dtype: defaultIntDType(), weakType: true }
  const integral = beside.length > 0 && !beside.some((array) => isInexact(array.dtype)) && Number.isInteger(value)
  return integral ? { dtype: defaultIntDType(), weakType: true } : { dtype: defaultFloatDType(), weakType: true }
}

function typeOf(value: ArrayLike, beside: readonly JaxArray[]): PromotedType {
  return value instanceof JaxArray ? value : typeOfScalar(value, beside)
}

/** The least type that both operands fit into, by JAX's promotion lattice. */
export function joinTypes(a: PromotedType, b: PromotedType): PromotedType {
  if (a.dtype === b.dtype) return { dtype: a.dtype, weakType: a.weakType && b.weakType }
  const [low, high] = rankOf(a.dtype) <= rankOf(b.dtype) ? [a, b] : [b, a]
  if (high.dtype === 'float0') {
    throw new ValueError(`float0 has no common dtype with ${low.dtype}.`, {
      hint: 'It is the dtype of derivatives by integers, booleans and keys, which are no numbers.',
    })
  }
  if (low.dtype === 'key<fry>' || high.dtype === 'key<fry>') {
    throw new JaxTypeError(`key<fry> does not mix with ${low.dtype === 'key<fry>' ? high.dtype : low.dtype}.`, {
      hint: 'A PRNG key is not a number: draw from it with random.uniform, random.normal, …',
    })
  }
  const [lowRank, highRank] = [rankOf(low.dtype), rankOf(high.dtype)]
  if (lowRank !== highRank) {
    if (high.weakType && !low.weakType && highRank >= 2) return weakBeside(low.dtype, high)
    if (lowRank < 2 || highRank < 3) return high
    // A float beside a complex number needs parts at least as wide.
    if (low.weakType) return high
    const parts = joinFloats(low.dtype, realPartOf(high.dtype))
    return { dtype: complexOf(parts), weakType: false }
  }
  if (low.weakType !== high.weakType) return low.weakType ? high : low
  const weakType = low.weakType
  if (highRank === 3) return { dtype: complexOf(joinFloats(realPartOf(low.dtype), realPartOf(high.dtype))), weakType }
  if (isFloat(low.dtype)) return { dtype: joinFloats(low.dtype, high.dtype), weakType }
  if (weakType) return { dtype: bitWidth(low.dtype) > bitWidth(high.dtype) ? low.dtype : high.dtype, weakType }
  const joined = joinIntegers(low.dtype, high.dtype)
  return joined === null ? { dtype: defaultFloatDType(), weakType: true } : { dtype: joined, weakType }
}

function rankOf(dtype: DType): number {
  switch (kindOf(dtype)) {
    case 'bool':
      return 0
    case 'int':
    case 'uint':
      return 1
    case 'float':
      return 2
    case 'complex':
      return 3
    case 'key':
      return 4
    case 'void':
      return 5
  }
}

/** A weak float or complex scalar beside a strong type of a lower kind: a complex one takes the parts' width. */
function weakBeside(strong: DType, weak: PromotedType): PromotedType {
  if (rankOf(weak.dtype) === 3 && isFloat(strong)) return { dtype: complexOf(strong), weakType: false }
  return weak
}

/** The wider float; the two 16-bit ones have only float32 in common. */
function joinFloats(a: DType, b: DType): DType {
  if (a === b) return a
  if (bitWidth(a) === bitWidth(b)) return 'float32'
  return bitWidth(a) > bitWidth(b) ? a : b
}

/** A signed integer beside an unsigned one must be wider to hold it; past 64 bits there is only the weak float. */
function joinIntegers(a: DType, b: DType): DType | null {
  const [narrow, wide] = bitWidth(a) <= bitWidth(b) ? [a, b] : [b, a]
  if (kindOf(narrow) === kindOf(wide)) return wide
  if (kindOf(wide) === 'int' && bitWidth(wide) > bitWidth(narrow)) return wide
  switch (bitWidth(wide)) {
    case 8:
      return 'int16'
    case 16:
      return 'int32'
    case 32:
      return config.enableX64 ? 'int64' : 'int32'
    default:
      return null
  }
}

/** The type that all operands are converted to before an operation. */
export function promotedType(values: readonly ArrayLike[]): PromotedType {
  const arrays = values.filter((value) => value instanceof JaxArray)
  return values.map((value) => typeOf(value, arrays)).reduce(joinTypes)
}

/** The value in a given type; a JS scalar becomes a literal. */
export function toType(value: ArrayLike, { dtype, weakType }: PromotedType): JaxArray {
  if (value instanceof JaxArray) return convertElementType(value, dtype, weakType)
  return scalar(value, dtype, weakType)
}

/** Values in their common type, of whatever shapes. */
export function promoteValues(values: readonly ArrayLike[]): JaxArray[] {
  const type = promotedType(values)
  return values.map((value) => toType(value, type))
}

/** Refuses what an operation cannot compute with, before it asks for a common type. */
function checkOperands(where: string, values: readonly ArrayLike[]): void {
  checkArrayLike(where, ...values)
  for (const value of values) {
    if (value instanceof JaxArray && value.dtype === 'float0') refuseFloat0(`jnp.${where}`, value.shape)
  }
  if (values.length === 2) assertOperandsTogether(where, values[0], values[1])
}

/** Refuses two operands that were put on different devices, by the names that functions of two arrays give them. */
function assertOperandsTogether(where: string, x: ArrayLike, y: ArrayLike): void {
  if (!(x instanceof ConcreteArray && y instanceof ConcreteArray)) return
  if (x.placement === null || y.placement === null) return
  assertSameDevices(where, [x, y], (i) => ['x', 'y'][i])
}

/** Like `promoteValues`, but integers and booleans become floats. */
export function promoteFloatValues(where: string, ...values: readonly ArrayLike[]): JaxArray[] {
  checkOperands(where, values)
  const type = floatType(promotedType(values))
  return values.map((value) => toType(value, type))
}

/** Operands in their common type and lined up in rank, as every jnp function of several arrays begins. */
export function promote(where: string, ...values: readonly ArrayLike[]): JaxArray[] {
  checkOperands(where, values)
  const type = promotedType(values)
  return alignRanks(
    where,
    values.map((value) => toType(value, type)),
  )
}

/** Like `promote`, but integers and booleans become floats. */
export function promoteToFloat(where: string, ...values: readonly ArrayLike[]): JaxArray[] {
  checkOperands(where, values)
  const type = floatType(promotedType(values))
  return alignRanks(
    where,
    values.map((value) => toType(value, type)),
  )
}

/** One operand as a float: integers and booleans of whatever size take the default float dtype, and are never weak. */
export function promoteToDefaultFloat(where: string, x: ArrayLike): JaxArray {
  const value = asArray(where, x)
  return isInexact(value.dtype) ? value : convertElementType(value, defaultFloatDType())
}

/** The float type that a function with a real-valued result computes in. */
export function floatType(type: PromotedType): PromotedType {
  if (isInexact(type.dtype)) return type
  return { dtype: isWideInteger(type.dtype) ? 'float64' : 'float32', weakType: type.weakType }
}

/** One array argument; a bare number alone is a weak float. */
export function asArray(where: string, value: ArrayLike): JaxArray {
  checkArrayLike(where, value)
  return value instanceof JaxArray ? value : toType(value, typeOfScalar(value, []))
}

/** Gives arrays of lower rank leading axes of length 1; scalars are repeated by the operation itself. */
export function alignRanks(where: string, arrays: readonly JaxArray[]): JaxArray[] {
  const rank = Math.max(...arrays.map((array) => array.ndim))
  checkBroadcast(
    where,
    arrays.map((array) => array.shape),
  )
  return arrays.map((array) => {
    if (array.ndim === 0 || array.ndim === rank) return array
    const missing = rank - array.ndim
    return broadcastInDim(array, {
      shape: [...new Array<number>(missing).fill(1), ...array.shape],
      broadcast_dimensions: array.shape.map((_, axis) => axis + missing),
    })
  })
}

/** The shape that NumPy's broadcasting gives, or an error that shows the shapes. */
export function checkBroadcast(where: string, shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  const result = new Array<number>(rank).fill(1)
  for (const shape of shapes) {
    for (const [i, length] of shape.entries()) {
      const axis = rank - shape.length + i
      if (length === 1) continue
      if (result[axis] !== 1 && result[axis] !== length) {
        throw new JaxTypeError(
          `jnp.${where} got incompatible shapes for broadcasting: ${shapes.map(formatShape).join(', ')}.`,
          {
            hint: 'Shapes are lined up from the right: two axes fit when they have the same length or one of them has length 1.',
          },
        )
      }
      result[axis] = length
    }
  }
  return result
}
