import { ValueError } from '../../errors.ts'
import { type Shape, formatShape } from '../../ir/aval.ts'
import { div, mul } from '../../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseNot } from '../../primitives/elementwise-bitwise.ts'
import { squeeze } from '../../primitives/movement.ts'
import { slice } from '../../primitives/slicing.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { calledAs } from '../called-as.ts'
import { isnan } from '../logic.ts'
import { asArray } from '../promotion.ts'
import { any } from '../reductions.ts'
import { where } from '../selection.ts'
import { type MatrixOrder, norm } from './norm.ts'
import { svdvals } from './singular-values.ts'
import { inv } from './solve.ts'

/**
 * The condition number of a matrix: the quotient of its largest and smallest singular values, or the product
 * of the norms `p` of the matrix and its inverse. JAX: `jax.numpy.linalg.cond`.
 *
 * @example
 * jnp.linalg.cond(jnp.array([[4, 0], [0, 2]])).item() // 2
 */
export function cond(x: ArrayLike, p: MatrixOrder | null | { readonly p?: MatrixOrder | null } = null): JaxArray {
  const order = (typeof p === 'object' && p !== null ? p.p : p) ?? 2
  const matrix = asArray('linalg.cond', x)
  checkConditionShape(matrix.shape, order)
  return calledAs('cond', (value) => conditionOf(value, order), matrix)
}

function checkConditionShape(shape: Shape, order: MatrixOrder): void {
  const [rows, columns] = shape.slice(-2)
  if (shape.length < 2 || rows === 0 || columns === 0) {
    throw new ValueError(`jnp.linalg.cond takes matrices with entries, got shape ${formatShape(shape)}.`)
  }
  if (order !== 2 && order !== -2 && rows !== columns) {
    throw new ValueError(`jnp.linalg.cond: with p=${order} a matrix must be square, got shape ${formatShape(shape)}.`)
  }
}

function conditionOf(matrix: JaxArray, order: MatrixOrder): JaxArray {
  if (order === 2) {
    const values = svdvals(matrix)
    return div(entryOf(values, 0), entryOf(values, values.shape[values.ndim - 1] - 1))
  }
  const finite = bitwiseNot(any(isnan(matrix), { axis: [-2, -1] }))
  const quotient = (): JaxArray => {
    const values = svdvals(matrix)
    return div(entryOf(values, values.shape[values.ndim - 1] - 1), entryOf(values, 0))
  }
  const size = (value: JaxArray): JaxArray => norm(value, { ord: order, axis: [-2, -1] })
  const result = order === -2 ? quotient() : mul(size(matrix), size(inv(matrix)))
  return where(bitwiseAnd(isnan(result), finite), Infinity, result)
}

/** One entry of the last axis, which is dropped. */
function entryOf(x: JaxArray, index: number): JaxArray {
  const last = x.ndim - 1
  const part = slice(x, {
    start_indices: x.shape.map((_, axis) => (axis === last ? index : 0)),
    limit_indices: x.shape.map((length, axis) => (axis === last ? index + 1 : length)),
  })
  return squeeze(part, { dimensions: [last] })
}
