import { ValueError } from '../../errors.ts'
import { lgamma } from '../../lax/elementwise.ts'
import * as jnp from '../../numpy/index.ts'
import { slice } from '../../numpy/index-expression.ts'
import { defaultFloatDType } from '../../numpy/promotion.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import type { DType } from '../../ir/dtype.ts'
import { comb } from '../special.ts'

function column(values: JaxArray): JaxArray {
  return values.slice(slice(null), null)
}

function row(values: JaxArray): JaxArray {
  return values.slice(null, slice(null))
}

/** Floats from 0 to n - 1. */
function places(n: number): JaxArray {
  return jnp.arange(n, { dtype: defaultFloatDType() })
}

/**
 * The matrix with entries 1 / (i + j + 1), badly conditioned. JAX: `jax.scipy.linalg.hilbert`.
 *
 * @example
 * scipy.linalg.hilbert(2).tolist() // [[1, 0.5], [0.5, 0.333…]]
 */
export function hilbert(n: number): JaxArray {
  const place = places(n)
  return jnp.divide(1, column(place).add(row(place)).add(1))
}

/**
 * The inverse of the Hilbert matrix, whose entries are whole numbers. JAX: `jax.scipy.linalg.invhilbert`.
 *
 * @example
 * scipy.linalg.invhilbert(2).tolist() // [[4, -6], [-6, 12]]
 */
export function invhilbert(n: number): JaxArray {
  const [i, j] = [column(places(n)), row(places(n))]
  const sum = i.add(j)
  const choose = (from: ArrayLike, picked: ArrayLike): JaxArray => comb(from, picked)
  return jnp
    .power(-1, sum)
    .mul(sum.add(1))
    .mul(choose(i.add(n), jnp.subtract(n - 1, j)))
    .mul(choose(j.add(n), jnp.subtract(n - 1, i)))
    .mul(choose(sum, i).pow(2))
}

type PascalKind = 'symmetric' | 'lower' | 'upper'

function kindOf(name: string, kind: PascalKind | null | { readonly kind?: PascalKind | null }): PascalKind {
  const given = (typeof kind === 'object' && kind !== null ? kind.kind : kind) ?? 'symmetric'
  if (['symmetric', 'lower', 'upper'].includes(given)) return given
  throw new ValueError(`scipy.linalg.${name}: the kind is 'symmetric', 'lower' or 'upper', got '${given}'.`)
}

function binomial(n: JaxArray, k: JaxArray): JaxArray {
  return jnp.exp(
    lgamma(n.add(1))
      .sub(lgamma(n.sub(k).add(1)))
      .sub(lgamma(k.add(1))),
  )
}

/**
 * Binomial coefficients: the lower triangle holds Pascal's triangle, the symmetric matrix is its product
 * with its transpose. JAX: `jax.scipy.linalg.pascal`.
 *
 * @example
 * scipy.linalg.pascal(3, 'lower').round().tolist() // [[1, 0, 0], [1, 1, 0], [1, 2, 1]]
 */
export function pascal(n: number, kind: PascalKind | null | { readonly kind?: PascalKind | null } = null): JaxArray {
  const shape = kindOf('pascal', kind)
  const place = jnp.arange(n, { dtype: 'float32' })
  const lower = binomial(column(place), row(place))
  if (shape === 'lower') return lower
  return shape === 'upper' ? lower.T : jnp.dot(lower, lower.T)
}

/**
 * The inverse of Pascal's matrix. JAX: `jax.scipy.linalg.invpascal`.
 *
 * @example
 * scipy.linalg.invpascal(2).round().tolist() // [[2, -1], [-1, 1]]
 */
export function invpascal(n: number, kind: PascalKind | null | { readonly kind?: PascalKind | null } = null): JaxArray {
  const shape = kindOf('invpascal', kind)
  const [i, j] = [column(places(n)), row(places(n))]
  const lower = jnp.power(-1, i.sub(j)).mul(binomial(i, j))
  if (shape === 'lower') return lower
  return shape === 'upper' ? lower.T : jnp.dot(lower.T, lower)
}

/**
 * Orthonormal rows of which each compares one entry with the mean of those before it; with `full` the mean
 * itself comes first. JAX: `jax.scipy.linalg.helmert`.
 *
 * @example
 * scipy.linalg.helmert(2).tolist() // [[0.7071, -0.7071]]
 */
export function helmert(n: number, full: boolean | { readonly full?: boolean } = false): JaxArray {
  if (!Number.isInteger(n) || n < 1)
    throw new ValueError(`scipy.linalg.helmert: n must be a positive integer, got ${n}.`)
  const i = column(jnp.arange(n - 1))
  const j = row(jnp.arange(n))
  const k = i.add(1)
  const count = k.astype(defaultFloatDType())
  const scale = jnp.sqrt(count.mul(count.add(1)))
  const rows = jnp.where(
    jnp.lessEqual(j, i),
    jnp.divide(1, scale),
    jnp.where(jnp.equal(j, k), count.neg().div(scale), jnp.zerosLike(scale)),
  )
  if (!(typeof full === 'boolean' ? full : (full.full ?? false))) return rows
  return jnp.concatenate([jnp.full([1, n], jnp.divide(1, jnp.sqrt(n)), { dtype: rows.dtype }), rows], 0)
}

/**
 * A matrix of 1 and -1 with orthogonal columns; `n` is a power of 2. JAX: `jax.scipy.linalg.hadamard`.
 *
 * @example
 * scipy.linalg.hadamard(2).tolist() // [[1, 1], [1, -1]]
 */
export function hadamard(n: number, dtype: DType | { readonly dtype?: DType } = 'int32'): JaxArray {
  const doublings = Math.log2(n)
  if (!Number.isInteger(doublings) || n < 1) {
    throw new ValueError(`scipy.linalg.hadamard: n must be a positive power of 2, got ${n}.`)
  }
  let matrix = jnp.ones([1, 1], { dtype: typeof dtype === 'string' ? dtype : (dtype.dtype ?? 'int32') })
  for (let i = 0; i < doublings; i++) {
    matrix = jnp.block([
      [matrix, matrix],
      [matrix, matrix.neg()],
    ])
  }
  return matrix
}
