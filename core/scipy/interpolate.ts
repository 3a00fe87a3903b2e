/** Interpolation between values on a grid: JAX's `jax.scipy.interpolate`. */
import { JaxTypeError, NotImplementedError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { isComplex, isFloat } from '../ir/dtype.ts'
import { add, divide, multiply, subtract } from '../numpy/arithmetic.ts'
import { IndexedUpdate } from '../numpy/at.ts'
import { array, empty, zeros } from '../numpy/creation.ts'
import { getItem } from '../numpy/indexing.ts'
import { equal, greater, less, lessEqual, logicalOr } from '../numpy/logic.ts'
import { asArray, checkArrayLike, promoteToFloat } from '../numpy/promotion.ts'
import { where } from '../numpy/selection.ts'
import { broadcastArrays } from '../numpy/shape.ts'
import { searchsorted } from '../numpy/sorting.ts'
import { upTo } from '../primitives/axes.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { checkOptions } from '../tree/options.ts'
import { registerPytreeNode } from '../tree/pytree.ts'

/** Between the corners of a cell: linearly, or by the nearest one. */
export type GridMethod = 'linear' | 'nearest'

/** What `RegularGridInterpolator` may be told. */
export interface GridOptions {
  readonly method?: GridMethod
  /** Points outside cannot be refused. */
  readonly boundsError?: boolean
  /** The value outside; NaN unless given, null to go on as inside. */
  readonly fillValue?: ArrayLike | null
}

/** Where points lie along one axis of the grid. */
interface Place {
  /** The number of the edge below. */
  readonly index: JaxArray
  /** How far they are from there to the next edge. */
  readonly share: JaxArray
}

/**
 * Interpolation of values that lie on a regular grid: `points` holds the increasing coordinates along each axis,
 * `values` the values there. JAX: `jax.scipy.interpolate.RegularGridInterpolator`; what is a call in JAX is
 * `evaluate` here.
 *
 * @example
 * const f = new scipy.interpolate.RegularGridInterpolator([jnp.array([0, 1])], jnp.array([10, 20]))
 * f.evaluate(jnp.array([0.5])).tolist() // [15]
 */
export class RegularGridInterpolator {
  readonly method: GridMethod
  readonly boundsError: boolean
  readonly grid: readonly JaxArray[]
  readonly values: JaxArray
  readonly fillValue: JaxArray | null

  constructor(
    points: readonly ArrayLike[],
    values: ArrayLike,
    method: GridMethod | GridOptions = 'linear',
    boundsError = false,
    fillValue: ArrayLike | null = NaN,
  ) {
    const given = typeof method === 'string' ? { method, boundsError, fillValue } : method
    checkOptions('RegularGridInterpolator', given, ['method', 'boundsError', 'fillValue'])
    this.method = checkedMethod(given.method ?? 'linear')
    this.boundsError = given.boundsError ?? false
    if (this.boundsError) throw new NotImplementedError('RegularGridInterpolator cannot refuse points while tracing.')
    const table = asArray('RegularGridInterpolator', values)
    if (points.length > table.ndim) {
      throw new ValueError(
        `RegularGridInterpolator: coordinates along ${points.length} axes do not fit values of shape ${formatShape(table.shape)}.`,
      )
    }
    this.values = promoteToFloat('RegularGridInterpolator', table)[0]
    const fill = given.fillValue === undefined ? NaN : given.fillValue
    this.fillValue = fill === null ? null : asArray('RegularGridInterpolator', fill)
    if (this.fillValue !== null && isComplex(this.fillValue.dtype) && isFloat(this.values.dtype)) {
      throw new ValueError(
        `RegularGridInterpolator: a ${this.fillValue.dtype} cannot stand beside ${this.values.dtype}.`,
      )
    }
    this.grid = points.map((each) => asArray('RegularGridInterpolator', each))
  }

  /** The values at points, whose coordinates lie along the last axis or are a list of arrays, one an axis. */
  evaluate(
    xi: ArrayLike | readonly ArrayLike[],
    method: GridMethod | { method?: GridMethod | null } | null = null,
  ): JaxArray {
    const wanted = typeof method === 'string' ? method : (method?.method ?? null)
    const chosen = checkedMethod(wanted ?? this.method)
    const count = this.grid.length
    const points = coordinates(xi, count)
    const shape = points.shape.slice(0, -1)
    if (points.shape.at(-1) !== count) {
      throw new ValueError(
        `RegularGridInterpolator: points have ${String(points.shape.at(-1))} coordinates, the grid has ${count}.`,
      )
    }
    const columns = points.reshape(points.size / Math.max(1, count), count).transpose()
    const { places, outside } = this.locate(columns)
    const inside = chosen === 'linear' ? this.linear(places) : this.nearest(places)
    const wide = outside.reshape([...inside.shape.slice(0, 1), ...new Array<number>(inside.ndim - 1).fill(1)])
    const result = this.fillValue === null ? inside : where(wide, this.fillValue, inside)
    return result.reshape([...shape, ...this.values.shape.slice(count)])
  }

  private locate(columns: JaxArray): { places: Place[]; outside: JaxArray } {
    let outside = zeros(columns.shape[1], { dtype: 'bool' })
    const places = this.grid.map((edges, axis) => {
      const x = columns.slice(axis)
      const last = edges.size - 2
      const below = subtract(searchsorted(edges, x), 1)
      const first = where(less(below, 0), 0, below)
      const index = where(greater(first, last), last, first)
      const start = getItem(edges, [index])
      const share = divide(subtract(x, start), subtract(getItem(edges, [add(index, 1)]), start))
      outside = logicalOr(outside, less(x, edges.slice(0)))
      outside = logicalOr(outside, greater(x, edges.slice(-1)))
      return { index, share }
    })
    return { places, outside }
  }

  /** The sum over all corners of a cell, each weighted by how near it is. */
  private linear(places: readonly Place[]): JaxArray {
    const corners = places.reduce<JaxArray[][]>(
      (all, { index }) =>
        all.flatMap((some) => [
          [...some, index],
          [...some, add(index, 1)],
        ]),
      [[]],
    )
    const tail = new Array<number>(this.values.ndim - places.length).fill(1)
    return corners.reduce<JaxArray>((total, corner) => {
      const weight = places.reduce<JaxArray>(
        (product, { index, share }, axis) =>
          multiply(product, where(equal(corner[axis], index), subtract(1, share), share)),
        array(1),
      )
      return add(total, multiply(getItem(this.values, corner), weight.reshape([weight.size, ...tail])))
    }, array(0))
  }

  private nearest(places: readonly Place[]): JaxArray {
    const corner = places.map(({ index, share }) => where(lessEqual(share, 0.5), index, add(index, 1)))
    return getItem(this.values, corner)
  }
}

registerPytreeNode(
  RegularGridInterpolator,
  ({ grid, values, fillValue, method, boundsError }) => ({
    children: [grid, values, fillValue],
    aux: { method, boundsError },
  }),
  (aux, [grid, values, fillValue]) => {
    const made: unknown = Object.assign(Object.create(RegularGridInterpolator.prototype), aux, {
      grid,
      values,
      fillValue,
    })
    if (!(made instanceof RegularGridInterpolator)) throw new Error('internal: an interpolator without its class')
    return made
  },
)

function checkedMethod(method: GridMethod): GridMethod {
  if (method === 'linear' || method === 'nearest') return method
  throw new ValueError(`RegularGridInterpolator: method is 'linear' or 'nearest', got '${String(method)}'.`)
}

/** Points with their coordinates along the last axis. */
function coordinates(xi: ArrayLike | readonly ArrayLike[], count: number): JaxArray {
  if (isList(xi)) {
    const [first, ...more] = xi
    if (first === undefined) throw new JaxTypeError('RegularGridInterpolator: there are no coordinates.')
    if (more.length === 0) return coordinates(first, count)
    const parts = broadcastArrays(...xi)
    const blank = empty([...parts[0].shape, parts.length], { dtype: 'float' })
    return upTo(parts.length).reduce((points, axis) => new IndexedUpdate(points, ['...', axis]).set(parts[axis]), blank)
  }
  checkArrayLike('RegularGridInterpolator', xi)
  const points = asArray('RegularGridInterpolator', xi)
  return points.ndim === 1 ? points.reshape(points.size / Math.max(1, count), count) : points
}

function isList(xi: ArrayLike | readonly ArrayLike[]): xi is readonly ArrayLike[] {
  return Array.isArray(xi) && !(xi instanceof JaxArray)
}
