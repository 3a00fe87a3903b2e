import { numberOf } from '../../ir/element.ts'
import { JaxTypeError, ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { realPartOf } from '../../ir/dtype.ts'
import { mul, sub } from '../../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd } from '../../primitives/elementwise-bitwise.ts'
import { ge, gt, lt } from '../../primitives/elementwise-comparison.ts'
import { integerPow } from '../../primitives/elementwise-power.ts'
import { adjoint } from '../../primitives/matrix.ts'
import { expandDims } from '../../primitives/movement.ts'
import { constant } from '../../primitives/operand.ts'
import { scalar } from '../../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { hostValueOf } from '../../tracing/host-value.ts'
import { checkOptions } from '../../tree/options.ts'
import { divide } from '../arithmetic.ts'
import { allCalledAs } from '../called-as.ts'
import { matmul } from '../contraction.ts'
import { zeros } from '../creation.ts'
import { getItem } from '../indexing.ts'
import { checkArrayLike, floatType, promotedType, toType } from '../promotion.ts'
import { sum } from '../reductions.ts'
import { where } from '../selection.ts'
import { broadcastTo, ravel } from '../shape.ts'
import { finfo } from '../types.ts'
import { norm } from './norm.ts'
import { svd } from './singular-values.ts'

/** What `lstsq` may be told. */
export interface LstsqOptions {
  /** Singular values below this part of the largest count as zero. */
  readonly rcond?: number | null
  /** Whether residuals are empty where NumPy's are; not inside jit. */
  readonly numpyResid?: boolean
}

type Solution = [x: JaxArray, residuals: JaxArray, rank: JaxArray, s: JaxArray]

/**
 * The `x` of least length that makes `a x - b` shortest, with the squared lengths of what remains, the rank
 * and the singular values of `a`. JAX: `jax.numpy.linalg.lstsq`.
 *
 * @example
 * const [x] = jnp.linalg.lstsq(jnp.array([[1, 1], [1, 2], [1, 3]]), jnp.array([1, 2, 3])) // 0 and 1
 */
export function lstsq(
  a: ArrayLike,
  b: ArrayLike,
  rcond: number | null | LstsqOptions = null,
  options: LstsqOptions = {},
): Solution {
  const given = typeof rcond === 'object' && rcond !== null ? rcond : { ...options, rcond }
  checkOptions('jnp.linalg.lstsq', given, ['rcond', 'numpyResid'])
  checkArrayLike('linalg.lstsq', a, b)
  const type = floatType(promotedType([a, b]))
  const [matrix, right] = [toType(a, type), toType(b, type)]
  const cut = given.rcond ?? null
  const limits = cut === null ? [] : [scalar(cut, realPartOf(type.dtype), true)]
  if (given.numpyResid) {
    const [x, residuals, rank, s] = solved([matrix, right, ...limits])
    const [rows, columns] = matrix.shape
    const known = hostValueOf(rank)
    const deficient = known !== null && numberOf(known) < columns
    return [x, deficient || rows <= columns ? zeros(0, { dtype: 'float32' }) : residuals, rank, s]
  }
  const [x, residuals, rank, s] = allCalledAs('_lstsq', (...arrays) => solved(arrays), matrix, right, ...limits)
  return [x, residuals, rank, s]
}

function checkShapes(a: JaxArray, b: JaxArray): void {
  if (a.ndim > 0 && b.ndim > 0 && a.shape[0] !== b.shape[0]) {
    throw new ValueError(
      `jnp.linalg.lstsq: ${formatShape(a.shape)} and ${formatShape(b.shape)} do not have the same number of rows.`,
    )
  }
  if (a.ndim !== 2 || b.ndim < 1 || b.ndim > 2) {
    throw new JaxTypeError(
      `jnp.linalg.lstsq takes a matrix and a vector or matrix, got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
    )
  }
}

function solved([a, b, rcond]: readonly (JaxArray | undefined)[]): Solution {
  if (a === undefined || b === undefined) throw new Error('internal: least squares without operands')
  checkShapes(a, b)
  const columns = b.ndim === 1 ? expandDims(b, [1]) : b
  const { x, rank, s } = a.size === 0 ? emptySolution(a, columns) : solutionOf(a, columns, rcond ?? null)
  const lengths = norm(sub(columns, matmul(a, x)), { axis: 0 })
  return [b.ndim === 1 ? ravel(x) : x, integerPow(lengths, { y: 2 }), rank, s]
}

function emptySolution(a: JaxArray, b: JaxArray): { x: JaxArray; rank: JaxArray; s: JaxArray } {
  return {
    x: zeros([a.shape[1], b.shape[1]], { dtype: a.dtype }),
    rank: scalar(0, 'int32'),
    s: zeros(0, { dtype: a.dtype }),
  }
}

function solutionOf(a: JaxArray, b: JaxArray, rcond: JaxArray | null): { x: JaxArray; rank: JaxArray; s: JaxArray } {
  const real = realPartOf(a.dtype)
  const eps = scalar(finfo(real).eps, real)
  const own = scalar(finfo(real).eps * Math.max(...a.shape), real)
  const cut = rcond === null ? own : where(lt(rcond, 0), eps, rcond)
  const [u, s, vt] = svd(a, { fullMatrices: false })
  const least = mul(cut.astype(s.dtype), getItem(s, [0]))
  const mask = bitwiseAnd(gt(s, constant(s, 0)), ge(s, broadcastTo(least, s.shape)))
  const safe = where(mask, s, 1).astype(a.dtype)
  const inverse = expandDims(where(mask, divide(1, safe), 0), [1])
  const inBasis = matmul(adjoint(u), b)
  const scaled = mul(broadcastTo(inverse, inBasis.shape), inBasis)
  return { x: matmul(adjoint(vt), scaled), rank: sum(mask), s }
}
