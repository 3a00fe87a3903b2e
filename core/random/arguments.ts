import { JaxTypeError, ValueError } from '../errors.ts'
import { type Shape, formatShape } from '../ir/aval.ts'
import { type DType, isFloat, isInteger } from '../ir/dtype.ts'
import { shapeArgument } from '../lax/arguments.ts'
import { type DTypeLike, requestedDType } from '../numpy/creation.ts'
import { defaultFloatDType } from '../numpy/promotion.ts'
import { broadcastShapes } from '../numpy/shape.ts'
import { randomWrap } from '../primitives/random.ts'
import { JaxArray } from '../tracing/array.ts'

/** A key, or the two raw words of one, as PRNGKey makes them. */
export type Key = JaxArray

/** Shape and dtype of a sample, as every sampler takes them. */
export interface SampleOptions {
  shape?: number | readonly number[] | null
  dtype?: DTypeLike | null
}

/** Keys from what the user passed: typed keys pass, raw words are wrapped. */
export function keysArgument(operation: string, key: Key): JaxArray {
  const given: unknown = key
  if (!(given instanceof JaxArray)) {
    throw new JaxTypeError(`random.${operation} needs a key as its first argument, got ${describe(given)}.`, {
      hint: 'Make one with random.key(seed), and split it for every further use: random draws have no hidden state.',
      lesson: 'C1',
    })
  }
  return given.dtype === 'key<fry>' ? given : randomWrap(given)
}

/** One key, as samplers take it. */
export function keyArgument(operation: string, key: Key): JaxArray {
  const typed = keysArgument(operation, key)
  if (typed.ndim > 0) {
    throw new ValueError(
      `random.${operation} takes a single key, got an array of keys of shape ${formatShape(typed.shape)}.`,
      {
        hint: 'Use one of them (keys.slice(0)), or vmap the function over all of them.',
        lesson: 'C1',
      },
    )
  }
  return typed
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value)}`
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value)
}

/** Options that come after the key: a shape by position, then options or a dtype. */
export function sampleArguments<T extends SampleOptions>(
  shape: number | readonly number[] | T | null | undefined,
  options: DTypeLike | T | null | undefined,
): Partial<T> & SampleOptions {
  const byName: Partial<T> = isNamed<T>(options) ? options : {}
  const dtype = options === null || options === undefined || isNamed<T>(options) ? byName.dtype : options
  if (typeof shape === 'number' || isShape(shape)) return { ...byName, dtype, shape }
  if (shape === null || shape === undefined) return { ...byName, dtype }
  return { ...byName, dtype, ...shape }
}

/** Whether a trailing argument is options rather than a dtype, which is a name or a constructor. */
function isNamed<T extends object>(value: DTypeLike | T | null | undefined): value is T {
  return typeof value === 'object' && value !== null
}

/** The shape that was asked for, or the one that the parameters broadcast to. */
export function sampleShape(operation: string, shape: SampleOptions['shape'], ...parameters: readonly Shape[]): Shape {
  const own = broadcastShapes(...parameters)
  if (shape === null || shape === undefined) return own
  const wanted = shapeArgument(`random.${operation}`, shape)
  if (broadcastShapes(wanted, own).join() !== wanted.join()) {
    throw new ValueError(
      `random.${operation}: shape ${formatShape(wanted)} does not have room for parameters of shape ${formatShape(own)}.`,
    )
  }
  return wanted
}

export function floatDType(operation: string, dtype: DTypeLike | null | undefined): DType {
  const wanted = requestedDType(`random.${operation}`, { dtype }) ?? defaultFloatDType()
  if (!isFloat(wanted)) throw new ValueError(`random.${operation} draws floats, got dtype ${wanted}.`)
  return wanted
}

export function integerDType(operation: string, dtype: DTypeLike | null | undefined, otherwise: DType): DType {
  const wanted = requestedDType(`random.${operation}`, { dtype }) ?? otherwise
  if (!isInteger(wanted)) throw new JaxTypeError(`random.${operation} draws integers, got dtype ${wanted}.`)
  return wanted
}

/** Smallest positive normal value, gap above 1 and gap below 1 of a float dtype. */
export function floatInfo(dtype: DType): { tiny: number; eps: number; epsneg: number; mantissa: number } {
  switch (dtype) {
    case 'float16':
      return { tiny: 2 ** -14, eps: 2 ** -10, epsneg: 2 ** -11, mantissa: 10 }
    case 'bfloat16':
      return { tiny: 2 ** -126, eps: 2 ** -7, epsneg: 2 ** -8, mantissa: 7 }
    case 'float64':
      return { tiny: 2 ** -1022, eps: 2 ** -52, epsneg: 2 ** -53, mantissa: 52 }
    default:
      return { tiny: 2 ** -126, eps: 2 ** -23, epsneg: 2 ** -24, mantissa: 23 }
  }
}
