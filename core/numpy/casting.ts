import { JaxTypeError, ValueError } from '../errors.ts'
import { type DType, bitWidth, isComplex, isDType, isInteger, kindOf, realPartOf } from '../ir/dtype.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { DTypeLike } from './creation.ts'

/** Which conversions `canCast` takes for allowed, from none to all. */
export type Casting = 'no' | 'equiv' | 'safe' | 'same_kind' | 'unsafe'

function named(dtype: DTypeLike): DType {
  const name = typeof dtype === 'string' ? dtype : dtype.dtype
  if (isDType(name)) return name
  throw new JaxTypeError(`jnp.canCast: '${name}' is not a dtype.`)
}

/** Bits in which a float dtype holds whole numbers exactly. */
function exactBits(dtype: DType): number {
  switch (realPartOf(dtype)) {
    case 'bfloat16':
      return 8
    case 'float16':
      return 11
    case 'float32':
      return 24
    default:
      return 53
  }
}

/** Whether every value survives, as NumPy has it: to it float64 holds integers of 64 bits as well. */
function keepsValues(from: DType, to: DType): boolean {
  if (from === to || from === 'bool') return true
  if (to === 'bool') return false
  if (isInteger(from)) {
    const bits = bitWidth(from) - (kindOf(from) === 'int' ? 1 : 0)
    if (!isInteger(to)) return realPartOf(to) === 'float64' || bits <= exactBits(to)
    return kindOf(to) === 'uint' ? kindOf(from) === 'uint' && bits <= bitWidth(to) : bits <= bitWidth(to) - 1
  }
  if (isInteger(to) || (isComplex(from) && !isComplex(to))) return false
  return bitWidth(realPartOf(from)) < bitWidth(realPartOf(to)) || realPartOf(from) === realPartOf(to)
}

const orderOfKinds = ['bool', 'uint', 'int', 'float', 'complex']

/** Whether the kind survives. NumPy knows bfloat16 from outside: all come to it, and it goes where it fits. */
function keepsKind(from: DType, to: DType): boolean {
  if (to === 'bfloat16' || from === 'bfloat16') return to === 'bfloat16' || keepsValues(from, to)
  return orderOfKinds.indexOf(kindOf(from)) <= orderOfKinds.indexOf(kindOf(to))
}

/**
 * Whether values of one dtype may be converted to another. JAX: `jax.numpy.can_cast`, which is NumPy's.
 *
 * @example
 * jnp.canCast('int16', 'float32') // true
 * jnp.canCast('int32', 'float32') // false
 */
export function canCast(from: DTypeLike | JaxArray, to: DTypeLike, casting: Casting = 'safe'): boolean {
  if (typeof from === 'number' || typeof from === 'boolean' || typeof from === 'bigint') {
    throw new JaxTypeError('jnp.canCast takes an array or a dtype, not a bare number.')
  }
  const [own, wanted] = [named(from), named(to)]
  switch (casting) {
    case 'no':
    case 'equiv':
      return own === wanted
    case 'safe':
      return keepsValues(own, wanted)
    case 'same_kind':
      return keepsKind(own, wanted)
    case 'unsafe':
      return true
    default:
      throw new ValueError(`jnp.canCast: casting is no, equiv, safe, same_kind or unsafe, got '${String(casting)}'.`)
  }
}
