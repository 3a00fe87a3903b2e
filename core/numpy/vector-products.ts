import { convertElementType } from '../primitives/conversion.ts'
import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { mul } from '../primitives/elementwise-arithmetic.ts'
import { concatenate } from '../primitives/joining.ts'
import { expandDims, reshape, squeeze } from '../primitives/movement.ts'
import { slice } from '../primitives/slicing.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { multiply, subtract } from './arithmetic.ts'
import { conj } from './complex.ts'
import { calledAs } from './called-as.ts'
import { matmul, vdot } from './contraction.ts'
import { asArray, checkArrayLike, promoteValues } from './promotion.ts'
import { moveaxis } from './shape.ts'
import { vectorize } from './vectorize.ts'

function operandsOf(name: string, a: ArrayLike, b: ArrayLike): JaxArray[] {
  checkArrayLike(name, a, b)
  return promoteValues([a, b])
}

/**
 * Kronecker product: every element of `a` times the whole of `b`.
 *
 * @example
 * jnp.kron(jnp.array([1, 10]), jnp.array([1, 2])).tolist() // [1, 2, 10, 20]
 */
export function kron(a: ArrayLike, b: ArrayLike): JaxArray {
  const [x, y] = operandsOf('kron', a, b)
  const rank = Math.max(x.ndim, y.ndim)
  const lengths = (value: JaxArray): number[] => [...new Array<number>(rank - value.ndim).fill(1), ...value.shape]
  const [left, right] = [lengths(x), lengths(y)]
  const product = mul(
    reshape(x, { new_sizes: left.flatMap((length) => [length, 1]) }),
    reshape(y, { new_sizes: right.flatMap((length) => [1, length]) }),
  )
  return reshape(product, { new_sizes: left.map((length, axis) => length * right[axis]) })
}

/**
 * Cross product of vectors of 3 (or 2) components along the last axis.
 *
 * @example
 * jnp.cross(jnp.array([1, 0, 0]), jnp.array([0, 1, 0])).tolist() // [0, 0, 1]
 */
export function cross(a: ArrayLike, b: ArrayLike): JaxArray {
  const [x, y] = operandsOf('cross', a, b).map((operand) => convertElementType(operand, operand.dtype))
  const [n, m] = [x.shape[x.ndim - 1], y.shape[y.ndim - 1]]
  if (n !== m || (n !== 2 && n !== 3)) {
    throw new ValueError(
      `jnp.cross takes vectors of 2 or 3 components, got shapes ${formatShape(x.shape)} and ${formatShape(y.shape)}.`,
    )
  }
  return calledAs('cross', n === 2 ? crossOfTwo : crossOfThree, x, y)
}

function crossOfTwo(x: JaxArray, y: JaxArray): JaxArray {
  const main = multiply(component(x, 0), component(y, 1))
  return subtract(main, multiply(component(x, 1), component(y, 0)))
}

function crossOfThree(x: JaxArray, y: JaxArray): JaxArray {
  const [a, b] = [x, y].map((vector) => [0, 1, 2].map((index) => component(vector, index)))
  const term = (i: number, j: number): JaxArray => subtract(multiply(a[i], b[j]), multiply(a[j], b[i]))
  const terms = [term(1, 2), term(2, 0), term(0, 1)]
  const parts = terms.map((value) => expandDims(value, [0]))
  return moveaxis(concatenate(parts, { dimension: 0 }), 0, -1)
}

function component(x: JaxArray, index: number): JaxArray {
  const last = x.ndim - 1
  const part = slice(x, {
    start_indices: x.shape.map((_, axis) => (axis === last ? index : 0)),
    limit_indices: x.shape.map((length, axis) => (axis === last ? index + 1 : length)),
  })
  return squeeze(part, { dimensions: [last] })
}

/**
 * Sum of products along an axis, the last unless given, of stacks of vectors that broadcast.
 *
 * @example
 * jnp.vecdot(jnp.ones([4, 3]), jnp.arange(3)).tolist() // [3, 3, 3, 3]
 */
export function vecdot(a: ArrayLike, b: ArrayLike, options: { readonly axis?: number } = {}): JaxArray {
  const atEnd = [a, b].map((x) => moveaxis(x, options.axis ?? -1, -1))
  return vectorize(vdot, { signature: '(n),(n)->()' })(...atEnd)
}

/**
 * Products of the matrices of a stack with vectors.
 *
 * @example
 * jnp.matvec(jnp.ones([2, 3]), jnp.arange(3)).tolist() // [3, 3]
 */
export function matvec(a: ArrayLike, x: ArrayLike): JaxArray {
  const vector = asArray('matvec', x)
  const product = matmul(a, expandDims(vector, [vector.ndim]))
  return squeeze(product, { dimensions: [product.ndim - 1] })
}

/**
 * Products of vectors with the matrices of a stack.
 *
 * @example
 * jnp.vecmat(jnp.arange(3), jnp.ones([3, 2])).tolist() // [3, 3]
 */
export function vecmat(x: ArrayLike, a: ArrayLike): JaxArray {
  const vector = asArray('vecmat', x)
  const product = matmul(conj(expandDims(vector, [vector.ndim - 1])), a)
  return squeeze(product, { dimensions: [product.ndim - 2] })
}
