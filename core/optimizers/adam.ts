import { add, divide, multiply, negative, power, square, subtract } from '../numpy/arithmetic.ts'
import { zerosLike } from '../numpy/creation.ts'
import { sqrt } from '../numpy/transcendental.ts'
import type { JaxArray } from '../tracing/array.ts'
import { checkOptions } from '../tree/options.ts'
import { type Counted, type LearningRate, rateAt, startCount } from './schedule.ts'
import { type Optimizer, arraysOf, shapedLike } from './updates.ts'

/** What `adam` may be told. */
export interface AdamOptions {
  /** Decay of the mean of gradients; 0.9 unless said. */
  readonly b1?: number
  /** Decay of the mean of squared gradients; 0.999 unless said. */
  readonly b2?: number
  /** Added to the root in the denominator; 1e-8 unless said. */
  readonly eps?: number
}

/** Steps taken, and decaying means of gradients and of their squares. */
export interface AdamState extends Counted {
  readonly mu: unknown
  readonly nu: unknown
}

/**
 * Adam: steps along the mean of recent gradients, scaled by the root of the mean of their squares, both
 * corrected for having started at zero.
 *
 * @example
 * const { init, update } = optimizers.adam(0.1)
 * update(jnp.array([3, -0.01]), init(jnp.zeros(2)))[0].tolist() // [-0.1, 0.1]
 */
export function adam(learningRate: LearningRate, options: AdamOptions = {}): Optimizer<AdamState> {
  checkOptions('optimizers.adam', options, ['b1', 'b2', 'eps'])
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8 } = options
  const decayed = (old: JaxArray, decay: number, now: JaxArray): JaxArray =>
    add(multiply(1 - decay, now), multiply(decay, old))
  return {
    init(params) {
      const zeros = shapedLike(
        params,
        arraysOf('optimizers.adam', params).map((p) => zerosLike(p)),
      )
      return { count: startCount(), mu: zeros, nu: zeros }
    },
    update(grads, { count, mu, nu }) {
      const slopes = arraysOf('optimizers.adam', grads)
      const taken = add(count, 1)
      const means = arraysOf('optimizers.adam', mu).map((m, i) => decayed(m, b1, slopes[i]))
      const squares = arraysOf('optimizers.adam', nu).map((v, i) => decayed(v, b2, square(slopes[i])))
      const unbiased = (mean: JaxArray, decay: number): JaxArray =>
        divide(mean, subtract(1, power(decay, taken.astype(mean.dtype))))
      const rate = negative(rateAt('optimizers.adam', learningRate, count))
      const steps = means.map((m, i) =>
        divide(multiply(rate, unbiased(m, b1)), add(sqrt(unbiased(squares[i], b2)), eps)),
      )
      return [shapedLike(grads, steps), { count: taken, mu: shapedLike(grads, means), nu: shapedLike(grads, squares) }]
    },
  }
}
