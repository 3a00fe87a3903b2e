import { ValueError } from '../errors.ts'
import { formatShape, sizeOf } from '../ir/aval.ts'
import { type DType, bitWidth, isComplex, isInteger, kindOf, realPartOf } from '../ir/dtype.ts'
import { type ReductionKind, identityOf } from '../compiler/reference/reduction.ts'
import { conj, real } from '../primitives/complex.ts'
import { convertElementType } from '../primitives/conversion.ts'
import * as lax from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseOr } from '../primitives/elementwise-bitwise.ts'
import { gt } from '../primitives/elementwise-comparison.ts'
import { sqrt } from '../primitives/elementwise-power.ts'
import { expandDims } from '../primitives/movement.ts'
import { constant } from '../primitives/operand.ts'
import * as reduce from '../primitives/reductions.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { type AxisOrOptions, type ReduceOptions, readOptions, reducedAxes } from './axis-options.ts'
import { requestedDType } from './creation.ts'
import { calledAs } from './called-as.ts'
import { asArray, defaultIntDType, floatType, promotedType, toType } from './promotion.ts'
import { where } from './selection.ts'
import { broadcastTo } from './shape.ts'
import { truth } from './truth.ts'

interface Reduction {
  readonly name: string
  readonly kind: ReductionKind
  reduce(x: JaxArray, params: { axes: readonly number[] }): JaxArray
  combine(x: JaxArray, y: JaxArray): JaxArray
  /** Small integers and booleans are summed and multiplied in the default integer type. */
  readonly promotesIntegers?: boolean
  /** Elements are taken for their truth. */
  readonly logical?: boolean
}

/** The dtype in which sums and products of integers are taken. */
function promotedInteger(dtype: DType): DType {
  const int = defaultIntDType()
  if (dtype === 'bool') return int
  if (!isInteger(dtype) || bitWidth(dtype) >= bitWidth(int)) return dtype
  return kindOf(dtype) === 'int' ? int : int === 'int64' ? 'uint64' : 'uint32'
}

function runReduction(reduction: Reduction, x: ArrayLike, options: ReduceOptions): JaxArray {
  const { name, kind } = reduction
  const given = asArray(name, x)
  const source = reduction.logical ? truth(given) : given
  const axes = reducedAxes(name, source, options.axis)
  const ownDType = reduction.promotesIntegers ? promotedInteger(source.dtype) : source.dtype
  const dtype = requestedDType(name, { dtype: options.dtype ?? null }) ?? ownDType
  const hasIdentity = kind !== 'max' && kind !== 'min'
  if (!hasIdentity && options.initial === undefined) {
    if (options.where !== undefined) {
      throw new ValueError(`jnp.${name} has no identity: to reduce under a where mask it needs initial as well.`)
    }
    if (axes.some((axis) => source.shape[axis] === 0)) {
      throw new ValueError(`jnp.${name} of no elements: an axis of shape ${formatShape(source.shape)} is empty.`)
    }
  }
  // Sums of 16-bit floats are taken in 32 bits.
  const computed = reduction.promotesIntegers && dtype === 'float16' ? 'float32' : dtype
  let operand = convertElementType(source, computed)
  if (options.where !== undefined) {
    operand = where(options.where, operand, scalar(identityOf(kind, computed), computed))
  }
  let result = reduction.reduce(operand, { axes })
  if (options.initial !== undefined) {
    result = reduction.combine(toType(options.initial, { dtype: computed, weakType: false }), result)
  }
  if (options.keepdims) result = expandDims(result, axes)
  return convertElementType(result, dtype)
}

const sumReduction: Reduction = {
  name: 'sum',
  kind: 'sum',
  reduce: reduce.reduceSum,
  combine: lax.add,
  promotesIntegers: true,
}

/**
 * Sum over an axis, several, or all.
 *
 * @example
 * jnp.sum(jnp.ones([2, 3]), 0).tolist() // [2, 2, 2]
 * jnp.sum(jnp.ones([2, 3]), { axis: 1, keepdims: true }).shape // [2, 1]
 */
export function sum(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  return runReduction(
    sumReduction,
    x,
    readOptions('sum', axis, options, ['axis', 'dtype', 'keepdims', 'initial', 'where']),
  )
}

/**
 * Product over an axis, several, or all.
 *
 * @example
 * jnp.prod(jnp.array([2, 3, 4])).item() // 24
 */
