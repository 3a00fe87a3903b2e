import { checkOptions } from '../tree/options.ts'
import { ValueError } from '../errors.ts'
import { canonicalAxes } from '../lax/arguments.ts'
import { isComplex } from '../ir/dtype.ts'
import { complex } from '../primitives/complex.ts'
import { upTo } from '../primitives/axes.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { add, div, mul, sub } from '../primitives/elementwise-arithmetic.ts'
import { le } from '../primitives/elementwise-comparison.ts'
import { sqrt } from '../primitives/elementwise-power.ts'
import { ceil, floor } from '../primitives/elementwise-rounding.ts'
import { concatenate } from '../primitives/joining.ts'
import { matrixTranspose } from '../primitives/matrix.ts'
import { expandDims, reshape, transpose } from '../primitives/movement.ts'
import { constant } from '../primitives/operand.ts'
import { clamp } from '../primitives/selection.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { clip, divide, multiply, add as plus, subtract } from './arithmetic.ts'
import type { Axis } from './axis-options.ts'
import { calledAs } from './called-as.ts'
import { conj, imag, real } from './complex.ts'
import { matmul } from './contraction.ts'
import { arange, onesLike } from './creation.ts'
import { diff } from './cumulative.ts'
import { take } from './indexing.ts'
import { equal, isnan } from './logic.ts'
import { diagonal } from './matrices.ts'
import { asArray, floatType, promoteToFloat, promotedType, toType } from './promotion.ts'
import { any, max, mean, min, sum } from './reductions.ts'
import { where } from './selection.ts'
import { linspace } from './sequences.ts'
import { ravel } from './shape.ts'
import { searchsorted, sort } from './sorting.ts'

/** How a quantile between two elements is found. */
export type QuantileMethod = 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest'

/** What quantiles may be told. */
export interface QuantileOptions {
  readonly axis?: Axis
  readonly method?: QuantileMethod
  readonly keepdims?: boolean
}

/**
 * The value below which a fraction `q` of the elements lie.
 *
 * @example
 * jnp.quantile(jnp.array([1, 2, 3, 4]), 0.5).item() // 2.5
 */
export function quantile(
  x: ArrayLike,
  q: ArrayLike,
  axis: Axis | QuantileOptions = null,
  options: QuantileOptions = {},
): JaxArray {
  const given: QuantileOptions = isAxis(axis) ? { ...options, axis } : axis
  checkOptions('jnp.quantile', given, ['axis', 'method', 'keepdims'])
  const [fraction] = promoteToFloat('quantile', q)
  if (fraction.ndim > 1)
    throw new ValueError(`jnp.quantile: q must be a number or a vector, got ${fraction.ndim} dimensions.`)
  const [value] = promoteToFloat('quantile', x)
  return calledAs('quantile', (array, part) => quantiles(array, part, given), value, fraction)
}

function isAxis(value: Axis | QuantileOptions): value is Axis {
  return value === null || typeof value === 'number' || Array.isArray(value)
}

function quantiles(x: JaxArray, fraction: JaxArray, { axis, method = 'linear', keepdims }: QuantileOptions): JaxArray {
  const axes = axis === null || axis === undefined ? upTo(x.ndim) : canonicalAxes('quantile', axis, x.ndim)
  const kept = upTo(x.ndim).filter((other) => !axes.includes(other))
  const count = axes.reduce((product, other) => product * x.shape[other], 1)
  const lines = reshape(transpose(x, { permutation: [...kept, ...axes] }), {
    new_sizes: [...kept.map((other) => x.shape[other]), count],
  })
  // NaN anywhere makes a line's quantiles NaN.
  const spoiled = any(isnan(lines), { axis: -1, keepdims: true })
  const sorted = sort(where(spoiled, NaN, lines))
  const position = mul(convertElementType(fraction, x.dtype), constant(x, count - 1))
  const low = floor(position)
  const high = ceil(position)
  const at = (place: JaxArray): JaxArray => {
    const limited = clamp(constant(place, 0), place, constant(place, count - 1))
    return take(sorted, convertElementType(limited, 'int32'), { axis: -1, mode: 'clip' })
  }
  const result = interpolate(method, position, low, at(low), at(high))
  const front = fraction.ndim === 0 ? result : transpose(result, { permutation: [kept.length, ...upTo(kept.length)] })
  return keepdims
    ? expandDims(
        front,
        axes.map((other) => other + fraction.ndim),
      )
    : front
}

function interpolate(
  method: QuantileMethod,
  position: JaxArray,
  low: JaxArray,
  lower: JaxArray,
  upper: JaxArray,
): JaxArray {
  const weight = sub(position, low)
  switch (method) {
    case 'lower':
      return lower
    case 'higher':
      return upper
    case 'midpoint':
      return multiply(plus(lower, upper), 0.5)
    case 'nearest':
      return where(le(weight, constant(weight, 0.5)), lower, upper)
    case 'linear':
      return plus(multiply(lower, sub(constant(weight, 1), weight)), multiply(upper, weight))
  }
}

/**
 * The value below which `q` percent of the elements lie.
 *
 * @example
 * jnp.percentile(jnp.array([1, 2, 3, 4]), 50).item() // 2.5
 */
export function percentile(
  x: ArrayLike,
  q: ArrayLike,
  axis: Axis | QuantileOptions = null,
  options: QuantileOptions = {},
): JaxArray {
  const [percent] = promoteToFloat('percentile', q)
  return quantile(x, div(percent, constant(percent, 100)), axis, options)
}

/**
 * The middle element, or the mean of the middle two.
 *
 * @example
 * jnp.median(jnp.array([3, 1, 2])).item() // 2
 */
