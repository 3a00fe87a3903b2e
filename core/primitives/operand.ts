import { config } from '../config.ts'
import type { DType } from '../ir/dtype.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { broadcastInDim } from './movement.ts'
import { JaxTypeError } from '../errors.ts'

/** An operand of a primitive: arrays pass, a JS scalar becomes a weakly typed literal of the dtype beside it. */
export function operand(x: ArrayLike, dtype: DType): JaxArray {
  if (x instanceof JaxArray) return x
  switch (typeof x) {
    case 'number':
    case 'boolean':
    case 'bigint':
      return scalar(x, dtype, true)
    default:
      throw new JaxTypeError(`expected an array or a number, got ${describe(x)}`, {
        hint: 'Lists are not converted implicitly: wrap them with jnp.array([...]).',
      })
  }
}

/** The operands of one equation: JS scalars take the dtype of the first array among them. */
export function operands(...values: ArrayLike[]): JaxArray[] {
  const array = values.find((value) => value instanceof JaxArray)
  const dtype = array?.dtype ?? dtypeOfScalars(values)
  return values.map((value) => operand(value, dtype))
}

/**
 * A constant of the dtype of `like`: the `2.0:f32[]` that a rule multiplies by. As in JAX it is a bare number beside a
 * bare number, so that weak scalars stay weak, and strongly typed beside everything else.
 */
export function constant(like: JaxArray, value: number): JaxArray {
  return scalar(value, like.dtype, like.weakType && like.ndim === 0)
}

/** A constant of the dtype of `like` that makes what it meets strongly typed. */
export function strongConstant(like: JaxArray, value: number): JaxArray {
  return scalar(value, like.dtype)
}

/**
 * An array of the shape and dtype of `like`, and as weak unless told otherwise, filled with one value: staged as a
 * broadcast unless it is a scalar.
 */
export function fullLike(like: JaxArray, value: number, weakType = like.weakType): JaxArray {
  const fill = scalar(value, like.dtype, weakType)
  return like.ndim === 0 ? fill : broadcastInDim(fill, { shape: like.shape, broadcast_dimensions: [] })
}

/** The dtype of JS scalars that meet no array. */
export function dtypeOfScalars(values: readonly ArrayLike[]): DType {
  if (values.some((value) => typeof value === 'number')) return config.enableX64 ? 'float64' : 'float32'
  return values.some((value) => typeof value === 'bigint') ? (config.enableX64 ? 'int64' : 'int32') : 'bool'
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : typeof value
}