export function prod(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const reduction: Reduction = {
    name: 'prod',
    kind: 'product',
    reduce: reduce.reduceProd,
    combine: lax.mul,
    promotesIntegers: true,
  }
  return runReduction(
    reduction,
    x,
    readOptions('prod', axis, options, ['axis', 'dtype', 'keepdims', 'initial', 'where']),
  )
}

/**
 * Largest element over an axis, several, or all; NaN wins.
 *
 * @example
 * jnp.max(jnp.array([[1, 5], [7, 3]]), 0).tolist() // [7, 5]
 */
export function max(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const reduction: Reduction = { name: 'max', kind: 'max', reduce: reduce.reduceMax, combine: lax.max }
  return runReduction(reduction, x, readOptions('max', axis, options, ['axis', 'keepdims', 'initial', 'where']))
}

/**
 * Smallest element over an axis, several, or all; NaN wins.
 *
 * @example
 * jnp.min(jnp.array([[1, 5], [7, 3]]), 0).tolist() // [1, 3]
 */
export function min(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const reduction: Reduction = { name: 'min', kind: 'min', reduce: reduce.reduceMin, combine: lax.min }
  return runReduction(reduction, x, readOptions('min', axis, options, ['axis', 'keepdims', 'initial', 'where']))
}

/**
 * Whether all elements are true.
 *
 * @example
 * jnp.all(jnp.array([1, 2, 0])).item() // false
 */
export function all(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const reduction: Reduction = {
    name: 'all',
    kind: 'and',
    reduce: reduce.reduceAnd,
    combine: bitwiseAnd,
    logical: true,
  }
  return runReduction(reduction, x, readOptions('all', axis, options, ['axis', 'keepdims', 'where']))
}

/**
 * Whether any element is true.
 *
 * @example
 * jnp.any(jnp.array([0, 2, 0])).item() // true
 */
export function any(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const reduction: Reduction = {
    name: 'any',
    kind: 'or',
    reduce: reduce.reduceOr,
    combine: bitwiseOr,
    logical: true,
  }
  return runReduction(reduction, x, readOptions('any', axis, options, ['axis', 'keepdims', 'where']))
}

/** How many elements are reduced into one, as a number that division takes. */
export function countOf(x: JaxArray, options: ReduceOptions, dtype: DType): JaxArray {
  const axes = reducedAxes('mean', x, options.axis)
  if (options.where === undefined) return scalar(sizeOf(axes.map((axis) => x.shape[axis])), dtype)
  const mask = broadcastTo(truth(asArray('mean', options.where)), x.shape)
  return sum(convertElementType(mask, dtype), { axis: axes, keepdims: options.keepdims })
}

/** The float dtype of an average, and the one it is computed in. */
function averageDTypes(name: string, x: JaxArray, options: ReduceOptions): { result: DType; computed: DType } {
  const own = floatType({ dtype: x.dtype, weakType: false }).dtype
  const result = requestedDType(name, { dtype: options.dtype ?? null }) ?? own
  return { result, computed: bitWidth(result) === 16 ? 'float32' : result }
}

/**
 * Mean over an axis, several, or all.
 *
 * @example
 * jnp.mean(jnp.array([1, 2, 6])).item() // 3
 */
export function mean(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const given = readOptions('mean', axis, options, ['axis', 'dtype', 'keepdims', 'where'])
  const value = asArray('mean', x)
  const { result, computed } = averageDTypes('mean', value, given)
  const total = sum(value, { ...given, dtype: computed })
  return convertElementType(lax.div(total, countOf(value, given, computed)), result)
}

/**
 * Variance over an axis, several, or all: the mean squared distance from the mean.
 *
 * @example
 * jnp.var(jnp.array([1, 3])).item() // 1
 */
export function variance(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const given = readOptions('var', axis, options, ['axis', 'dtype', 'keepdims', 'where', 'ddof'])
  const { body, operands } = varianceOf(x, given)
  return calledAs('_var', body, ...operands)
}

