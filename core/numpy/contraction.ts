import { conj } from './complex.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { canonicalAxes, canonicalAxis } from '../lax/arguments.ts'
import { upTo } from '../primitives/axes.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { type DotDimensionNumbers, dotGeneral } from '../primitives/dot-general.ts'
import { mul } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd } from '../primitives/elementwise-bitwise.ts'
import { expandDims, reshape, squeeze, transpose } from '../primitives/movement.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { calledAs } from './called-as.ts'
import { type DTypeLike, requestedDType, zerosLike } from './creation.ts'
import { eye } from './matrices.ts'
import { asArray, checkArrayLike, promoteValues } from './promotion.ts'
import { sum } from './reductions.ts'
import { where } from './selection.ts'
import { moveaxis } from './shape.ts'

/** The dtype in which a product is accumulated and returned. */
export interface ProductOptions {
  readonly preferredElementType?: DTypeLike | null
}

/** Two operands in their common dtype, contracted along the given axes. */
function contract(
  name: string,
  [a, b]: readonly JaxArray[],
  dimensionNumbers: DotDimensionNumbers,
  options: ProductOptions,
): JaxArray {
  const wanted = requestedDType(name, { dtype: options.preferredElementType ?? null })
  const dtype = wanted ?? a.dtype
  const product = dotGeneral(a, b, { dimension_numbers: dimensionNumbers, preferred_element_type: dtype })
  return convertElementType(product, dtype, wanted === null && a.weakType && b.weakType)
}

/** Operands of one dtype stay as weak as they are: a product needs no more. */
function operandsOf(name: string, a: ArrayLike, b: ArrayLike): JaxArray[] {
  const sameDType = a instanceof JaxArray && b instanceof JaxArray && a.dtype === b.dtype
  return sameDType ? [a, b] : promoted(name, a, b)
}

function promoted(name: string, a: ArrayLike, b: ArrayLike): JaxArray[] {
  checkArrayLike(name, a, b)
  return promoteValues([a, b])
}

/**
 * Product of two arrays: of numbers, of vectors, of matrices; for more axes, the sum over the last axis of
 * the first and the last but one of the second.
 *
 * @example
 * jnp.dot(jnp.arange(3), jnp.arange(3)).item() // 5
 */
export function dot(a: ArrayLike, b: ArrayLike, options: ProductOptions = {}): JaxArray {
  const [x, y] = operandsOf('dot', a, b)
  const axes = x.ndim === 0 || y.ndim === 0 ? ([[], []] as const) : ([[x.ndim - 1], [Math.max(0, y.ndim - 2)]] as const)
  checkContraction('dot', x, y, axes)
  return contract('dot', [x, y], [axes, [[], []]], options)
}

function checkContraction(
  name: string,
  x: JaxArray,
  y: JaxArray,
  [left, right]: readonly [readonly number[], readonly number[]],
): void {
  if (left.every((axis, i) => x.shape[axis] === y.shape[right[i]])) return
  throw new JaxTypeError(
    `jnp.${name}: the axes to sum over do not have the same length, got shapes ${formatShape(x.shape)} and ${formatShape(y.shape)}.`,
    { hint: 'In a matrix product the last axis of the left operand meets the first axis of the right.' },
  )
}

/**
 * Matrix product, over stacks of matrices that broadcast against each other.
 *
 * @example
 * jnp.matmul(jnp.ones([5, 2, 3]), jnp.ones([3, 4])).shape // [5, 2, 4]
 */
