import { NotImplementedError, ValueError } from '../../errors.ts'
import { canonicalAxis } from '../../lax/arguments.ts'
import { divide, subtract } from '../../numpy/arithmetic.ts'
import { IndexedUpdate } from '../../numpy/at.ts'
import { matmul } from '../../numpy/contraction.ts'
import { arange, ones } from '../../numpy/creation.ts'
import { slice } from '../../numpy/index-expression.ts'
import { getItem } from '../../numpy/indexing.ts'
import { vstack } from '../../numpy/joining.ts'
import { lstsq } from '../../numpy/linalg/index.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { mean } from '../../numpy/reductions.ts'
import { matrixTranspose, moveaxis } from '../../numpy/shape.ts'
import { neg } from '../../primitives/elementwise-arithmetic.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { checkOptions } from '../../tree/options.ts'

/** What `detrend` may be told. */
export interface DetrendOptions {
  /** The last axis unless given. */
  readonly axis?: number
  /** What is taken out: a straight line by least squares, or the mean. */
  readonly type?: 'linear' | 'constant'
  /** Where one straight line ends and the next begins. */
  readonly bp?: number | readonly number[]
  readonly overwriteData?: null
}

/**
 * A signal without its linear trend, or without its mean. JAX: `jax.scipy.signal.detrend`.
 *
 * @example
 * scipy.signal.detrend(jnp.array([1, 2, 6]), { type: 'constant' }).tolist() // [-2, -1, 3]
 */
export function detrend(
  data: ArrayLike,
  axis: number | DetrendOptions = -1,
  options: Omit<DetrendOptions, 'axis'> = {},
): JaxArray {
  const given: DetrendOptions = typeof axis === 'number' ? { ...options, axis } : axis
  checkOptions('scipy.signal.detrend', given, ['axis', 'type', 'bp', 'overwriteData'])
  const { type = 'linear', bp = 0, overwriteData = null } = given
  if (overwriteData !== null) throw new NotImplementedError('scipy.signal.detrend: arrays are never overwritten.')
  if (type !== 'linear' && type !== 'constant') {
    throw new ValueError(`scipy.signal.detrend: type is 'linear' or 'constant', got '${String(type)}'.`)
  }
  const [x] = promoteToFloat('signal.detrend', data)
  const along = canonicalAxis('scipy.signal.detrend', given.axis ?? -1, x.ndim)
  if (type === 'constant') return subtract(x, mean(x, { axis: along, keepdims: true }))
  const length = x.shape[along]
  const points = [...new Set([0, ...(typeof bp === 'number' ? [bp] : bp), length])].sort((a, b) => a - b)
  if (points.some((point) => point < 0 || point > length)) {
    throw new ValueError(`scipy.signal.detrend: the points bp lie between 0 and ${length}, got ${String(bp)}.`)
  }
  const moved = moveaxis(x, along, 0)
  const columns = moved.reshape(length, x.size / Math.max(1, length))
  const straight = points.slice(1).reduce((value, stop, i) => withoutLine(value, points[i], stop), columns)
  return moveaxis(straight.reshape(moved.shape), 0, along)
}

function withoutLine(columns: JaxArray, start: number, stop: number): JaxArray {
  const count = stop - start
  const { dtype } = columns
  const ramp = divide(arange(1, count + 1, { dtype }), count)
  const basis = matrixTranspose(vstack([ones(count, { dtype }), ramp]))
  const [coefficients] = lstsq(basis, getItem(columns, [slice(start, stop)]))
  const line = matmul(basis, coefficients)
  return new IndexedUpdate(columns, [slice(start, stop)]).add(neg(line))
}