/** The variance as a function of arrays, and these. */
function varianceOf(
  x: ArrayLike,
  given: ReduceOptions,
): { body: (...arrays: JaxArray[]) => JaxArray; operands: JaxArray[] } {
  const { ddof = 0, ...rest } = given
  const value = asArray('var', x)
  const { result, computed } = averageDTypes('var', value, given)
  if (isComplex(value.dtype) && !isComplex(result)) {
    throw new ValueError(`jnp.var: the variance of ${value.dtype} cannot be asked for in ${result}.`)
  }
  const correction = Number.isInteger(ddof) ? scalar(ddof, defaultIntDType(), true) : scalar(ddof, computed, true)
  const mask = rest.where === undefined ? [] : [asArray('var', rest.where)]
  const outDType = given.dtype === undefined ? realPartOf(result) : result
  return {
    body: (values, less, ...masks) =>
      meanSquare(convertElementType(values, computed), less, { ...rest, where: masks.at(0) }, outDType),
    operands: [value, correction, ...mask],
  }
}

function meanSquare(operand: JaxArray, correction: JaxArray, options: ReduceOptions, result: DType): JaxArray {
  const centre = mean(operand, { axis: options.axis, where: options.where, keepdims: true })
  const centred = lax.sub(operand, centre)
  const squares = isComplex(operand.dtype) ? real(lax.mul(centred, conj(centred))) : lax.square(centred)
  const count = lax.sub(countOf(operand, options, squares.dtype), convertElementType(correction, squares.dtype))
  const quotient = lax.div(sum(squares, { ...options, dtype: squares.dtype }), count)
  const variances = convertElementType(quotient, result)
  return where(gt(count, constant(count, 0)), variances, NaN)
}

/**
 * Standard deviation over an axis, several, or all.
 *
 * @example
 * jnp.std(jnp.array([1, 3])).item() // 1
 */
export function std(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const given = readOptions('std', axis, options, ['axis', 'dtype', 'keepdims', 'where', 'ddof'])
  const { body, operands } = varianceOf(x, given)
  return calledAs('_std', (...arrays) => sqrt(calledAs('_var', body, ...arrays)), ...operands)
}

/**
 * Range over an axis, several, or all: the largest less the smallest element.
 *
 * @example
 * jnp.ptp(jnp.array([1, 9, 4])).item() // 8
 */
export function ptp(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const given = readOptions('ptp', axis, options, ['axis', 'keepdims'])
  return lax.sub(max(x, given), min(x, given))
}

/**
 * How many elements are not zero.
 *
 * @example
 * jnp.countNonzero(jnp.array([0, 3, 0, 4])).item() // 2
 */
export function countNonzero(x: ArrayLike, axis?: AxisOrOptions, options?: ReduceOptions): JaxArray {
  const given = readOptions('countNonzero', axis, options, ['axis', 'keepdims'])
  return sum(truth(asArray('countNonzero', x)), { ...given, dtype: defaultIntDType() })
}

/**
 * Mean with weights.
 *
 * @example
 * jnp.average(jnp.array([1, 3]), { weights: jnp.array([3, 1]) }).item() // 1.5
 */
export function average(
  x: ArrayLike,
  axis?: AxisOrOptions | { readonly axis?: number | null; readonly weights?: ArrayLike | null },
  weights?: ArrayLike | null,
): JaxArray {
  const named = typeof axis === 'object' && axis !== null && 'weights' in axis ? axis : null
  const given = named?.weights ?? weights ?? null
  const along =
    named === null
      ? readOptions('average', withoutWeights(axis), undefined, ['axis', 'keepdims'])
      : { axis: named.axis }
  if (given === null) return mean(x, along)
  const operand = asArray('average', x)
  const weighing = asArray('average', given)
  const type = floatType(promotedType([operand, weighing]))
  const value = toType(operand, type)
  const scale = alongAxis(toType(weighing, type), value, along.axis)
  const total = sum(lax.mul(value, scale), along)
  return lax.div(total, sum(broadcastTo(scale, value.shape), along))
}

function withoutWeights(axis: Parameters<typeof average>[1]): AxisOrOptions | undefined {
  return typeof axis === 'object' && axis !== null && 'weights' in axis ? {} : axis
}

/** Weights of one axis with axes of length 1 around them, so that they meet the operand. */
function alongAxis(weights: JaxArray, x: JaxArray, axis: ReduceOptions['axis']): JaxArray {
  if (weights.ndim === x.ndim || typeof axis !== 'number') return weights
  const [at] = reducedAxes('average', x, axis)
  return expandDims(
    weights,
    x.shape.flatMap((_, other) => (other === at ? [] : [other])),
  )
}

export { max as amax, min as amin, variance as var }