export function matmul(a: ArrayLike, b: ArrayLike, options: ProductOptions = {}): JaxArray {
  const [x, y] = operandsOf('matmul', a, b)
  if (x.ndim === 0 || y.ndim === 0) {
    throw new ValueError(
      `jnp.matmul takes arrays of at least one dimension, got shapes ${formatShape(x.shape)} and ${formatShape(y.shape)}.`,
      { hint: 'To scale an array, use jnp.multiply.' },
    )
  }
  const left = stackOf(x)
  const right = stackOf(y)
  checkContraction('matmul', x, y, [[x.ndim - 1], [y.ndim > 1 ? y.ndim - 2 : 0]])
  const depth = Math.max(left.length, right.length)
  const plan = planStack(x, y, left, right, depth)
  const product = contract(
    'matmul',
    [squeezed(x, plan.squeezeLeft), squeezed(y, plan.squeezeRight)],
    [
      [[x.ndim - plan.squeezeLeft.length - 1], [y.ndim - plan.squeezeRight.length - (y.ndim > 1 ? 2 : 1)]],
      [plan.batchLeft, plan.batchRight],
    ],
    options,
  )
  if (x.ndim > 1) plan.ofLeft.push(depth)
  if (y.ndim > 1) plan.ofRight.push(depth + (x.ndim > 1 ? 1 : 0))
  const order = [...plan.shared, ...plan.ofLeft, ...plan.ofRight]
  const permutation = upTo(order.length).sort((i, j) => order[i] - order[j])
  const ordered = transpose(product, { permutation })
  return plan.ones.length === 0 ? ordered : expandDims(ordered, plan.ones)
}

function stackOf(x: JaxArray): readonly number[] {
  return x.shape.slice(0, -2)
}

function squeezed(x: JaxArray, dimensions: readonly number[]): JaxArray {
  return dimensions.length === 0 ? x : squeeze(x, { dimensions })
}

/** What becomes of the axes before the matrices. Numbers of the result's axes, except where an operand is named. */
interface StackPlan {
  /** Walked in step by both. */
  readonly shared: number[]
  /** Only one operand has them, or has them with more than one entry. */
  readonly ofLeft: number[]
  readonly ofRight: number[]
  /** Of length 1 in both: left out and put back. */
  readonly ones: number[]
  readonly squeezeLeft: number[]
  readonly squeezeRight: number[]
  /** Axes of the squeezed operands. */
  readonly batchLeft: number[]
  readonly batchRight: number[]
}

function planStack(
  x: JaxArray,
  y: JaxArray,
  left: readonly number[],
  right: readonly number[],
  depth: number,
): StackPlan {
  const plan: StackPlan = {
    shared: [],
    ofLeft: [],
    ofRight: [],
    ones: [],
    squeezeLeft: [],
    squeezeRight: [],
    batchLeft: [],
    batchRight: [],
  }
  for (const axis of upTo(depth)) {
    const leftAxis = axis - (depth - left.length)
    const rightAxis = axis - (depth - right.length)
    const [extent, other] = [left[leftAxis] ?? null, right[rightAxis] ?? null]
    if (extent === 1) plan.squeezeLeft.push(leftAxis)
    if (other === 1 && extent !== null) plan.squeezeRight.push(rightAxis)
    if (extent === null) plan.ofRight.push(axis)
    else if (other === null) {
      if (extent === 1) plan.squeezeLeft.pop()
      plan.ofLeft.push(axis)
    } else if (extent === 1 && other === 1) plan.ones.push(axis)
    else if (extent === 1) plan.ofRight.push(axis)
    else if (other === 1) plan.ofLeft.push(axis)
    else if (extent === other) {
      plan.batchLeft.push(leftAxis - plan.squeezeLeft.length)
      plan.batchRight.push(rightAxis - plan.squeezeRight.length)
      plan.shared.push(axis)
    } else {
      throw new ValueError(
        `jnp.matmul: the stacks do not broadcast, got shapes ${formatShape(x.shape)} and ${formatShape(y.shape)}.`,
      )
    }
  }
  return plan
}

/**
 * Sum of products over the last axis of both.
 *
 * @example
 * jnp.inner(jnp.arange(3), jnp.arange(3)).item() // 5
 */
export function inner(a: ArrayLike, b: ArrayLike): JaxArray {
  const [x, y] = promoted('inner', a, b)
  if (x.ndim === 0 || y.ndim === 0) return mul(x, y)
  return tensordot(x, y, [[x.ndim - 1], [y.ndim - 1]])
}

