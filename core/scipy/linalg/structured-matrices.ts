import { ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import * as jnp from '../../numpy/index.ts'
import { slice } from '../../numpy/index-expression.ts'
import { asArray, promoteToFloat, promoteValues } from '../../numpy/promotion.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * Matrices along the diagonal of a larger one, zeros elsewhere. JAX: `jax.scipy.linalg.block_diag`.
 *
 * @example
 * scipy.linalg.blockDiag(jnp.ones([1, 1]), jnp.ones([1, 2])).tolist() // [[1, 0, 0], [0, 1, 1]]
 */
export function blockDiag(...arrays: ArrayLike[]): JaxArray {
  const blocks = arrays.length === 0 ? [jnp.zeros([1, 0])] : promoteValues(arrays)
  const tooDeep = blocks.findIndex((block) => block.ndim > 2)
  if (tooDeep >= 0) {
    throw new ValueError(
      `scipy.linalg.blockDiag takes arrays of at most 2 axes, got shape ${formatShape(blocks[tooDeep].shape)} at position ${tooDeep}.`,
    )
  }
  const matrices = blocks.map((block) => jnp.atleast2d(block))
  const columns = matrices.reduce((count, matrix) => count + matrix.shape[1], 0)
  let before = 0
  const padded = matrices.map((matrix) => {
    const start = before
    before += matrix.shape[1]
    return jnp.pad(matrix, [
      [0, 0],
      [start, columns - before],
    ])
  })
  return jnp.concatenate(padded, 0)
}

/** The entry of a vector for every place of a matrix: its place counted from the first row and column. */
function lookUp(values: JaxArray, rows: number, columns: number, step: 1 | -1, start: number): JaxArray {
  const row = jnp.arange(rows).slice(slice(null), null)
  const column = jnp.arange(columns).slice(null, slice(null))
  return values.slice(column.add(row.mul(step)).add(start))
}

const toeplitzOf = jnp.vectorize(
  (c: JaxArray, r: JaxArray) => {
    const [rows, columns] = [c.size, r.size]
    const elements = jnp.concatenate([c.slice(slice(null, null, -1)), r.slice(slice(1, null))])
    if (rows === 0 || columns === 0) return jnp.zeros([rows, columns], { dtype: elements.dtype })
    return lookUp(elements, rows, columns, -1, rows - 1)
  },
  { signature: '(m),(n)->(m,n)' },
)

/**
 * The matrix that is constant along its diagonals, from its first column and its first row; without a row,
 * symmetric. JAX: `jax.scipy.linalg.toeplitz`.
 *
 * @example
 * scipy.linalg.toeplitz(jnp.array([1, 2]), jnp.array([1, 3])).tolist() // [[1, 3], [2, 1]]
 */
export function toeplitz(c: ArrayLike, r: ArrayLike | null = null): JaxArray {
  const column = jnp.atleast1d(asArray('linalg.toeplitz', c))
  return toeplitzOf(column, r === null ? jnp.conj(column) : jnp.atleast1d(asArray('linalg.toeplitz', r)))
}

const hankelOf = jnp.vectorize(
  (c: JaxArray, r: JaxArray) => {
    const [rows, columns] = [c.size, r.size]
    const elements = jnp.concatenate([c, r.slice(slice(1, null))])
    if (rows === 0 || columns === 0) return jnp.zeros([rows, columns], { dtype: elements.dtype })
    return lookUp(elements, rows, columns, 1, 0)
  },
  { signature: '(m),(n)->(m,n)' },
)

/**
 * The matrix that is constant along its antidiagonals, from its first column and its last row, of which the
 * first entry is not read; without a row, zeros. JAX: `jax.scipy.linalg.hankel`.
 *
 * @example
 * scipy.linalg.hankel(jnp.array([1, 2])).tolist() // [[1, 2], [2, 0]]
 */
export function hankel(c: ArrayLike, r: ArrayLike | null = null): JaxArray {
  const column = asArray('linalg.hankel', c)
  const row = r === null ? jnp.zerosLike(column) : asArray('linalg.hankel', r)
  if (column.ndim === 0 || row.ndim === 0) {
    throw new ValueError('scipy.linalg.hankel: c and r must have at least one axis, got a scalar.')
  }
  return hankelOf(column, row)
}

const circulantOf = jnp.vectorize(
  (c: JaxArray) => {
    const place = jnp.arange(c.size)
    const offset = place.slice(slice(null), null).sub(place.slice(null, slice(null)))
    return c.slice(offset.mod(c.size))
  },
  { signature: '(n)->(n,n)' },
)

/**
 * The matrix whose columns are one vector turned on by one place each. JAX: `jax.scipy.linalg.circulant`.
 *
 * @example
 * scipy.linalg.circulant(jnp.array([1, 2, 3])).tolist() // [[1, 3, 2], [2, 1, 3], [3, 2, 1]]
 */
export function circulant(c: ArrayLike): JaxArray {
  return circulantOf(jnp.atleast1d(asArray('linalg.circulant', c)))
}

const leslieOf = jnp.vectorize(
  (f: JaxArray, s: JaxArray) => {
    const [births, survivals] = promoteValues([f, s])
    return jnp.diag(survivals, -1).at(0).set(births)
  },
  { signature: '(n),(m)->(n,n)' },
)

/**
 * The matrix of a population's growth: births in the first row, survival below the diagonal.
 * JAX: `jax.scipy.linalg.leslie`.
 *
 * @example
 * scipy.linalg.leslie(jnp.array([1, 2]), jnp.array([0.5])).tolist() // [[1, 2], [0.5, 0]]
 */
export function leslie(f: ArrayLike, s: ArrayLike): JaxArray {
  const births = jnp.atleast1d(asArray('linalg.leslie', f))
  const survivals = jnp.atleast1d(asArray('linalg.leslie', s))
  const n = births.shape[births.ndim - 1]
  if (n < 2 || survivals.shape[survivals.ndim - 1] !== n - 1) {
    throw new ValueError(
      `scipy.linalg.leslie: f must have at least 2 entries and s one less than f, got shapes ${formatShape(births.shape)} and ${formatShape(survivals.shape)}.`,
    )
  }
  return leslieOf(births, survivals)
}

const companionOf = jnp.vectorize(
  (a: JaxArray) => {
    const first = a.slice(slice(1, null)).neg().div(a.slice(0))
    return jnp
      .eye(a.size - 1, a.size - 1, { k: -1, dtype: first.dtype })
      .at(0)
      .set(first)
  },
  { signature: '(n)->(m,m)' },
)

/**
 * The matrix whose eigenvalues are the roots of a polynomial, given by its coefficients from the highest
 * power down. JAX: `jax.scipy.linalg.companion`.
 *
 * @example
 * scipy.linalg.companion(jnp.array([1, -3, 2])).tolist() // [[3, -2], [1, 0]]
 */
export function companion(a: ArrayLike): JaxArray {
  const coefficients = jnp.atleast1d(promoteToFloat('linalg.companion', a)[0])
  if (coefficients.shape[coefficients.ndim - 1] < 2) {
    throw new ValueError(
      `scipy.linalg.companion takes at least 2 coefficients, got shape ${formatShape(coefficients.shape)}.`,
    )
  }
  return companionOf(coefficients)
}

/**
 * The distances between the entries of a vector. JAX: `jax.scipy.linalg.fiedler`.
 *
 * @example
 * scipy.linalg.fiedler(jnp.array([1, 4])).tolist() // [[0, 3], [3, 0]]
 */
export function fiedler(a: ArrayLike): JaxArray {
  const values = jnp.atleast1d(asArray('linalg.fiedler', a))
  return jnp.abs(values.slice('...', null).sub(values.slice('...', null, slice(null))))
}

const fiedlerCompanionOf = jnp.vectorize(
  (coefficients: JaxArray) => {
    const n = coefficients.size - 1
    if (n === 0) return jnp.zeros([0, 0], { dtype: coefficients.dtype })
    const a = coefficients.div(coefficients.slice(0))
    if (n === 1) return a.slice(slice(1, null)).neg().reshape(1, 1)
    const i = jnp.arange(n).slice(slice(null), null)
    const j = jnp.arange(n).slice(null, slice(null))
    const isOdd = jnp.equal(i.mod(2), 1)
    const isEven = jnp.logicalNot(isOdd)
    const above = a.slice(jnp.minimum(i.add(2), n)).neg()
    const below = a.slice(jnp.minimum(i.add(1), n)).neg()
    const one = jnp.array(1, { dtype: a.dtype })
    const both = (x: JaxArray, y: JaxArray): JaxArray => jnp.logicalAnd(x, y)
    return jnp.select(
      [
        both(jnp.equal(i, 0), jnp.equal(j, 0)),
        both(jnp.equal(i, 1), jnp.equal(j, 0)),
        both(jnp.equal(j, i.add(1)), isEven),
        both(jnp.equal(j, i.add(2)), isEven),
        both(both(jnp.equal(j, i.sub(1)), isEven), jnp.greaterEqual(i, 2)),
        both(both(jnp.equal(j, i.sub(2)), isOdd), jnp.greaterEqual(i, 3)),
      ],
      [a.slice(1).neg(), one, above, one, below, one],
      jnp.array(0, { dtype: a.dtype }),
    )
  },
  { signature: '(n)->(m,m)' },
)

/**
 * A companion matrix of a polynomial with entries only near the diagonal. JAX: `jax.scipy.linalg.fiedler_companion`.
 *
 * @example
 * scipy.linalg.fiedlerCompanion(jnp.array([1, -3, 2])).tolist() // [[3, -2], [1, 0]]
 */
export function fiedlerCompanion(a: ArrayLike): JaxArray {
  const coefficients = jnp.atleast1d(promoteToFloat('linalg.fiedlerCompanion', a)[0])
  if (coefficients.shape[coefficients.ndim - 1] === 0) {
    throw new ValueError('scipy.linalg.fiedlerCompanion takes at least 1 coefficient, got none.')
  }
  return fiedlerCompanionOf(coefficients)
}

type ConvolutionMode = 'full' | 'valid' | 'same'

/**
 * The matrix by which a vector of `n` entries is multiplied to convolve it with `a`.
 * JAX: `jax.scipy.linalg.convolution_matrix`.
 *
 * @example
 * scipy.linalg.convolutionMatrix(jnp.array([1, 2]), 2).tolist() // [[1, 0], [2, 1], [0, 2]]
 */
export function convolutionMatrix(
  a: ArrayLike,
  n: number,
  mode: ConvolutionMode | { readonly mode?: ConvolutionMode } = 'full',
): JaxArray {
  const kind = typeof mode === 'string' ? mode : (mode.mode ?? 'full')
  const values = asArray('linalg.convolutionMatrix', a)
  const m = values.shape[values.ndim - 1] ?? 0
  if (!Number.isInteger(n) || n <= 0 || values.ndim === 0 || m < 1) {
    throw new ValueError(
      `scipy.linalg.convolutionMatrix takes at least one entry and a positive n, got shape ${formatShape(values.shape)} and n ${n}.`,
    )
  }
  const [top, bottom] = trimmed(kind, Math.min(n, m) - 1)
  const widths = values.shape.map((_, axis): [number, number] => [0, axis === values.ndim - 1 ? n - 1 : 0])
  const column = jnp.pad(values, widths)
  const row = jnp.pad(jnp.flip(values, -1), widths)
  const total = m + n - 1
  return toeplitz(
    column.slice('...', slice(top, total - bottom)),
    row.slice('...', slice(total - n - top, total - top)),
  )
}

/** How many rows of the full matrix are left out above and below. */
function trimmed(mode: ConvolutionMode, most: number): [top: number, bottom: number] {
  switch (mode) {
    case 'full':
      return [0, 0]
    case 'valid':
      return [most, most]
    case 'same':
      return [Math.floor(most / 2), most - Math.floor(most / 2)]
    default:
      throw new ValueError(
        `scipy.linalg.convolutionMatrix: the mode is 'full', 'valid' or 'same', got '${String(mode)}'.`,
      )
  }
}
