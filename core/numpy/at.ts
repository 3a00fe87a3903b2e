import type { Shape } from '../ir/aval.ts'
import { type GatherScatterMode, indexMode } from '../lax/gather-scatter.ts'
import { whileLoop } from '../lax/loops.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { add, div, neg } from '../primitives/elementwise-arithmetic.ts'
import { gt, lt } from '../primitives/elementwise-comparison.ts'
import { broadcastInDim, rev, squeeze } from '../primitives/movement.ts'
import { reduceMax } from '../primitives/reductions.ts'
import {
  type ScatterArguments,
  scatter,
  scatterAdd,
  scatterMax,
  scatterMin,
  scatterMul,
} from '../primitives/scatter.ts'
import { selectN } from '../primitives/selection.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { type GatherIndex, gatherIndexOf } from './gather-index.ts'
import { type Index, parseIndices } from './index-expression.ts'
import { type GetOptions, getItem } from './indexing.ts'
import { checkArrayLike, promoteToFloat, promoteValues } from './promotion.ts'
import { broadcastTo } from './shape.ts'
import { pow } from '../primitives/elementwise-power.ts'
import { userCode } from '../tracing/source.ts'

/** What an indexed update may assume of the places, and what it does with those outside. */
export interface UpdateOptions {
  mode?: GatherScatterMode
  indicesAreSorted?: boolean
  uniqueIndices?: boolean
}

type ScatterOperation = (x: JaxArray, indices: JaxArray, updates: JaxArray, args: ScatterArguments) => JaxArray

/**
 * Places of an array that a new array shall differ in: what `x.at(i)` returns. Arrays never change;
 * every method gives a new one. Updates outside the array are left out.
 *
 * @example
 * jnp.zeros(3).at(1).set(5).tolist() // [0, 5, 0]
 */
export class IndexedUpdate {
  private readonly array: JaxArray
  private readonly indices: readonly Index[]

  constructor(array: JaxArray, indices: readonly Index[]) {
    this.array = array
    this.indices = indices
  }

  /** The values at the places; outside the array as `options.mode` says, by default the nearest ones. */
  get(options: GetOptions = {}): JaxArray {
    return getItem(this.array, this.indices, options)
  }

  /** `x[i] = values`, as a new array. */
  set(values: ArrayLike, options: UpdateOptions = {}): JaxArray {
    return this.update('set', scatter, values, options)
  }

  /** `x[i] += values`; places that are named twice get both. */
  add(values: ArrayLike, options: UpdateOptions = {}): JaxArray {
    return this.update('add', scatterAdd, values, options)
  }

  /** `x[i] -= values`. */
  subtract(values: ArrayLike, options: UpdateOptions = {}): JaxArray {
    return this.update('subtract', (x, at, updates, args) => scatterAdd(x, at, neg(updates), args), values, options)
  }

  /** `x[i] *= values`. */
  multiply(values: ArrayLike, options: UpdateOptions = {}): JaxArray {
    return this.update('multiply', scatterMul, values, options)
  }

  /** `x[i] *= values`. */
  mul(values: ArrayLike, options: UpdateOptions = {}): JaxArray {
    return this.multiply(values, options)
  }

  /** `x[i] /= values`. */
  divide(values: ArrayLike, options: UpdateOptions = {}): JaxArray {
    const [x, divisors] = promoteToFloat('at(…).divide', this.array, this.inOnes(values, options))
    return div(x, divisors)
  }

  /** `x[i] **= values`. */
  power(values: ArrayLike, options: UpdateOptions = {}): JaxArray {
    return pow(this.array, this.inOnes(values, options))
  }

  /** The lesser of what is there and `values`. */
  min(values: ArrayLike, options: UpdateOptions = {}): JaxArray {
    return this.update('min', scatterMin, values, options)
  }

  /** The greater of what is there and `values`. */
  max(values: ArrayLike, options: UpdateOptions = {}): JaxArray {
    return this.update('max', scatterMax, values, options)
  }

  /** An elementwise function applied at the places, once for each time a place is named. */
  apply(given: (values: JaxArray) => ArrayLike, options: UpdateOptions = {}): JaxArray {
    const f = userCode(given)
    const index = gatherIndexOf(parseIndices(this.indices, this.array.shape), this.array.shape)
    if (index.orderly || options.uniqueIndices === true) return this.set(f(this.get({ mode: 'clip' })), options)
    const { array } = this
    const nowhere = broadcastInDim(scalar(0, 'int32'), { shape: array.shape, broadcast_dimensions: [] })
    const times = new IndexedUpdate(nowhere, this.indices).add(1, options)
    const most = reduceMax(times, { axes: array.shape.map((_, axis) => axis) })
    const carry = whileLoop(
      ([round]: [JaxArray, JaxArray]) => lt(round, most),
      ([round, values]: [JaxArray, JaxArray]): [JaxArray, JaxArray] => {
        const changed = broadcastTo(convertElementType(promoteValues([f(values), values])[0], array.dtype), array.shape)
        return [add(round, scalar(1, 'int32')), selectN(gt(times, round), values, changed)]
      },
      [scalar(0, 'int32'), array],
    )
    const applied: unknown = Array.isArray(carry) ? carry[1] : undefined
    if (!(applied instanceof JaxArray)) throw new Error('internal: the loop of at(…).apply lost its carry')
    return applied
  }

  /** Ones with `values` at the places, to divide by or raise to. */
  private inOnes(values: ArrayLike, options: UpdateOptions): JaxArray {
    const { dtype, shape } = this.array
    const ones = broadcastInDim(scalar(1, dtype), { shape, broadcast_dimensions: [] })
    return new IndexedUpdate(ones, this.indices).multiply(values, options)
  }

  private update(name: string, operation: ScatterOperation, values: ArrayLike, options: UpdateOptions): JaxArray {
    checkArrayLike(`at(…).${name}`, values)
    const { dtype, shape, weakType } = this.array
    const index = gatherIndexOf(parseIndices(this.indices, shape), shape)
    if (index.shape.includes(0)) return this.array
    const [x, promoted] = promoteValues([this.array, values])
    const out = operation(x, index.indices, updatesFor(promoted, index), {
      dimension_numbers: {
        update_window_dims: index.dimensionNumbers.offset_dims,
        inserted_window_dims: index.dimensionNumbers.collapsed_slice_dims,
        scatter_dims_to_operand_dims: index.dimensionNumbers.start_index_map,
        operand_batching_dims: [],
        scatter_indices_batching_dims: [],
      },
      indices_are_sorted: index.orderly || (options.indicesAreSorted ?? false),
      unique_indices: index.orderly || (options.uniqueIndices ?? false),
      mode: options.mode === undefined ? 'fill_or_drop' : indexMode(`at(…).${name}`, options.mode),
    })
    return convertElementType(out, dtype, weakType)
  }
}

/** Values broadcast to the indexed shape, then without new axes and in ascending order, as the scatter takes them. */
function updatesFor(values: JaxArray, index: GatherIndex): JaxArray {
  const shape: Shape = index.shape
  const updates = squeeze(broadcastTo(values, shape), { dimensions: index.newAxes })
  return index.reversed.length === 0 ? updates : rev(updates, { dimensions: index.reversed })
}
