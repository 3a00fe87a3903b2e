import { JaxTypeError, ValueError } from '../../errors.ts'
import { formatShape } from '../../ir/aval.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { callable, arrayOf } from '../../tree/leaves.ts'
import { type BfgsOptions, type Minimum, minimizeBfgs } from './bfgs.ts'
import { valueAndGradient } from './line-search.ts'

export type { BfgsOptions } from './bfgs.ts'

/**
 * What `minimize` found: the point, whether and why it ended, the value, the gradient and an approximation
 * of the inverse Hessian there, and how often the function was evaluated. JAX: `jax.scipy.optimize.OptimizeResults`.
 */
export type OptimizeResults = Minimum

/** How `minimize` searches. */
export interface MinimizeOptions {
  /** `'BFGS'`. */
  readonly method: string
  /** Taken for SciPy's sake and not heeded, as in JAX: `options.gtol` says when the search ends. */
  readonly tol?: number | null
  readonly options?: BfgsOptions
  /** Further arguments of the function. */
  readonly args?: readonly unknown[]
}

/**
 * A point at which a function of a vector is least nearby. It can be jitted, and differentiated forwards.
 * JAX: `jax.scipy.optimize.minimize`.
 *
 * @example
 * const { x } = scipy.optimize.minimize((x) => jnp.sum(x.sub(3).pow(2)), jnp.zeros(2), { method: 'BFGS' })
 * x.tolist() // [3, 3]
 */
export function minimize(
  fun: (x: never, ...args: never[]) => unknown,
  x0: ArrayLike,
  { method, options = {}, args = [] }: MinimizeOptions,
): OptimizeResults {
  if (!Array.isArray(args)) throw new JaxTypeError('scipy.optimize.minimize: args must be a list.')
  const [start] = promoteToFloat('scipy.optimize.minimize', x0)
  if (start.ndim !== 1) {
    throw new ValueError(`scipy.optimize.minimize takes a vector to start at, got shape ${formatShape(start.shape)}.`)
  }
  if (method.toLowerCase() !== 'bfgs') {
    throw new ValueError(`scipy.optimize.minimize: method '${method}' is not known.`, { hint: "Use 'BFGS'." })
  }
  const call = callable(fun)
  const value = (x: JaxArray): JaxArray => arrayOf(call(x, ...args), 'scipy.optimize.minimize')
  return minimizeBfgs(valueAndGradient(value), start, options)
}