/**
 * Every product of an element of `a` with one of `b`.
 *
 * @example
 * jnp.outer(jnp.array([1, 2]), jnp.array([3, 4])).tolist() // [[3, 4], [6, 8]]
 */
export function outer(a: ArrayLike, b: ArrayLike): JaxArray {
  const [x, y] = promoted('outer', a, b)
  const product = x.dtype === 'bool' ? bitwiseAnd : mul
  return product(expandDims(flat(x), [1]), expandDims(flat(y), [0]))
}

/**
 * Sum of the products of all elements.
 *
 * @example
 * jnp.vdot(jnp.ones([2, 2]), jnp.ones([2, 2])).item() // 4
 */
export function vdot(a: ArrayLike, b: ArrayLike): JaxArray {
  const [x, y] = operandsOf('vdot', a, b)
  return dot(conj(flat(x)), flat(y))
}

function flat(x: JaxArray): JaxArray {
  return reshape(x, { new_sizes: [x.size] })
}

/**
 * Sum of products over chosen axes: the last n of `a` with the first n of `b`, or two lists of axes.
 *
 * @example
 * jnp.tensordot(jnp.ones([2, 3]), jnp.ones([3, 4]), 1).shape // [2, 4]
 */
export function tensordot(
  a: ArrayLike,
  b: ArrayLike,
  axes: number | readonly [number | readonly number[], number | readonly number[]] | { readonly axes?: number } = 2,
): JaxArray {
  const [x, y] = operandsOf('tensordot', a, b)
  const given = typeof axes === 'object' && 'axes' in axes ? (axes.axes ?? 2) : axes
  const [left, right] = contractedAxes(x, y, given)
  checkContraction('tensordot', x, y, [left, right])
  return contract(
    'tensordot',
    [x, y],
    [
      [left, right],
      [[], []],
    ],
    {},
  )
}

function contractedAxes(
  x: JaxArray,
  y: JaxArray,
  axes: number | { readonly axes?: number } | readonly [number | readonly number[], number | readonly number[]],
): [number[], number[]] {
  if (typeof axes === 'number') {
    if (axes < 0 || axes > Math.min(x.ndim, y.ndim)) {
      throw new ValueError(
        `jnp.tensordot cannot sum over ${axes} axes of shapes ${formatShape(x.shape)} and ${formatShape(y.shape)}.`,
      )
    }
    return [upTo(axes).map((i) => x.ndim - axes + i), upTo(axes)]
  }
  if (!Array.isArray(axes) || axes.length !== 2)
    throw new ValueError('jnp.tensordot: axes are a number or two lists of axes.')
  const left = canonicalAxes('tensordot', axes[0], x.ndim)
  const right = canonicalAxes('tensordot', axes[1], y.ndim)
  if (left.length !== right.length) {
    throw new ValueError(`jnp.tensordot: ${left.length} axes of one operand cannot meet ${right.length} of the other.`)
  }
  return [left, right]
}

/** Which diagonal `trace` sums, and of which two axes. */
export interface TraceOptions {
  readonly offset?: number
  readonly axis1?: number
  readonly axis2?: number
}

/**
 * Sum of a diagonal.
 *
 * @example
 * jnp.trace(jnp.array([[1, 2], [3, 4]])).item() // 5
 */
export function trace(x: ArrayLike, options: TraceOptions = {}): JaxArray {
  const { offset = 0, axis1 = 0, axis2 = 1 } = options
  const value = asArray('trace', x)
  const first = canonicalAxis('jnp.trace', axis1, value.ndim)
  const second = canonicalAxis('jnp.trace', axis2, value.ndim)
  return calledAs('trace', (array) => traceOver(array, first, second, offset), value)
}

function traceOver(value: JaxArray, first: number, second: number, offset: number): JaxArray {
  const matrices = moveaxis(value, [first, second], [-2, -1])
  const [rows, columns] = matrices.shape.slice(-2)
  const diagonal = eye(rows, columns, offset, 'bool')
  return sum(where(diagonal, matrices, zerosLike(matrices)), [-2, -1])
}
