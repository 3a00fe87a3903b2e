import { JaxTypeError, ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { jvpFlat } from '../../interpreters/jvp.ts'
import { cond, switch_ } from '../../lax/control-flow.ts'
import { scan } from '../../lax/loops.ts'
import * as jnp from '../../numpy/index.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { instantiate } from '../../primitives/zeros.ts'
import { JaxArray, type ArrayLike } from '../../tracing/array.ts'
import { solveTriangular } from './solving.ts'

/** How `expm` treats its matrix. */
export interface ExpmOptions {
  /** The matrix is upper triangular, so that the last step is cheaper. */
  readonly upperTriangular?: boolean
  /** A matrix that would have to be halved more often gives NaN. */
  readonly maxSquarings?: number
}

/**
 * The exponential of a square matrix, by Padé approximants of a matrix scaled down and squaring.
 * JAX: `jax.scipy.linalg.expm`, after Higham (2005).
 *
 * @example
 * scipy.linalg.expm(jnp.zeros([2, 2])).tolist() // [[1, 0], [0, 1]]
 */
export function expm(a: ArrayLike, options: ExpmOptions = {}): JaxArray {
  const { upperTriangular = false, maxSquarings = 16 } = options
  const [matrix] = promoteToFloat('linalg.expm', a)
  if (matrix.ndim < 2 || matrix.shape[matrix.ndim - 1] !== matrix.shape[matrix.ndim - 2]) {
    throw new ValueError(`scipy.linalg.expm takes square matrices, got shape ${formatShape(matrix.shape)}.`)
  }
  if (matrix.ndim > 2)
    return jnp.vectorize((one: JaxArray) => expm(one, options), { signature: '(n,n)->(n,n)' })(matrix)
  const { numerator, denominator, squarings } = approximant(matrix)
  return arrayResult(
    cond(
      jnp.greater(squarings, maxSquarings),
      (x: JaxArray) => jnp.fullLike(x, NaN),
      (_: JaxArray, p: JaxArray, q: JaxArray) => {
        const start = upperTriangular ? solveTriangular(q, p) : jnp.linalg.solve(q, p)
        return squared(start, squarings, maxSquarings)
      },
      matrix,
      numerator,
      denominator,
    ),
  )
}

/** Coefficients of the approximants of degrees 3, 5, 7, 9 and 13, from the lowest power up. */
const coefficients: readonly (readonly number[])[] = [
  [120, 60, 12, 1],
  [30240, 15120, 3360, 420, 30, 1],
  [17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1],
  [17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1],
  [
    64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
    670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
  ],
]

interface Approximant {
  readonly numerator: JaxArray
  readonly denominator: JaxArray
  readonly squarings: JaxArray
}

/** The norms up to which each degree is accurate enough, and the norm that the highest is scaled to. */
function limitsOf(a: JaxArray): { limits: number[]; largest: number; degrees: readonly (readonly number[])[] } {
  switch (a.dtype) {
    case 'float64':
    case 'complex128':
      return {
        limits: [1.495585217958292e-2, 2.53939833006323e-1, 9.504178996162932e-1, 2.097847961257068],
        largest: 5.371920351148152,
        degrees: coefficients,
      }
    case 'float32':
    case 'complex64':
      return {
        limits: [4.258730016922831e-1, 1.880152677804762],
        largest: 3.92572478313866,
        degrees: coefficients.slice(0, 3),
      }
    default:
      throw new JaxTypeError(`scipy.linalg.expm computes in 32 or 64 bits, got ${a.dtype}.`)
  }
}

function approximant(a: JaxArray): Approximant {
  const { limits, largest, degrees } = limitsOf(a)
  const norm = jnp.linalg.norm(a, 1)
  const squarings = jnp.maximum(0, jnp.floor(jnp.log2(norm.div(largest))))
  const scaled = a.div(jnp.power(2, squarings).astype(a.dtype))
  const degree = jnp.digitize(norm, jnp.array(limits, { dtype: norm.dtype }))
  const branches = degrees.map((b) => (x: JaxArray) => (b.length === 14 ? highestDegree(x, b) : lowDegree(x, b)))
  const parts = switch_(degree, branches, scaled)
  if (!Array.isArray(parts)) throw new Error('internal: an approximant has two parts')
  const [odd, even] = parts.map(arrayResult)
  return { numerator: odd.add(even), denominator: odd.neg().add(even), squarings }
}

/** The odd and the even powers, by powers of the square. */
function lowDegree(a: JaxArray, b: readonly number[]): JaxArray[] {
  const identity = jnp.eye(a.shape[0], a.shape[1], { dtype: a.dtype })
  const square = jnp.dot(a, a)
  const powers = [identity, square]
  while (powers.length < b.length / 2) {
    const count = powers.length
    // The fourth power is the square of the second; each further one adds a factor.
    powers.push(count === 2 ? jnp.dot(square, square) : jnp.dot(powers[count - 1], square))
  }
  const sum = (parity: number): JaxArray =>
    powers
      .map((power, i) => power.mul(b[2 * i + parity]))
      .reverse()
      .reduce((total, term) => total.add(term))
  return [jnp.dot(a, sum(1)), sum(0)]
}

function highestDegree(a: JaxArray, b: readonly number[]): JaxArray[] {
  const identity = jnp.eye(a.shape[0], a.shape[1], { dtype: a.dtype })
  const a2 = jnp.dot(a, a)
  const a4 = jnp.dot(a2, a2)
  const a6 = jnp.dot(a4, a2)
  const part = (start: number): JaxArray => {
    const high = a6
      .mul(b[12 + start])
      .add(a4.mul(b[10 + start]))
      .add(a2.mul(b[8 + start]))
    return jnp
      .dot(a6, high)
      .add(a6.mul(b[6 + start]))
      .add(a4.mul(b[4 + start]))
      .add(a2.mul(b[2 + start]))
      .add(identity.mul(b[start]))
  }
  return [jnp.dot(a, part(1)), part(0)]
}

/** Squares as often as the matrix was halved; the count is bounded so that reverse mode can go through. */
function squared(start: JaxArray, squarings: JaxArray, most: number): JaxArray {
  const [result] = scan(
    (x: JaxArray, i: JaxArray) => [
      cond(
        jnp.less(i, squarings),
        (y: JaxArray) => jnp.dot(y, y),
        (y: JaxArray) => y,
        x,
      ),
      null,
    ],
    start,
    jnp.arange(most, { dtype: squarings.dtype }),
  )
  return arrayResult(result)
}

function arrayResult(value: unknown): JaxArray {
  if (value instanceof JaxArray) return value
  throw new Error('internal: a program gave no array')
}

/**
 * The exponential of a matrix and how it changes as the matrix moves in a direction; without `computeExpm`
 * the change alone. JAX: `jax.scipy.linalg.expm_frechet`.
 *
 * @example
 * scipy.linalg.expmFrechet(jnp.zeros([2, 2]), jnp.eye(2))[1].tolist() // [[1, 0], [0, 1]]
 */
export function expmFrechet(
  a: ArrayLike,
  e: ArrayLike,
  options?: { readonly computeExpm?: true },
): [exponential: JaxArray, change: JaxArray]
export function expmFrechet(a: ArrayLike, e: ArrayLike, options: { readonly computeExpm: false }): JaxArray
export function expmFrechet(
  a: ArrayLike,
  e: ArrayLike,
  options: { readonly computeExpm?: boolean } = {},
): [exponential: JaxArray, change: JaxArray] | JaxArray {
  const [[matrix], [direction]] = [promoteToFloat('linalg.expmFrechet', a), promoteToFloat('linalg.expmFrechet', e)]
  const shape = formatShape(matrix.shape)
  if (matrix.ndim < 2 || shape !== formatShape(direction.shape)) {
    throw new ValueError(
      `scipy.linalg.expmFrechet takes square matrices of one shape, got ${shape} and ${formatShape(direction.shape)}.`,
    )
  }
  const { primals, tangents } = jvpFlat((x) => [expm(x)], [matrix], [direction])
  const change = instantiate(tangents[0])
  return (options.computeExpm ?? true) ? [primals[0], change] : change
}
