import { ValueError } from '../errors.ts'
import type { DotPrecision, PrecisionName } from '../primitives/dot-general.ts'

/**
 * How exactly a product is computed on hardware that could save on it. Every target here computes in full, so
 * that it changes no number; programs carry it as JAX's do. JAX: `jax.lax.Precision`.
 *
 * @example
 * lax.dot(jnp.ones([2, 2]), jnp.ones([2, 2]), { precision: lax.Precision.HIGHEST })
 */
export const Precision = {
  DEFAULT: 'Precision.DEFAULT',
  HIGH: 'Precision.HIGH',
  HIGHEST: 'Precision.HIGHEST',
} as const satisfies Readonly<Record<string, PrecisionName>>

/** One precision for both operands, or one for each: members of `lax.Precision` or JAX's names for them. */
export type PrecisionLike = string | readonly [lhs: string, rhs: string] | null

const byName: Readonly<Record<string, PrecisionName>> = {
  'Precision.DEFAULT': Precision.DEFAULT,
  'Precision.HIGH': Precision.HIGH,
  'Precision.HIGHEST': Precision.HIGHEST,
  default: Precision.DEFAULT,
  fastest: Precision.DEFAULT,
  bfloat16: Precision.DEFAULT,
  high: Precision.HIGH,
  bfloat16_3x: Precision.HIGH,
  tensorfloat32: Precision.HIGH,
  highest: Precision.HIGHEST,
  float32: Precision.HIGHEST,
}

function named(operation: string, name: string): PrecisionName {
  if (Object.hasOwn(byName, name)) return byName[name]
  throw new ValueError(
    `${operation}: precision must be a member of lax.Precision, 'default', 'high' or 'highest', got ${JSON.stringify(name)}.`,
  )
}

/** The precision of both operands from what a user may write. */
export function precisionArgument(operation: string, precision: PrecisionLike | undefined): DotPrecision {
  if (precision === null || precision === undefined) return null
  if (typeof precision === 'string') return [named(operation, precision), named(operation, precision)]
  return [named(operation, precision[0]), named(operation, precision[1])]
}
