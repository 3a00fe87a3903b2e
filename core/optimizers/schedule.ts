import { zeros } from '../numpy/creation.ts'
import { asArray } from '../numpy/promotion.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { userCode } from '../tracing/source.ts'

/** How far a step goes: one rate, or a function of the number of steps taken so far. */
export type LearningRate = ArrayLike | ((count: JaxArray) => ArrayLike)

/** What every optimizer counts. */
export interface Counted {
  /** Steps taken so far, an int32 scalar. */
  readonly count: JaxArray
}

export function startCount(): JaxArray {
  return zeros([], { dtype: 'int32' })
}

export function rateAt(where: string, rate: LearningRate, count: JaxArray): JaxArray {
  return asArray(where, typeof rate === 'function' ? userCode(rate)(count) : rate)
}
