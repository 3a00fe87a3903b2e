import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { expandDims } from '../primitives/movement.ts'
import { upTo } from '../primitives/axes.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { arange, ones } from './creation.ts'
import { flatnonzero, isin, nonzero, unique } from './counting.ts'
import { take } from './indexing.ts'
import { concatenate } from './joining.ts'
import { tril, triu } from './matrices.ts'
import { asArray } from './promotion.ts'
import { logicalNot } from './logic.ts'

/**
 * Vectors as indices that together pick a rectangle: each stands along an axis of its own.
 *
 * @example
 * jnp.ix_(jnp.arange(2), jnp.arange(3)).map((x) => x.shape) // [[2, 1], [1, 3]]
 */
export function ix_(...vectors: JaxArray[]): JaxArray[] {
  return vectors.map((vector, i) => {
    if (vector.ndim !== 1) throw new ValueError(`jnp.ix_ takes vectors, got shape ${formatShape(vector.shape)}.`)
    const places = vector.dtype === 'bool' ? flatnonzero(vector) : vector
    return expandDims(
      places,
      upTo(vectors.length).filter((axis) => axis !== i),
    )
  })
}

/**
 * The places of an `n × n` matrix that a mask such as `jnp.triu` leaves.
 *
 * @example
 * jnp.maskIndices(2, jnp.triu).map((x) => x.tolist()) // [[0, 0, 1], [0, 1, 1]]
 */
export function maskIndices(n: number, mask: (x: JaxArray, k: number) => JaxArray, k = 0): JaxArray[] {
  return nonzero(mask(ones([n, n]), k))
}

/**
 * The places on the main diagonal of a cube of an array.
 *
 * @example
 * jnp.diagIndicesFrom(jnp.ones([2, 2])).map((x) => x.tolist()) // [[0, 1], [0, 1]]
 */
export function diagIndicesFrom(x: ArrayLike): JaxArray[] {
  const { shape } = asArray('diagIndicesFrom', x)
  if (shape.length < 2 || new Set(shape).size !== 1) {
    throw new ValueError(`jnp.diagIndicesFrom takes arrays whose axes are equally long, got ${formatShape(shape)}.`)
  }
  return shape.map(() => arange(shape[0]))
}

function triangle(name: string, x: ArrayLike, k: number, part: typeof tril): JaxArray[] {
  const { shape } = asArray(name, x)
  if (shape.length !== 2) throw new ValueError(`jnp.${name} takes a matrix, got shape ${formatShape(shape)}.`)
  return nonzero(part(ones(shape), k))
}

/**
 * The places of a matrix on and below the diagonal that lies `k` above the main one.
 *
 * @example
 * jnp.trilIndicesFrom(jnp.ones([2, 2])).map((x) => x.tolist()) // [[0, 1, 1], [0, 0, 1]]
 */
export function trilIndicesFrom(x: ArrayLike, k = 0): JaxArray[] {
  return triangle('trilIndicesFrom', x, k, tril)
}

/**
 * The places of a matrix on and above the diagonal that lies `k` above the main one.
 *
 * @example
 * jnp.triuIndicesFrom(jnp.ones([2, 2])).map((x) => x.tolist()) // [[0, 0, 1], [0, 1, 1]]
 */
export function triuIndicesFrom(x: ArrayLike, k = 0): JaxArray[] {
  return triangle('triuIndicesFrom', x, k, triu)
}

/**
 * Elements that are in one of the arrays only, each once, in ascending order.
 *
 * @example
 * jnp.setxor1d(jnp.array([1, 2]), jnp.array([2, 3])).tolist() // [1, 3]
 */
export function setxor1d(a: ArrayLike, b: ArrayLike): JaxArray {
  const [own, other] = [unique(a), unique(b)]
  const alone = (x: JaxArray, y: JaxArray): JaxArray => take(x, flatnonzero(logicalNot(isin(x, y))))
  return unique(concatenate([alone(own, other), alone(other, own)]))
}

function parts(x: ArrayLike): [values: JaxArray, indices: JaxArray, inverse: JaxArray, counts: JaxArray] {
  const found = unique(x, { returnIndex: true, returnInverse: true, returnCounts: true })
  if (!Array.isArray(found)) throw new Error('internal: unique gave one array where four were asked for')
  const [values, indices, inverse, counts] = found
  return [values, indices, inverse, counts]
}

/**
 * The different elements, where each first is, which of them each element is, and how often each occurs.
 *
 * @example
 * jnp.uniqueAll(jnp.array([3, 1, 3])).counts.tolist() // [1, 2]
 */
export function uniqueAll(x: ArrayLike): {
  readonly values: JaxArray
  readonly indices: JaxArray
  readonly inverseIndices: JaxArray
  readonly counts: JaxArray
} {
  const [values, indices, inverseIndices, counts] = parts(x)
  return { values, indices, inverseIndices, counts }
}

/**
 * The different elements, and how often each occurs.
 *
 * @example
 * jnp.uniqueCounts(jnp.array([3, 1, 3])).counts.tolist() // [1, 2]
 */
export function uniqueCounts(x: ArrayLike): { readonly values: JaxArray; readonly counts: JaxArray } {
  const [values, , , counts] = parts(x)
  return { values, counts }
}

/**
 * The different elements, and which of them each element is.
 *
 * @example
 * jnp.uniqueInverse(jnp.array([3, 1, 3])).inverseIndices.tolist() // [1, 0, 1]
 */
export function uniqueInverse(x: ArrayLike): { readonly values: JaxArray; readonly inverseIndices: JaxArray } {
  const [values, , inverseIndices] = parts(x)
  return { values, inverseIndices }
}

/**
 * The different elements in ascending order.
 *
 * @example
 * jnp.uniqueValues(jnp.array([3, 1, 3])).tolist() // [1, 3]
 */
export function uniqueValues(x: ArrayLike): JaxArray {
  return unique(x)
}
