/**
 * What can be asked about dtypes. JAX: `jax.dtypes`.
 *
 * @example
 * dtypes.canonicalizeDtype('int64') // 'int32' unless enableX64 is on
 */
import { config } from '../config.ts'
import { type DType, bitWidth } from '../ir/dtype.ts'
import { type DTypeLike, requestedDType } from '../numpy/creation.ts'
import { JaxTypeError } from '../errors.ts'

export { finfo, iinfo, issubdtype, promoteTypes, resultType } from '../numpy/types.ts'
export { bfloat16 } from '../numpy/creation.ts'

/**
 * The dtype of tangents and cotangents of integers, booleans and keys, which have no numbers. JAX: `dtypes.float0`.
 *
 * @example
 * jvp((x, n) => x.mul(n), [2, jnp.int32(3)], [1, jnp.zeros([], dtypes.float0)]) // [6, 3]
 */
export const float0 = 'float0'

/** What 64-bit dtypes become where only 32 bits are enabled. */
const narrow: Readonly<Partial<Record<string, DType>>> = {
  int64: 'int32',
  uint64: 'uint32',
  float64: 'float32',
  complex128: 'complex64',
}

/**
 * The dtype that a request gives under the current settings, without the warning that an array would give.
 *
 * @example
 * dtypes.canonicalizeDtype('float64') // 'float32' unless enableX64 is on
 */
export function canonicalizeDtype(dtype: DTypeLike): DType {
  const name = typeof dtype === 'string' ? dtype : dtype.dtype
  const narrowed = config.enableX64 ? undefined : narrow[name]
  return narrowed ?? named('dtypes.canonicalizeDtype', name)
}

/**
 * Bits that one value takes.
 *
 * @example
 * dtypes.itemsizeBits('complex64') // 64
 */
export function itemsizeBits(dtype: DTypeLike): number {
  return bitWidth(named('dtypes.itemsizeBits', dtype))
}

function named(operation: string, dtype: DTypeLike): DType {
  const found = requestedDType(operation, { dtype })
  if (found === null) throw new JaxTypeError(`${operation}: a dtype is needed.`)
  return found
}
