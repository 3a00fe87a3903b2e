import { JaxTypeError, ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import * as lax from '../../lax/linalg.ts'
import * as jnp from '../../numpy/index.ts'
import { slice } from '../../numpy/index-expression.ts'
import { matrixArgument } from '../../numpy/linalg/solve.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { geqp3Primitive, geqrfPrimitive } from '../../primitives/factorisations.ts'
import { bind } from '../../tracing/trace.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * The upper triangular R of a symmetric positive definite A = Rᵀ R, or with `lower` the lower one of A = L Lᵀ.
 *
 * @example
 * scipy.linalg.cholesky(jnp.array([[4, 2], [2, 5]])).tolist() // [[2, 1], [0, 2]]
 */
export function cholesky(a: ArrayLike, { lower = false }: { readonly lower?: boolean } = {}): JaxArray {
  return jnp.linalg.cholesky(a, { upper: !lower })
}

/**
 * Cholesky's factor and which triangle it is, for `choSolve`. JAX: `jax.scipy.linalg.cho_factor`.
 *
 * @example
 * const factors = scipy.linalg.choFactor(jnp.array([[4, 2], [2, 5]]))
 */
export function choFactor(
  a: ArrayLike,
  { lower = false }: { readonly lower?: boolean } = {},
): [c: JaxArray, lower: boolean] {
  return [cholesky(a, { lower }), lower]
}

/**
 * L and U packed into one matrix, and the row that each row was exchanged with.
 *
 * @example
 * const [lu, pivots] = scipy.linalg.luFactor(jnp.array([[1, 2], [3, 4]]))
 */
export function luFactor(a: ArrayLike): [lu: JaxArray, pivots: JaxArray] {
  const [factors, pivots] = lax.lu(matrixArgument('luFactor', a, false))
  return [factors, pivots]
}

/**
 * P, L and U of A = P L U; with `permuteL`, P L and U. JAX: `jax.scipy.linalg.lu`.
 *
 * @example
 * const [p, l, u] = scipy.linalg.lu(jnp.array([[1, 2], [3, 4]]))
 */
export function lu(a: ArrayLike, options: boolean | { readonly permuteL?: boolean } = {}): JaxArray[] {
  const permuteL = typeof options === 'boolean' ? options : (options.permuteL ?? false)
  const matrix = matrixArgument('lu', a, false)
  if (matrix.ndim !== 2) {
    throw new ValueError(`scipy.linalg.lu takes one matrix, got shape ${formatShape(matrix.shape)}.`)
  }
  const [rows, columns] = matrix.shape
  const least = Math.min(rows, columns)
  const [factors, , permutation] = lax.lu(matrix)
  const { dtype } = matrix
  const place = jnp.arange(rows, { dtype: permutation.dtype })
  const p = jnp.equal(permutation.slice(null, slice(null)), place.slice(slice(null), null)).astype(dtype)
  const l = jnp
    .tril(factors, -1)
    .slice(slice(null), slice(null, least))
    .add(jnp.eye(rows, least, { dtype }))
  const u = jnp.triu(factors).slice(slice(null, least), slice(null))
  return permuteL ? [jnp.matmul(p, l), u] : [p, l, u]
}

/** How much of Q is computed, and whether columns are exchanged so that R's diagonal falls. */
export interface QrOptions {
  readonly mode?: 'full' | 'economic' | 'r'
  readonly pivoting?: boolean
}

/**
 * Q and R of A = QR, with a square Q unless the mode is 'economic'; mode 'r' gives R alone, in a list. With
 * `pivoting` the order of the columns comes last.
 *
 * @example
 * scipy.linalg.qr(jnp.ones([3, 2]))[0].shape // [3, 3]
 */
export function qr(a: ArrayLike, { mode = 'full', pivoting = false }: QrOptions = {}): JaxArray[] {
  if (!['full', 'economic', 'r'].includes(mode)) {
    throw new ValueError(`scipy.linalg.qr: the mode is 'full', 'economic' or 'r', got '${mode}'.`)
  }
  const matrix = matrixArgument('qr', a, false)
  const fullMatrices = mode !== 'economic'
  const factors = pivoting ? lax.qr(matrix, { fullMatrices, pivoting }) : lax.qr(matrix, { fullMatrices })
  return mode === 'r' ? factors.slice(1) : factors
}

/** On which side of Q the matrix stands. */
export interface QrMultiplyOptions {
  readonly mode?: 'left' | 'right'
  readonly pivoting?: boolean
  readonly conjugate?: boolean
}

/**
 * The product of Q of A = QR with a matrix, without forming Q, and R: `c Q` by mode 'right', `Q c` by
 * 'left'. JAX: `jax.scipy.linalg.qr_multiply`.
 *
 * @example
 * const [product, r] = scipy.linalg.qrMultiply(jnp.eye(2), jnp.ones([3, 2]))
 */
export function qrMultiply(a: ArrayLike, c: ArrayLike, options: QrMultiplyOptions = {}): JaxArray[] {
  const { mode = 'right', pivoting = false, conjugate = false } = options
  if (!['left', 'right'].includes(mode)) {
    throw new ValueError(`scipy.linalg.qrMultiply: the mode is 'right' or 'left', got '${mode}'.`)
  }
  const matrix = matrixArgument('qrMultiply', a, false)
  const given = promoteToFloat('linalg.qrMultiply', c)[0].astype(matrix.dtype)
  const isVector = given.ndim === 1
  const right = isVector ? (mode === 'left' ? given.slice(slice(null), null) : given.slice(null, slice(null))) : given
  const [m, n] = matrix.shape.slice(-2)
  const k = Math.min(m, n)
  const fits = mode === 'left' ? right.shape[right.ndim - 2] === k : right.shape[right.ndim - 1] === m
  if (!fits) {
    throw new ValueError(
      `scipy.linalg.qrMultiply: Q of a matrix of shape ${formatShape(matrix.shape)} does not fit ${formatShape(right.shape)}.`,
    )
  }
  const stack = jnp.broadcastShapes(matrix.shape.slice(0, -2), right.shape.slice(0, -2))
  const spread = jnp.broadcastTo(matrix, [...stack, m, n])
  const { packed, taus, order } = reflections(spread, pivoting)
  let factor = jnp.broadcastTo(right, [...stack, ...right.shape.slice(-2)])
  if (m > n && mode === 'left') {
    const missing = jnp.zeros([...stack, m - k, factor.shape[factor.ndim - 1]], { dtype: factor.dtype })
    factor = jnp.concatenate([factor, missing], -2)
  }
  if (conjugate) factor = factor.mT
  let product = lax.ormqr(packed, taus, factor, { left: (mode === 'left') !== conjugate, transpose: conjugate })
  if (conjugate) product = product.mT
  if (mode === 'right') product = product.slice('...', slice(null, k))
  const r = jnp.triu(packed.slice('...', slice(null, k), slice(null)))
  return [isVector ? product.ravel() : product, r, ...order]
}

function reflections(matrix: JaxArray, pivoting: boolean): { packed: JaxArray; taus: JaxArray; order: JaxArray[] } {
  if (!pivoting) {
    const [packed, taus] = bind(geqrfPrimitive, [matrix], {})
    return { packed, taus, order: [] }
  }
  const free = jnp.zeros([...matrix.shape.slice(0, -2), matrix.shape[matrix.ndim - 1]], { dtype: 'int32' })
  const [packed, order, taus] = bind(geqp3Primitive, [matrix, free], { use_magma: null })
  return { packed, taus, order: [order.sub(1)] }
}

/** Whether the singular vectors are computed, and all of them. */
export interface SvdOptions {
  readonly fullMatrices?: boolean
  readonly computeUv?: boolean
}

/**
 * U, the singular values in falling order, and Vᵀ of A = U S Vᵀ; without `computeUv` the values alone.
 * JAX: `jax.scipy.linalg.svd`.
 *
 * @example
 * scipy.linalg.svd(jnp.array([[3, 0], [0, 4]]), { computeUv: false }).tolist() // [4, 3]
 */
export function svd(a: ArrayLike, options: SvdOptions & { readonly computeUv: false }): JaxArray
export function svd(
  a: ArrayLike,
  options?: SvdOptions & { readonly computeUv?: true },
): [u: JaxArray, s: JaxArray, vt: JaxArray]
export function svd(a: ArrayLike, options: SvdOptions = {}): JaxArray | [u: JaxArray, s: JaxArray, vt: JaxArray] {
  const { fullMatrices = true, computeUv = true } = options
  return lax.svd(matrixArgument('svd', a, false), { fullMatrices, computeUv })
}

/** Which triangle is read, and whether eigenvectors are wanted. */
export interface EighOptions {
  readonly lower?: boolean
  readonly eigvalsOnly?: boolean
}

/**
 * Eigenvalues in rising order and eigenvectors, as columns, of a symmetric matrix; with `eigvalsOnly` the
 * values alone. JAX: `jax.scipy.linalg.eigh`.
 *
 * @example
 * const [values, vectors] = scipy.linalg.eigh(jnp.array([[2, 0], [0, 1]])) // values are 1 and 2
 */
export function eigh(a: ArrayLike, options: EighOptions & { readonly eigvalsOnly: true }): JaxArray
export function eigh(
  a: ArrayLike,
  options?: EighOptions & { readonly eigvalsOnly?: false },
): [values: JaxArray, vectors: JaxArray]
export function eigh(a: ArrayLike, options: EighOptions = {}): JaxArray | [values: JaxArray, vectors: JaxArray] {
  const { lower = true, eigvalsOnly = false } = options
  const [vectors, values] = lax.eigh(matrixArgument('eigh', a), { lower })
  return eigvalsOnly ? values : [values, vectors]
}

/**
 * T and Z of A = Z T Zᵀ, where T is upper triangular but for blocks of two rows that stand for pairs of
 * complex eigenvalues; output 'complex' makes it triangular. JAX: `jax.scipy.linalg.schur`.
 *
 * @example
 * const [t, z] = scipy.linalg.schur(jnp.array([[1, 2], [0, 3]]))
 */
export function schur(
  a: ArrayLike,
  output: 'real' | 'complex' | { readonly output?: 'real' | 'complex' } = 'real',
): [t: JaxArray, z: JaxArray] {
  const kind = typeof output === 'string' ? output : (output.output ?? 'real')
  if (kind !== 'real' && kind !== 'complex') {
    throw new ValueError(`scipy.linalg.schur: the output is 'real' or 'complex', got '${String(kind)}'.`)
  }
  const matrix = matrixArgument('schur', a)
  const complex = matrix.dtype === 'float64' ? 'complex128' : 'complex64'
  const [t, z] = lax.schur(kind === 'complex' ? matrix.astype(complex) : matrix)
  return [t, z]
}

/**
 * H of A = Q H Qᵀ, with zeros below the first diagonal under the main one; with `calcQ` also Q.
 * JAX: `jax.scipy.linalg.hessenberg`.
 *
 * @example
 * const [h, q] = scipy.linalg.hessenberg(jnp.ones([3, 3]), { calcQ: true })
 */
export function hessenberg(a: ArrayLike, options: { readonly calcQ: true }): [h: JaxArray, q: JaxArray]
export function hessenberg(a: ArrayLike, options?: { readonly calcQ?: false }): JaxArray
export function hessenberg(
  a: ArrayLike,
  { calcQ = false }: { readonly calcQ?: boolean } = {},
): JaxArray | [h: JaxArray, q: JaxArray] {
  const matrix = matrixArgument('hessenberg', a)
  const n = matrix.shape[matrix.ndim - 1]
  if (n === 0) return calcQ ? [jnp.zerosLike(matrix), jnp.zerosLike(matrix)] : jnp.zerosLike(matrix)
  const [packed, taus] = lax.hessenberg(matrix)
  const h = jnp.triu(packed, -1)
  if (!calcQ) return h
  const stack = packed.shape.slice(0, -2)
  const inner = lax.householderProduct(packed.slice('...', slice(1, null), slice(null, -1)), taus)
  const { dtype } = packed
  const q = jnp.block([
    [jnp.ones([...stack, 1, 1], { dtype }), jnp.zeros([...stack, 1, n - 1], { dtype })],
    [jnp.zeros([...stack, n - 1, 1], { dtype }), inner],
  ])
  return [h, q]
}

/** How a polar decomposition is computed. */
export interface PolarOptions {
  readonly side?: 'right' | 'left'
  /** By Halley's iteration, or from singular values. */
  readonly method?: 'qdwh' | 'svd'
  readonly eps?: number
}

/**
 * The orthogonal U and the positive semidefinite P of A = U P, or A = P U by side 'left'.
 * JAX: `jax.scipy.linalg.polar`.
 *
 * @example
 * const [u, p] = scipy.linalg.polar(jnp.array([[2, 0], [0, -3]]))
 */
export function polar(a: ArrayLike, options: PolarOptions = {}): [unitary: JaxArray, posdef: JaxArray] {
  const { side = 'right', method = 'qdwh' } = options
  if (!['right', 'left'].includes(side)) {
    throw new ValueError(`scipy.linalg.polar: the side is 'right' or 'left', got '${side}'.`)
  }
  const matrix = matrixArgument('polar', a, false)
  const signature = side === 'right' ? '(m,n)->(m,n),(n,n)' : '(m,n)->(m,n),(m,m)'
  const decompose = (one: JaxArray): JaxArray[] => {
    switch (method) {
      case 'qdwh':
        return polarByHalley(one, side, options.eps)
      case 'svd':
        return polarBySingularValues(one, side)
      default:
        throw new ValueError(`scipy.linalg.polar: the method is 'qdwh' or 'svd', got '${String(method)}'.`)
    }
  }
  const both = jnp.vectorize(decompose, { signature })(matrix)
  if (!Array.isArray(both)) throw new Error('internal: a polar decomposition has two factors')
  return [both[0], both[1]]
}

function polarByHalley(a: JaxArray, side: 'right' | 'left', eps: number | undefined): JaxArray[] {
  const [rows, columns] = a.shape
  const options = eps === undefined ? {} : { eps }
  if (rows >= columns && side === 'right') return lax.qdwh(a, options).slice(0, 2)
  if (rows < columns && side === 'left') {
    const [unitary, posdef] = lax.qdwh(a.T, options)
    return [unitary.T, posdef.T]
  }
  throw new JaxTypeError(
    `scipy.linalg.polar: method 'qdwh' takes tall matrices by side 'right' and wide ones by 'left', got shape ${formatShape(a.shape)} by '${side}'.`,
    { hint: "Method 'svd' takes every shape." },
  )
}

function polarBySingularValues(a: JaxArray, side: 'right' | 'left'): JaxArray[] {
  const [u, s, vt] = lax.svd(a, { fullMatrices: false })
  const scales = s.slice(null, slice(null))
  const posdef = side === 'right' ? jnp.matmul(vt.T.mul(scales), vt) : jnp.matmul(u.mul(scales), u.T)
  return [jnp.matmul(u, vt), posdef]
}
