import { ValueError } from '../../errors.ts'
import { subtract } from '../../numpy/arithmetic.ts'
import { takeAlongAxis } from '../../numpy/indexing.ts'
import { norm } from '../../numpy/linalg/norm.ts'
import { checkArrayLike, floatType, promotedType, toType } from '../../numpy/promotion.ts'
import { expandDims, squeeze } from '../../numpy/shape.ts'
import { argmin } from '../../numpy/sorting.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'

/**
 * For each observation, a row, the number of the nearest row of the code book, and its distance.
 *
 * @example
 * const [code, distance] = scipy.cluster.vq.vq(jnp.array([[0, 1]]), jnp.array([[5, 5], [0, 0]]))
 * code.tolist() // [1]
 */
export function vq(obs: ArrayLike, codeBook: ArrayLike): [code: JaxArray, distance: JaxArray] {
  checkArrayLike('scipy.cluster.vq.vq', obs, codeBook)
  const type = floatType(promotedType([obs, codeBook]))
  const [given, book] = [toType(obs, type), toType(codeBook, type)]
  if (given.ndim !== book.ndim) {
    throw new ValueError(`vq: observations and code book have one rank, got ${given.ndim} and ${book.ndim}.`)
  }
  if (given.ndim !== 1 && given.ndim !== 2)
    throw new ValueError(`vq takes vectors or matrices, got rank ${given.ndim}.`)
  const [rows, codes] = given.ndim === 1 ? [expandDims(given, 1), expandDims(book, 1)] : [given, book]
  const distances = norm(subtract(expandDims(rows, 1), codes), null, { axis: -1 })
  const code = argmin(distances, -1)
  return [code, squeeze(takeAlongAxis(distances, expandDims(code, 1), 1), 1)]
}
