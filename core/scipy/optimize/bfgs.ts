import * as jnp from '../../numpy/index.ts'
import { slice } from '../../numpy/index-expression.ts'
import type { JaxArray } from '../../tracing/array.ts'
import { counter, repeatWhile } from '../sparse/vectors.ts'
import { type ValueAndGradient, lineSearch } from './line-search.ts'

/** When the search ends. */
export interface BfgsOptions {
  readonly maxiter?: number | null
  /** Which norm of the gradient is compared with `gtol`; the largest entry unless given. */
  readonly norm?: number
  readonly gtol?: number
  readonly lineSearchMaxiter?: number
}

/** What a minimisation came to. */
export interface Minimum {
  readonly x: JaxArray
  readonly success: JaxArray
  readonly status: JaxArray
  readonly fun: JaxArray
  readonly jac: JaxArray
  readonly hessInv: JaxArray | null
  readonly nfev: JaxArray
  readonly njev: JaxArray
  readonly nit: JaxArray
}

/** The method of Broyden, Fletcher, Goldfarb and Shanno: Wright and Nocedal, Numerical Optimization, pp. 136–143. */
export function minimizeBfgs(f: ValueAndGradient, x0: JaxArray, options: BfgsOptions): Minimum {
  const { norm = Infinity, gtol = 1e-5, lineSearchMaxiter = 10 } = options
  const n = x0.shape[0]
  const maxiter = options.maxiter ?? n * 200
  const [value0, gradient0] = f(x0)
  const isFlat = (gradient: JaxArray): JaxArray => jnp.less(jnp.linalg.norm(gradient, norm), gtol)
  const no = jnp.array(false, { dtype: 'bool' })
  const outer = (a: JaxArray, b: JaxArray): JaxArray => a.slice(slice(null), null).mul(b.slice(null, slice(null)))
  const final = repeatWhile(
    ([converged, failed, k]) =>
      jnp.logicalAnd(jnp.logicalAnd(jnp.logicalNot(converged), jnp.logicalNot(failed)), jnp.less(k, maxiter)),
    ([, , k, count, x, value, gradient, inverse, valueBefore]) => {
      const direction = jnp.dot(inverse, gradient).neg()
      const found = lineSearch(f, { x, direction, value, valueBefore, gradient }, lineSearchMaxiter)
      const step = found.step.mul(direction)
      const change = found.gradient.sub(gradient)
      const rho = jnp.reciprocal(jnp.dot(change, step))
      const w = jnp.eye(n, { dtype: rho.dtype }).sub(rho.mul(outer(step, change)))
      const updated = jnp.matmul(jnp.matmul(w, inverse), w.T).add(rho.mul(outer(step, step)))
      return [
        isFlat(found.gradient),
        found.failed,
        k.add(1),
        count.add(found.evaluations),
        x.add(step),
        found.value,
        found.gradient,
        jnp.where(jnp.isfinite(rho), updated, inverse),
        value,
        found.status,
      ]
    },
    [
      isFlat(gradient0),
      no,
      counter(),
      counter().add(1),
      x0,
      value0,
      gradient0,
      jnp.eye(n, { dtype: x0.dtype }),
      value0.add(jnp.linalg.norm(gradient0).div(2)),
      counter(),
    ],
  )
  const [converged, failed, k, count, x, value, gradient, inverse, , searchStatus] = final
  const reason = jnp.where(jnp.equal(k, maxiter), 1, jnp.where(failed, searchStatus.add(2), -1))
  return {
    x,
    success: jnp.logicalAnd(converged, jnp.logicalNot(failed)),
    status: jnp.where(converged, 0, reason),
    fun: value,
    jac: gradient,
    hessInv: inverse,
    nfev: count,
    njev: count,
    nit: k,
  }
}
