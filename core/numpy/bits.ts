import { JaxTypeError } from '../errors.ts'
import { canonicalAxis } from '../lax/arguments.ts'
import { abs } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, populationCount, shiftLeft, shiftRightLogical } from '../primitives/elementwise-bitwise.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { iota } from '../primitives/iota.ts'
import { broadcastInDim, reshape } from '../primitives/movement.ts'
import { moveAxis } from '../primitives/batch-axis.ts'
import { constant, fullLike } from '../primitives/operand.ts'
import { pad } from '../primitives/slicing.ts'
import { isInteger, kindOf } from '../ir/dtype.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { checkOptions } from '../tree/options.ts'
import { slice } from './index-expression.ts'
import { getItem } from './indexing.ts'
import { asArray } from './promotion.ts'
import { sum } from './reductions.ts'
import { ravel } from './shape.ts'
import { truth } from './truth.ts'

/** Which way and along which axis bits are packed. */
export interface BitOptions {
  readonly axis?: number | null
  readonly bitorder?: 'big' | 'little'
}

/** The axis that is packed, moved to the end of the array that is worked on. */
function lines(name: string, x: JaxArray, axis: number | null | undefined): { lines: JaxArray; axis: number } {
  if (axis === null || axis === undefined) return { lines: ravel(x), axis: 0 }
  const place = canonicalAxis(name, axis, x.ndim)
  return { lines: moveAxis(x, place, x.ndim - 1), axis: place }
}

/** The value of each of eight bits: how far it is shifted. */
function shifts(like: JaxArray, bitorder: 'big' | 'little'): JaxArray {
  const counted = iota({ dtype: 'uint8', shape: [8], dimension: 0 })
  const places = bitorder === 'big' ? getItem(counted, [slice(null, null, -1)]) : counted
  return broadcastInDim(places, { shape: like.shape, broadcast_dimensions: [like.ndim - 1] })
}

/**
 * Eight truth values to a byte, filled up with zeros at the end.
 *
 * @example
 * jnp.packbits(jnp.array([true, false, true])).tolist() // [160]
 */
export function packbits(x: ArrayLike, options: BitOptions = {}): JaxArray {
  checkOptions('jnp.packbits', options, ['axis', 'bitorder'])
  const given = asArray('packbits', x)
  if (given.dtype !== 'bool' && !isInteger(given.dtype)) {
    throw new JaxTypeError(`jnp.packbits takes integers or booleans, got ${given.dtype}.`)
  }
  const { lines: bits, axis } = lines('packbits', truth(given), options.axis)
  const bytes = convertElementType(bits, 'uint8')
  const last = bytes.ndim - 1
  const missing = -bytes.shape[last] & 7
  const padded = pad(bytes, constant(bytes, 0), {
    padding_config: bytes.shape.map((_, i) => [0, i === last ? missing : 0, 0] as const),
  })
  const groups = reshape(padded, { new_sizes: [...padded.shape.slice(0, last), padded.shape[last] / 8, 8] })
  const shifted = shiftLeft(groups, shifts(groups, options.bitorder ?? 'big'))
  return moveAxis(sum(shifted, { axis: -1, dtype: 'uint8' }), last, axis)
}

/** What `unpackbits` may be told. */
export interface UnpackOptions extends BitOptions {
  /** How many bits to keep; a negative count leaves that many out at the end. */
  readonly count?: number | null
}

/**
 * The bits of each byte, the highest first unless told.
 *
 * @example
 * jnp.unpackbits(jnp.array([5], { dtype: 'uint8' })).tolist() // [0, 0, 0, 0, 0, 1, 0, 1]
 */
export function unpackbits(x: ArrayLike, options: UnpackOptions = {}): JaxArray {
  checkOptions('jnp.unpackbits', options, ['axis', 'bitorder', 'count'])
  const given = asArray('unpackbits', x)
  if (given.dtype !== 'uint8') throw new JaxTypeError(`jnp.unpackbits takes uint8, got ${given.dtype}.`)
  const { lines: bytes, axis } = lines('unpackbits', given, options.axis)
  const last = bytes.ndim - 1
  const shape = [...bytes.shape, 8]
  const spread = broadcastInDim(bytes, { shape, broadcast_dimensions: bytes.shape.map((_, i) => i) })
  const bits = bitwiseAnd(shiftRightLogical(spread, shifts(spread, options.bitorder ?? 'big')), fullLike(spread, 1))
  const flat = reshape(bits, { new_sizes: [...bytes.shape.slice(0, last), bytes.shape[last] * 8] })
  const kept = typeof options.count === 'number' ? getItem(flat, ['...', slice(options.count)]) : flat
  return moveAxis(kept, last, axis)
}

/**
 * How many bits of each integer, of its magnitude if it is signed, are 1.
 *
 * @example
 * jnp.bitwiseCount(jnp.array([7, -1], { dtype: 'int32' })).tolist() // [3, 1]
 */
export function bitwiseCount(x: ArrayLike): JaxArray {
  const value = asArray('bitwiseCount', x)
  if (!isInteger(value.dtype)) throw new JaxTypeError(`jnp.bitwiseCount takes integers, got ${value.dtype}.`)
  const magnitude = kindOf(value.dtype) === 'int' ? abs(value) : value
  return convertElementType(populationCount(magnitude), 'uint8')
}