export function median(x: ArrayLike, axis: Axis | QuantileOptions = null, options: QuantileOptions = {}): JaxArray {
  return quantile(x, 0.5, axis, options)
}

/** What `cov` may be told. */
export interface CovarianceOptions {
  /** Whether rows are variables and columns observations, or the other way round. */
  readonly rowvar?: boolean
  readonly bias?: boolean
  readonly ddof?: number | null
}

/**
 * Covariances between variables, the rows unless told otherwise; `y` holds further variables.
 *
 * @example
 * jnp.cov(jnp.array([[1, 2, 3], [3, 2, 1]])).tolist() // [[1, -1], [-1, 1]]
 */
export function cov(
  x: ArrayLike,
  y: ArrayLike | CovarianceOptions | null = null,
  options: CovarianceOptions = {},
): JaxArray {
  const { further, given } = furtherVariables(y, options)
  checkOptions('jnp.cov', given, ['rowvar', 'bias', 'ddof'])
  const { rowvar = true, bias = false, ddof } = given
  const sets = promoteToFloat('cov', x, ...further).map((value) => asRows(value, rowvar))
  const rows = sets.length === 1 ? sets[0] : concatenate(sets, { dimension: 0 })
  const count = rows.shape[1] - (ddof ?? (bias ? 0 : 1))
  const centred = sub(rows, mean(rows, { axis: 1, keepdims: true }))
  const products = div(matmul(centred, conj(matrixTranspose(centred))), constant(centred, count))
  return products.size === 1 ? reshape(products, { new_sizes: [] }) : products
}

function furtherVariables<Options extends object>(
  y: ArrayLike | Options | null,
  options: Options,
): { further: ArrayLike[]; given: Options } {
  if (y === null) return { further: [], given: options }
  if (y instanceof JaxArray || typeof y !== 'object') return { further: [y], given: options }
  return { further: [], given: y }
}

function asRows(value: JaxArray, rowvar: boolean): JaxArray {
  if (value.ndim > 2) throw new ValueError(`jnp.cov takes arrays of at most 2 dimensions, got ${value.ndim}.`)
  if (value.ndim < 2) return reshape(value, { new_sizes: [1, value.size] })
  return rowvar ? value : matrixTranspose(value)
}

/**
 * Correlations between variables, the rows unless told otherwise; `y` holds further variables.
 *
 * @example
 * jnp.corrcoef(jnp.array([1, 2, 3]), jnp.array([3, 2, 1])).tolist() // [[1, -1], [-1, 1]]
 */
export function corrcoef(
  x: ArrayLike,
  y: ArrayLike | { readonly rowvar?: boolean } | null = null,
  options: { readonly rowvar?: boolean } = {},
): JaxArray {
  const { further, given } = furtherVariables(y, options)
  checkOptions('jnp.corrcoef', given, ['rowvar'])
  const covariance = cov(x, further[0] ?? null, given)
  if (covariance.ndim === 0) return div(covariance, covariance)
  const deviation = sqrt(real(diagonal(covariance)))
  const scaled = divide(divide(covariance, expandDims(deviation, [1])), expandDims(deviation, [0]))
  if (isComplex(scaled.dtype)) return complex(clip(real(scaled), -1, 1), clip(imag(scaled), -1, 1))
  return clip(scaled, -1, 1)
}

/** What `histogram` may be told. */
export interface HistogramOptions {
  /** How many bins, or their edges. */
  readonly bins?: number | JaxArray
  readonly range?: readonly [number, number] | null
  readonly weights?: ArrayLike | null
  readonly density?: boolean
}

/**
 * How many elements fall into each bin, and the edges of the bins. The last bin includes its upper edge.
 *
 * @example
 * const [counts, edges] = jnp.histogram(jnp.array([1, 2, 2, 3]), { bins: 2 })
 */
export function histogram(
  x: ArrayLike,
  bins: number | JaxArray | HistogramOptions = 10,
): [counts: JaxArray, edges: JaxArray] {
  const given: HistogramOptions = typeof bins === 'number' || bins instanceof JaxArray ? { bins } : bins
  checkOptions('jnp.histogram', given, ['bins', 'range', 'weights', 'density'])
  const value = ravel(asArray('histogram', x))
  const edges = histogramEdges(value, given)
  const weights = given.weights === undefined || given.weights === null ? onesLike(value) : ravel(given.weights)
  const type = floatType(promotedType([value, edges]))
  const [places, limits] = [toType(value, type), toType(edges, type)]
  const bin = searchsorted(limits, places, { side: 'right' })
  const count = edges.size - 1
  const numbers = add(arange(count), 1)
  const atEnd = equal(places, take(limits, count))
  const place = where(atEnd, count, bin)
  const inside = equal(expandDims(place, [0]), expandDims(numbers, [1]))
  const own = promoteToFloat('histogram', weights)[0]
  const counts = sum(where(inside, expandDims(own, [0]), 0), { axis: 1 })
  if (!given.density) return [counts, edges]
  return [divide(divide(counts, diff(edges)), sum(counts)), edges]
}

function histogramEdges(value: JaxArray, { bins = 10, range = null }: HistogramOptions): JaxArray {
  if (bins instanceof JaxArray) return bins
  const [own] = promoteToFloat('histogram', value)
  const [low, high] =
    range === null ? [min(own), max(own)] : [asArray('histogram', range[0]), asArray('histogram', range[1])]
  const flat = equal(low, high)
  return linspace(where(flat, subtract(low, 0.5), low), where(flat, plus(high, 0.5), high), bins + 1)
}
