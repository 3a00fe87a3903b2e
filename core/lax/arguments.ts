import { numberOf } from '../ir/element.ts'
import { config } from '../config.ts'
import { JaxTypeError, TracerIntegerConversionError, ValueError, warn } from '../errors.ts'
import { type Shape, formatShape } from '../ir/aval.ts'
import { type DType, allDTypes, isDType } from '../ir/dtype.ts'
import { operand } from '../primitives/operand.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { scalar } from '../runtime/concrete-array.ts'

/** The argument of an operation that takes one array; a bare number is a weak float, a boolean a bool. */
export function arrayArgument(x: ArrayLike): JaxArray {
  if (typeof x === 'boolean') return scalar(x, 'bool')
  if (typeof x === 'bigint') return operand(x, config.enableX64 ? 'int64' : 'int32')
  return operand(x, config.enableX64 ? 'float64' : 'float32')
}

/** An axis counted from the front, where a negative one counts from the back. */
export function canonicalAxis(operation: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ValueError(`${operation}: axis ${axis} is out of bounds for an array of ${rank} dimensions.`)
  }
  return axis < 0 ? axis + rank : axis
}

/** Several axes counted from the front, no two of them the same. */
export function canonicalAxes(operation: string, axes: number | readonly number[], rank: number): number[] {
  const list = typeof axes === 'number' ? [axes] : axes
  const canonical = list.map((axis) => canonicalAxis(operation, axis, rank))
  if (new Set(canonical).size !== canonical.length) {
    throw new ValueError(`${operation}: the same axis is given twice in ${formatShape(list)}.`)
  }
  return canonical
}

/** A whole number that must be known while tracing: a length, an axis, a count. */
export function staticInteger(operation: string, what: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof JaxArray && value.ndim === 0) {
    const host = hostValueOf(value)
    if (host === null) {
      throw new TracerIntegerConversionError(
        `${operation}: ${what} must be a number that is known while tracing, got a traced ${value.aval.toString()}.`,
        { hint: 'Shapes cannot depend on traced values: pass it as a static argument, or close over a JS number.' },
      )
    }
    const known = numberOf(host)
    if (Number.isInteger(known)) return known
  }
  throw new JaxTypeError(`${operation}: ${what} must be a whole number, got ${describe(value)}.`)
}

/** A shape from what the user wrote: a length or a list of lengths. */
export function shapeArgument(operation: string, shape: number | readonly number[]): Shape {
  const lengths: readonly unknown[] = Array.isArray(shape) ? shape : [shape]
  return lengths.map((length) => {
    const known = staticInteger(operation, 'every length of a shape', length)
    if (known < 0)
      throw new ValueError(`${operation}: lengths must not be negative, got shape ${formatShape(lengths.map(Number))}.`)
    return known
  })
}

/** 64-bit dtypes and what they become where only 32 bits are enabled. */
const narrowed: Readonly<Record<string, DType>> = {
  float64: 'float32',
  int64: 'int32',
  uint64: 'uint32',
  complex128: 'complex64',
}

/** A dtype by name; 64-bit ones become 32-bit ones unless they are enabled. */
export function dtypeArgument(operation: string, name: string): DType {
  if (name === 'float') return config.enableX64 ? 'float64' : 'float32'
  if (name === 'int') return config.enableX64 ? 'int64' : 'int32'
  if (name === 'complex') return config.enableX64 ? 'complex128' : 'complex64'
  if (Object.hasOwn(narrowed, name) && !config.enableX64) {
    const used = narrowed[name]
    warn(`${operation}: ${name} was asked for, ${used} is used.`, 'narrowed-dtype')
    return used
  }
  if (!isDType(name)) {
    throw new JaxTypeError(`${operation}: there is no dtype '${name}'. The dtypes are ${allDTypes.join(', ')}.`)
  }
  return name
}

function describe(value: unknown): string {
  if (value instanceof JaxArray) return value.aval.toString()
  if (value === null || typeof value === 'number') return String(value)
  return Array.isArray(value) ? 'a list' : typeof value
}
