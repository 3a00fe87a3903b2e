import { add, multiply, negative } from '../numpy/arithmetic.ts'
import { zerosLike } from '../numpy/creation.ts'
import { type Counted, type LearningRate, rateAt, startCount } from './schedule.ts'
import { type Optimizer, arraysOf, shapedLike } from './updates.ts'

/**
 * Gradient descent: each step goes against the gradient.
 *
 * @example
 * const { init, update } = optimizers.sgd(0.1)
 * update(jnp.array([2, -4]), init(jnp.zeros(2)))[0].tolist() // [-0.2, 0.4]
 */
export function sgd(learningRate: LearningRate): Optimizer<Counted> {
  return {
    init: () => ({ count: startCount() }),
    update(grads, { count }) {
      const rate = negative(rateAt('optimizers.sgd', learningRate, count))
      const steps = arraysOf('optimizers.sgd', grads).map((g) => multiply(rate, g))
      return [shapedLike(grads, steps), { count: add(count, 1) }]
    },
  }
}

/** Steps taken, and the velocity of every parameter. */
export interface MomentumState extends Counted {
  readonly velocity: unknown
}

/**
 * Gradient descent of a heavy ball: a velocity gathers gradients and keeps the share `mass` of itself at
 * every step. With `nesterov` the step looks ahead along the velocity.
 *
 * @example
 * const { init, update } = optimizers.momentum(0.1, 0.9)
 * const [first, state] = update(jnp.array([1]), init(jnp.zeros(1)))
 * update(jnp.array([1]), state)[0].tolist() // [-0.19]
 */
export function momentum(
  learningRate: LearningRate,
  mass = 0.9,
  options: { readonly nesterov?: boolean } = {},
): Optimizer<MomentumState> {
  return {
    init(params) {
      const still = arraysOf('optimizers.momentum', params).map((p) => zerosLike(p))
      return { count: startCount(), velocity: shapedLike(params, still) }
    },
    update(grads, { count, velocity }) {
      const slopes = arraysOf('optimizers.momentum', grads)
      const moving = arraysOf('optimizers.momentum', velocity).map((v, i) => add(multiply(mass, v), slopes[i]))
      const ahead = options.nesterov ? moving.map((v, i) => add(multiply(mass, v), slopes[i])) : moving
      const rate = negative(rateAt('optimizers.momentum', learningRate, count))
      const steps = ahead.map((v) => multiply(rate, v))
      return [shapedLike(grads, steps), { count: add(count, 1), velocity: shapedLike(grads, moving) }]
    },
  }
}
