import { ValueError } from '../../errors.ts'
import { cummax, cummin, sortKeyVal } from '../../lax/reductions.ts'
import { cond } from '../../lax/control-flow.ts'
import { applyAlongAxis } from '../../numpy/along-axes.ts'
import { add, multiply } from '../../numpy/arithmetic.ts'
import { arange, full, ones, zerosLike } from '../../numpy/creation.ts'
import { cumsum } from '../../numpy/cumulative.ts'
import { slice } from '../../numpy/index-expression.ts'
import { concatenate } from '../../numpy/joining.ts'
import { isnan, notEqual } from '../../numpy/logic.ts'
import { asArray, defaultFloatDType } from '../../numpy/promotion.ts'
import { any } from '../../numpy/reductions.ts'
import { where } from '../../numpy/selection.ts'
import { ravel } from '../../numpy/shape.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { arrayOf } from '../../tree/leaves.ts'
import { checkOptions } from '../../tree/options.ts'
import { checkPropagates } from './statistics.ts'

/** Which ranks equal values get: the mean, least or greatest of theirs, numbers without gaps, or those of their order. */
export type RankMethod = 'average' | 'min' | 'max' | 'dense' | 'ordinal'

/** What `rankdata` may be told. */
export interface RankOptions {
  readonly method?: RankMethod
  /** The axis along which values are ranked; all elements in a row unless given. */
  readonly axis?: number | null
  readonly nanPolicy?: 'propagate'
}

const methods: readonly string[] = ['average', 'min', 'max', 'dense', 'ordinal']

/**
 * The ranks of values, from 1 on, as floats. All are NaN where there is a NaN.
 *
 * @example
 * scipy.stats.rankdata(jnp.array([10, 30, 10])).tolist() // [1.5, 3, 1.5]
 */
export function rankdata(
  a: ArrayLike,
  method: RankMethod | RankOptions = 'average',
  options: Omit<RankOptions, 'method'> = {},
): JaxArray {
  const given: RankOptions = typeof method === 'string' ? { ...options, method } : method
  checkOptions('scipy.stats.rankdata', given, ['method', 'axis', 'nanPolicy'])
  checkPropagates('rankdata', given.nanPolicy)
  const { method: kind = 'average', axis = null } = given
  if (!methods.includes(kind)) {
    throw new ValueError(`scipy.stats.rankdata: there is no method '${kind}', only ${methods.join(', ')}.`)
  }
  const values = asArray('rankdata', a)
  if (axis !== null) return applyAlongAxis((line) => rankdata(line, kind), axis, values)
  const flat = ravel(values)
  const dtype = defaultFloatDType()
  const ranks = cond(
    any(isnan(flat)),
    (x: JaxArray) => full([x.size], NaN, { dtype }),
    (x: JaxArray) => ranksOf(x, kind).astype(dtype),
    flat,
  )
  return arrayOf(ranks, 'scipy.stats.rankdata')
}

function ranksOf(x: JaxArray, method: RankMethod): JaxArray {
  const count = x.size
  const positions = arange(count, { dtype: 'int32' })
  const [sorted, order] = sortKeyVal(x, positions)
  const inverse = zerosLike(order).at(order).set(positions)
  if (method === 'ordinal') return inverse.add(1)
  const starts = concatenate([
    ones([Math.min(count, 1)], { dtype: 'bool' }),
    notEqual(sorted.slice(slice(1, null)), sorted.slice(slice(null, -1))),
  ])
  if (method === 'dense') return cumsum(starts.astype('int32')).slice(inverse)
  const ends = concatenate([starts.slice(slice(1, null)), ones([Math.min(count, 1)], { dtype: 'bool' })])
  const least = cummax(where(starts, positions.add(1), 0)).slice(inverse)
  const greatest = cummin(where(ends, positions.add(1), count), { reverse: true }).slice(inverse)
  switch (method) {
    case 'min':
      return least
    case 'max':
      return greatest
    case 'average':
      return multiply(0.5, add(least, greatest).astype(defaultFloatDType()))
  }
}
