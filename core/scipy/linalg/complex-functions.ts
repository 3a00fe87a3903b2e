import { ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import type { DType } from '../../ir/dtype.ts'
import { complex } from '../../primitives/complex.ts'
import { foriLoop } from '../../lax/loops.ts'
import * as jnp from '../../numpy/index.ts'
import { slice } from '../../numpy/index-expression.ts'
import { matrixArgument } from '../../numpy/linalg/solve.ts'
import { asArray, defaultFloatDType, floatType, promotedType, toType } from '../../numpy/promotion.ts'
import { type ArrayLike, JaxArray } from '../../tracing/array.ts'
import { schur } from './factorisations.ts'

function loop(length: number | JaxArray, body: (i: JaxArray, x: JaxArray) => JaxArray, init: JaxArray): JaxArray {
  const result = foriLoop(0, length, body, init)
  if (result instanceof JaxArray) return result
  throw new Error('internal: a loop gave no array')
}

/** How the transform is scaled, and in which dtype. */
export interface DftOptions {
  readonly scale?: 'sqrtn' | 'n' | null
  readonly dtype?: DType | null
}

/**
 * The matrix of the discrete Fourier transform. JAX: `jax.scipy.linalg.dft`.
 *
 * @example
 * scipy.linalg.dft(4).shape // [4, 4]
 */
export function dft(n: number, options: DftOptions = {}): JaxArray {
  const { scale = null } = options
  if (scale !== null && scale !== 'sqrtn' && scale !== 'n') {
    throw new ValueError(`scipy.linalg.dft: scale is null, 'sqrtn' or 'n', got '${String(scale)}'.`)
  }
  const dtype = options.dtype ?? (defaultFloatDType() === 'float64' ? 'complex128' : 'complex64')
  if (dtype !== 'complex64' && dtype !== 'complex128') {
    throw new ValueError(`scipy.linalg.dft: dtype must be complex, got ${dtype}.`)
  }
  const place = jnp.arange(n, { dtype: dtype === 'complex128' ? 'float64' : 'float32' })
  const product = place.slice(slice(null), null).mul(place.slice(null, slice(null)))
  const angle = product.mul(-2 * Math.PI).div(n)
  const waves = jnp.exp(complex(jnp.zerosLike(angle), angle))
  if (scale === null) return waves
  return waves.div(scale === 'n' ? n : Math.sqrt(n))
}

/**
 * The complex matrix whose square is the given one, by its Schur form. JAX: `jax.scipy.linalg.sqrtm`.
 *
 * @example
 * scipy.linalg.sqrtm(jnp.array([[4, 0], [0, 9]])).real.tolist() // [[2, 0], [0, 3]]
 */
export function sqrtm(a: ArrayLike): JaxArray {
  const [t, z] = schur(matrixArgument('sqrtm', a), 'complex')
  return jnp.matmul(jnp.matmul(z, rootOfTriangle(t)), jnp.conj(z.T))
}

/** Column by column, each from the diagonal upwards; entries not reached yet are zero and add nothing. */
function rootOfTriangle(t: JaxArray): JaxArray {
  const diagonal = jnp.sqrt(jnp.diag(t))
  return loop(
    diagonal.size,
    (j, columns) =>
      loop(
        j,
        (l, u) => {
          const i = j.sub(1).sub(l)
          const known = jnp.dot(u.slice(i, slice(null)), u.slice(slice(null), j))
          const rest = t.slice(i, j).sub(known)
          const value = rest.div(diagonal.slice(i).add(diagonal.slice(j)))
          return u.at(i, j).set(jnp.where(jnp.equal(rest, 0), jnp.zerosLike(rest), value))
        },
        columns,
      ),
    jnp.diag(diagonal),
  )
}

/** How `solveSylvester` goes about it, and which sums of eigenvalues it takes for zero. */
export interface SylvesterOptions {
  readonly method?: 'schur' | 'eigen'
  readonly tol?: number
}

/**
 * The `x` for which `a x + x b = c`; NaN where an eigenvalue of `a` is the negative of one of `b`.
 * JAX: `jax.scipy.linalg.solve_sylvester`, after Bartels and Stewart (1972).
 *
 * @example
 * scipy.linalg.solveSylvester(jnp.eye(2), jnp.eye(2), jnp.ones([2, 2])) // halves
 */
export function solveSylvester(a: ArrayLike, b: ArrayLike, c: ArrayLike, options: SylvesterOptions = {}): JaxArray {
  const { method = 'schur', tol = 1e-8 } = options
  const type = floatType(promotedType([a, b, c]))
  const [left, right, constant] = [a, b, c].map((value) => toType(asArray('linalg.solveSylvester', value), type))
  const [m, n] = constant.shape.slice(-2)
  const fits = (matrix: JaxArray, size: number): boolean =>
    matrix.ndim >= 2 && matrix.shape.slice(-2).every((length) => length === size)
  if (constant.ndim < 2 || !fits(left, m) || !fits(right, n)) {
    throw new ValueError(
      `scipy.linalg.solveSylvester: shapes ${[left, right, constant].map((value) => formatShape(value.shape)).join(', ')} do not fit.`,
    )
  }
  const solveOne = (p: JaxArray, q: JaxArray, r: JaxArray): JaxArray => {
    const x = solutionBy(method, p, q, r)
    const sums = jnp.linalg
      .eigvals(p)
      .slice(slice(null), null)
      .add(jnp.linalg.eigvals(q).slice(null, slice(null)))
    const real = r.dtype === 'complex64' || r.dtype === 'complex128' ? x : x.real
    return jnp.where(jnp.any(jnp.less(jnp.abs(sums), tol)), jnp.fullLike(real, NaN), real)
  }
  return jnp.vectorize(solveOne, { signature: '(m,m),(n,n),(m,n)->(m,n)' })(left, right, constant)
}

function solutionBy(method: 'schur' | 'eigen', a: JaxArray, b: JaxArray, c: JaxArray): JaxArray {
  switch (method) {
    case 'schur': {
      const [r, u] = schur(a, 'complex')
      const [s, v] = schur(jnp.conj(b.T), 'complex')
      const inBasis = jnp.matmul(jnp.matmul(jnp.conj(u.T), c.astype(r.dtype)), v)
      const y = solveTriangles(r, jnp.conj(s.T), inBasis)
      return jnp.matmul(jnp.matmul(u, y), jnp.conj(v.T))
    }
    case 'eigen': {
      const [p, u] = jnp.linalg.eig(a)
      const [q, v] = jnp.linalg.eig(b)
      const inBasis = jnp.linalg.solve(u, jnp.matmul(c.astype(p.dtype), v))
      const y = inBasis.div(p.slice(slice(null), null).add(q.slice(null, slice(null))))
      return jnp.matmul(jnp.matmul(u, y), jnp.linalg.inv(v))
    }
    default:
      throw new ValueError(`scipy.linalg.solveSylvester: the method is 'schur' or 'eigen', got '${String(method)}'.`)
  }
}

/** `r y + y s = f` for an upper triangular r and a lower triangular s: from the last entry to the first. */
function solveTriangles(r: JaxArray, s: JaxArray, f: JaxArray): JaxArray {
  const [m, n] = f.shape
  return loop(
    m * n,
    (step, y) => {
      const place = step.neg().add(m * n - 1)
      const [i, j] = [place.floorDivide(n), place.mod(n)]
      const above = jnp.dot(r.slice(i, slice(null)), y.slice(slice(null), j))
      const beside = jnp.dot(y.slice(i, slice(null)), s.slice(slice(null), j))
      const rest = f.slice(i, j).sub(above.add(beside))
      return y.at(i, j).set(rest.div(r.slice(i, i).add(s.slice(j, j))))
    },
    jnp.zerosLike(f),
  )
}
