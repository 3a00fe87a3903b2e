import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { complexOf } from '../ir/dtype.ts'
import { complex } from '../primitives/complex.ts'
import { neg } from '../primitives/elementwise-arithmetic.ts'
import { eq, lt } from '../primitives/elementwise-comparison.ts'
import { constant } from '../primitives/operand.ts'
import { sort } from '../primitives/sort.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { checkOptions } from '../tree/options.ts'
import { staticInteger } from '../lax/arguments.ts'
import { divide, subtract } from './arithmetic.ts'
import { IndexedUpdate } from './at.ts'
import { calledAs } from './called-as.ts'
import { arange, ones, zeros } from './creation.ts'
import { slice } from './index-expression.ts'
import { getItem } from './indexing.ts'
import { eigvals } from './linalg/eigenvalues.ts'
import { diag } from './matrices.ts'
import { promoteToFloat } from './promotion.ts'
import { roll } from './rearranging.ts'
import { all } from './reductions.ts'
import { where } from './selection.ts'
import { atleast1d } from './shape.ts'
import { argmin } from './sorting.ts'

/**
 * The roots of a polynomial, given its coefficients from the highest power down: complex, even when they are
 * real. Leading zeros are left out, which needs their values; with `stripZeros: false` they stay, also inside
 * jit, and each gives a NaN at the end. JAX: `jax.numpy.roots`.
 *
 * @example
 * jnp.roots(jnp.array([1, -3, 2])) // 2 and 1
 */
export function roots(p: ArrayLike, options: { readonly stripZeros?: boolean } = {}): JaxArray {
  checkOptions('jnp.roots', options, ['stripZeros'])
  const coefficients = atleast1d(promoteToFloat('roots', p)[0])
  if (coefficients.ndim !== 1) {
    throw new ValueError(`jnp.roots takes a vector of coefficients, got shape ${formatShape(coefficients.shape)}.`)
  }
  const count = coefficients.size
  if (count < 2) return zeros(0, { dtype: complexOf(coefficients.dtype) })
  const isZero = eq(coefficients, constant(coefficients, 0))
  const leading = where(all(isZero), count, argmin(isZero))
  if (options.stripZeros === false) return calledAs('_roots_with_zeros', rootsWithZeros, coefficients, leading)
  const skipped = staticInteger('jnp.roots', 'the number of leading zeros', leading)
  return calledAs('_roots_no_zeros', rootsWithoutZeros, getItem(coefficients, [slice(skipped, null)]))
}

/** The eigenvalues of the companion matrix. */
function rootsWithoutZeros(p: JaxArray): JaxArray {
  if (p.size < 2) return zeros(0, { dtype: complexOf(p.dtype) })
  const shifted = diag(ones(p.size - 2, { dtype: p.dtype }), -1)
  const row = divide(neg(getItem(p, [slice(1, null)])), getItem(p, [0]))
  return eigvals(new IndexedUpdate(shifted, [0, slice(null)]).set(row))
}

function rootsWithZeros(p: JaxArray, leading: JaxArray): JaxArray {
  const safe = where(eq(leading, constant(leading, p.size)), 1, p)
  const found = rootsWithoutZeros(roll(safe, neg(leading)))
  const isZero = eq(found, constant(found, 0))
  const [, sorted] = sort([isZero, found], { dimension: 0, num_keys: 1, is_stable: true })
  const place = arange(sorted.size)
  const missing = complex(constant(p, NaN), constant(p, NaN))
  return where(lt(place, subtract(constant(leading, sorted.size), leading)), sorted, missing)
}
