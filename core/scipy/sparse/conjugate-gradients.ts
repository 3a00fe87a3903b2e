import { partsOf } from '../../ir/sequence.ts'
import * as jnp from '../../numpy/index.ts'
import { type System, type Vector, counter, dot, minus, plus, repeatWhile, squaredTolerance, times } from './vectors.ts'

/** Conjugate gradients with a preconditioner. */
export function conjugateGradients(system: System): Vector {
  const { A, b, x0, M, isPreconditioned, maxiter } = system
  const n = b.length
  const tolerance = squaredTolerance(system)
  const r0 = minus(b, A(x0))
  const p0 = M(r0)
  const carry = repeatWhile(
    (values) => {
      const [, r, [gamma], , [k]] = partsOf(values, n, n, 1, n, 1)
      const residual = isPreconditioned ? dot(r, r) : gamma
      return jnp.logicalAnd(jnp.greater(residual, tolerance), jnp.less(k, maxiter))
    },
    (values) => {
      const [x, r, [gamma], p, [k]] = partsOf(values, n, n, 1, n, 1)
      const product = A(p)
      const alpha = gamma.div(dot(p, product))
      const residual = minus(r, times(alpha, product))
      const z = M(residual)
      const next = dot(residual, z)
      return [...plus(x, times(alpha, p)), ...residual, next, ...plus(z, times(next.div(gamma), p)), k.add(1)]
    },
    [...x0, ...r0, dot(r0, p0), ...p0, counter()],
  )
  return carry.slice(0, n)
}
