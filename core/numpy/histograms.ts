import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { upTo } from '../primitives/axes.ts'
import { expandDims, reshape } from '../primitives/movement.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { checkOptions } from '../tree/options.ts'
import { divide, subtract } from './arithmetic.ts'
import { bincount } from './counting.ts'
import { diff } from './cumulative.ts'
import { slice } from './index-expression.ts'
import { getItem } from './indexing.ts'
import { stack } from './joining.ts'
import { equal } from './logic.ts'
import { asArray } from './promotion.ts'
import { ravelMultiIndex } from './index-arrays.ts'
import { sum } from './reductions.ts'
import { where } from './selection.ts'
import { searchsorted } from './sorting.ts'
import { histogram } from './statistics.ts'

/** How many bins, or their edges. */
type Bins = number | JaxArray

/** The range that the bins cover; from the least to the greatest element unless given. */
type Range = readonly [number, number] | null

/**
 * The edges of the bins of a histogram.
 *
 * @example
 * jnp.histogramBinEdges(jnp.array([0, 4]), 2).tolist() // [0, 2, 4]
 */
export function histogramBinEdges(x: ArrayLike, bins: Bins = 10, options: { readonly range?: Range } = {}): JaxArray {
  return histogram(x, { bins, range: options.range ?? null })[1]
}

/** What histograms of points may be told. */
export interface PointHistogramOptions {
  /** Bins of each coordinate, or of all. */
  readonly bins?: Bins | readonly Bins[]
  readonly range?: readonly Range[] | null
  readonly weights?: ArrayLike | null
  readonly density?: boolean
}

/**
 * How many of the points, one in each row, lie in each cell of a grid, and the grid's edges.
 *
 * @example
 * const [counts] = jnp.histogramdd(jnp.array([[0, 0], [1, 1], [1, 1]]), { bins: 2 })
 * counts.tolist() // [[1, 0], [0, 2]]
 */
export function histogramdd(
  points: ArrayLike,
  options: PointHistogramOptions = {},
): [counts: JaxArray, edges: JaxArray[]] {
  checkOptions('jnp.histogramdd', options, ['bins', 'range', 'weights', 'density'])
  const value = asArray('histogramdd', points)
  if (value.ndim !== 2) {
    throw new ValueError(`jnp.histogramdd takes one point in each row, got shape ${formatShape(value.shape)}.`)
  }
  const { bins = 10, range = null, weights = null, density = false } = options
  const coordinates = upTo(value.shape[1]).map((i) => getItem(value, [slice(null, null), i]))
  const edges = coordinates.map((own, i) =>
    histogramBinEdges(own, isList(bins) ? bins[i] : bins, { range: range === null ? null : range[i] }),
  )
  const places = coordinates.map((own, i) => {
    const place = searchsorted(edges[i], own, { side: 'right' })
    return where(equal(own, getItem(edges[i], [-1])), subtract(place, 1), place)
  })
  const cells = edges.map((own) => own.size + 1)
  const counted = bincount(ravelMultiIndex(places, cells), {
    weights,
    length: cells.reduce((product, count) => product * count, 1),
  })
  // The outermost cells hold what lies outside of the grid.
  const inside = cells.map(() => slice(1, -1))
  const counts = getItem(reshape(counted, { new_sizes: cells }), inside)
  if (!density) return [counts, edges]
  const share = divide(counts, sum(counts))
  const perVolume = edges.reduce(
    (rest, own, i) =>
      divide(
        rest,
        expandDims(
          diff(own),
          upTo(edges.length).filter((axis) => axis !== i),
        ),
      ),
    share,
  )
  return [perVolume, edges]
}

function isList(bins: Bins | readonly Bins[]): bins is readonly Bins[] {
  return Array.isArray(bins)
}

/**
 * How many of the points with coordinates `x` and `y` lie in each cell of a grid, and the grid's edges.
 *
 * @example
 * const [counts] = jnp.histogram2d(jnp.array([0, 1, 1]), jnp.array([0, 1, 1]), { bins: 2 })
 * counts.tolist() // [[1, 0], [0, 2]]
 */
export function histogram2d(
  x: ArrayLike,
  y: ArrayLike,
  options: PointHistogramOptions = {},
): [counts: JaxArray, xEdges: JaxArray, yEdges: JaxArray] {
  const points = stack([asArray('histogram2d', x), asArray('histogram2d', y)], 1)
  const [counts, [xEdges, yEdges]] = histogramdd(points, options)
  return [counts, xEdges, yEdges]
}
