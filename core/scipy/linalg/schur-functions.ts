import { ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { realPartOf } from '../../ir/dtype.ts'
import { cond } from '../../lax/control-flow.ts'
import { foriLoop } from '../../lax/loops.ts'
import { dynamicSlice, dynamicSliceInDim, dynamicUpdateSliceInDim } from '../../lax/slicing.ts'
import { slice } from '../../numpy/index-expression.ts'
import * as jnp from '../../numpy/index.ts'
import { asArray, promote } from '../../numpy/promotion.ts'
import { scalar } from '../../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../../tracing/array.ts'
import { arrayOf, callable } from '../../tree/leaves.ts'
import { schur } from './factorisations.ts'

type Pair = [JaxArray, JaxArray]

/**
 * The complex Schur form that belongs to a real one: blocks of two rows are made triangular by rotations, from the
 * last to the first. JAX: `jax.scipy.linalg.rsf2csf`.
 *
 * @example
 * const [t, z] = scipy.linalg.schur(jnp.array([[0, -1], [1, 0]]))
 * scipy.linalg.rsf2csf(t, z)[0].dtype // 'complex64'
 */
export function rsf2csf(t: ArrayLike, z: ArrayLike): [t: JaxArray, z: JaxArray] {
  const matrices = [asArray('rsf2csf', t), asArray('rsf2csf', z)]
  if (matrices.some(({ ndim, shape }) => ndim < 2 || shape[ndim - 1] !== shape[ndim - 2])) {
    throw new ValueError(
      `scipy.linalg.rsf2csf takes square matrices, got shapes ${matrices.map(({ shape }) => formatShape(shape)).join(' and ')}.`,
    )
  }
  if (matrices[0].shape.at(-1) !== matrices[1].shape.at(-1)) {
    throw new ValueError('scipy.linalg.rsf2csf takes a form and a basis of one size.')
  }
  const [form, basis] = promote('rsf2csf', ...matrices)
  const dtype = realPartOf(form.dtype) === 'float64' ? 'complex128' : 'complex64'
  const [complexForm, complexBasis] = [form.astype(dtype), basis.astype(dtype)]
  if (complexForm.ndim === 2) return triangular(complexForm, complexBasis)
  const [resultForm, resultBasis] = arraysOf(
    jnp.vectorize((a: JaxArray, b: JaxArray) => triangular(a, b), { signature: '(n,n),(n,n)->(n,n),(n,n)' })(
      complexForm,
      complexBasis,
    ),
  )
  return [resultForm, resultBasis]
}

function arraysOf(value: unknown): JaxArray[] {
  if (Array.isArray(value) && value.every((item) => item instanceof JaxArray)) return value
  throw new Error('internal: not a list of arrays')
}

function triangular(t: JaxArray, z: JaxArray): Pair {
  const [n] = t.shape
  if (n <= 1) return [t, z]
  const { eps } = jnp.finfo(realPartOf(t.dtype))
  const [form, basis] = arraysOf(
    foriLoop(
      1,
      n,
      (i: JaxArray, [a, b]: Pair): Pair => {
        const m = i.neg().add(n)
        const above = m.sub(1)
        const size = jnp.abs(a.slice(above, above)).add(jnp.abs(a.slice(m, m)))
        const [rotated, turned] = arraysOf(
          cond(
            jnp.greater(jnp.abs(a.slice(m, above)), size.mul(eps)),
            (c: JaxArray, d: JaxArray) => rotate(m, c, d),
            (c: JaxArray, d: JaxArray): Pair => [c, d],
            a,
            b,
          ),
        )
        return [rotated.at(m, above).set(0), turned]
      },
      [t, z],
    ),
  )
  return [form, basis]
}

/** Turns rows m - 1 and m, and the columns, so that the entry under the diagonal vanishes. */
function rotate(m: JaxArray, t: JaxArray, z: JaxArray): Pair {
  const [n] = t.shape
  const above = m.sub(1)
  const below = t.slice(m, above)
  const shift = jnp.linalg.eigvals(dynamicSlice(t, [above, above], [2, 2])).sub(t.slice(m, m))
  const first = shift.slice(0)
  const length = jnp.linalg.norm(jnp.stack([first, below])).astype(t.dtype)
  const [c, s] = [first.div(length), below.div(length)]
  const g = jnp.stack([jnp.stack([jnp.conj(c), s]), jnp.stack([s.neg(), c])])
  const conjugate = jnp.conj(g.T)
  const place = jnp.arange(n)
  const columns = jnp.greaterEqual(place, above)
  const rows = jnp.less(place, m.add(1)).slice(slice(null), null)
  const twoRows = dynamicSliceInDim(t, above, 2, 0)
  const newRows = jnp.where(columns, jnp.matmul(g, jnp.where(columns, twoRows, 0)), twoRows)
  const turned = dynamicUpdateSliceInDim(t, newRows, above, 0)
  const twoColumns = dynamicSliceInDim(turned, above, 2, 1)
  const newColumns = jnp.where(rows, jnp.matmul(jnp.where(rows, twoColumns, 0), conjugate), twoColumns)
  return [
    dynamicUpdateSliceInDim(turned, newColumns, above, 1),
    dynamicUpdateSliceInDim(z, jnp.matmul(dynamicSliceInDim(z, above, 2, 1), conjugate), above, 1),
  ]
}

/** Whether `funm` leaves it at the matrix, or gives an estimate of its error too. */
export interface FunmOptions {
  readonly disp?: boolean
}

/**
 * A function of a matrix, from the function of its eigenvalues, by the complex Schur form and Parlett's recurrence.
 * JAX: `jax.scipy.linalg.funm`; Golub and Van Loan, Matrix Computations, algorithm 11.1.1.
 *
 * @example
 * scipy.linalg.funm(jnp.array([[1, 2], [3, 4]]), jnp.exp).dtype // 'complex64'
 */
export function funm(a: ArrayLike, f: (x: JaxArray) => unknown, options?: { readonly disp?: true }): JaxArray
export function funm(
  a: ArrayLike,
  f: (x: JaxArray) => unknown,
  options: { readonly disp: false },
): [value: JaxArray, error: JaxArray]
export function funm(
  a: ArrayLike,
  f: (x: JaxArray) => unknown,
  { disp = true }: FunmOptions = {},
): JaxArray | [value: JaxArray, error: JaxArray] {
  const matrix = asArray('funm', a)
  if (matrix.ndim !== 2 || matrix.shape[0] !== matrix.shape[1]) {
    throw new ValueError(`scipy.linalg.funm takes a square matrix, got shape ${formatShape(matrix.shape)}.`)
  }
  const [realForm, realBasis] = schur(matrix)
  const [t, z] = rsf2csf(realForm, realBasis)
  const start = jnp.diag(arrayOf(callable(f)(jnp.diag(t)), 'scipy.linalg.funm')).astype(t.dtype)
  const [filled, smallest] = fill(start, t)
  const value = jnp.matmul(jnp.matmul(z, filled), jnp.conj(z.T))
  if (disp) return value
  const { eps } = jnp.finfo(realPartOf(value.dtype))
  const divisor = jnp.where(jnp.equal(smallest, 0), eps, smallest)
  const bound = jnp
    .reciprocal(divisor)
    .mul(eps)
    .mul(jnp.linalg.norm(jnp.triu(t, 1), 1))
  const error = jnp.where(jnp.any(jnp.isinf(value)), Infinity, jnp.minimum(1, jnp.maximum(eps, bound)))
  return [value, error]
}

/** The entries above the diagonal, one diagonal after another, and the least distance of two eigenvalues. */
function fill(start: JaxArray, t: JaxArray): Pair {
  const [n] = t.shape
  const place = jnp.arange(n)
  const body = (p: JaxArray, state: Pair): unknown =>
    foriLoop(
      scalar(1, 'int32'),
      p.neg().add(n + 1),
      (step: JaxArray, [f, smallest]: Pair): Pair => {
        const i = step.sub(1)
        const j = i.add(p)
        const between = jnp.logicalAnd(jnp.greater(place, i), jnp.less(place, j))
        const only = (line: JaxArray): JaxArray => jnp.where(between, line, 0)
        const known = jnp
          .dot(only(t.slice(i, slice(null))), only(f.slice(slice(null), j)))
          .sub(jnp.dot(only(f.slice(i, slice(null))), only(t.slice(slice(null), j))))
        const sum = t
          .slice(i, j)
          .mul(f.slice(j, j).sub(f.slice(i, i)))
          .add(known)
        const distance = t.slice(j, j).sub(t.slice(i, i))
        const entry = jnp.where(jnp.notEqual(distance, 0), sum.div(distance), sum)
        return [f.at(i, j).set(entry), jnp.minimum(smallest, jnp.abs(distance))]
      },
      state,
    )
  const [f, smallest] = arraysOf(foriLoop(1, n, body, [start, jnp.abs(t.slice(0, 0))]))
  return [f, smallest]
}
