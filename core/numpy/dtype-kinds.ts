import { JaxTypeError } from '../errors.ts'
import { isFloat, kindOf } from '../ir/dtype.ts'
import { type DTypeLike, requestedDType } from './creation.ts'

/** Kinds of dtypes, as the array standard names them. */
export type DTypeKind =
  'bool' | 'signed integer' | 'unsigned integer' | 'integral' | 'real floating' | 'complex floating' | 'numeric'

/**
 * Whether a dtype is of a kind, or of one of several.
 *
 * @example
 * jnp.isdtype('float32', 'real floating') // true
 */
export function isdtype(dtype: DTypeLike, kind: DTypeKind | DTypeLike | readonly (DTypeKind | DTypeLike)[]): boolean {
  const own = requestedDType('isdtype', { dtype })
  if (own === null) throw new JaxTypeError('jnp.isdtype: a dtype is needed.')
  const family = kindOf(own)
  return [kind].flat().some((wanted) => {
    switch (wanted) {
      case 'bool':
        return family === 'bool'
      case 'signed integer':
        return family === 'int'
      case 'unsigned integer':
        return family === 'uint'
      case 'integral':
        return family === 'int' || family === 'uint'
      case 'real floating':
        return isFloat(own)
      case 'complex floating':
        return own.startsWith('complex')
      case 'numeric':
        return family !== 'bool' && family !== 'key' && family !== 'void'
      default:
        return own === requestedDType('isdtype', { dtype: wanted })
    }
  })
}
