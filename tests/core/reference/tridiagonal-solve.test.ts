import { expect, test } from 'vitest'
import { jnp, lax } from '../../../core/index.ts'

test('singular systems of any length are solved with pivots off zero', () => {
  const n = 200_000
  const [zero, four] = [jnp.zeros(n), jnp.ones(n).mul(4)]
  const solution = lax.linalg.tridiagonalSolve(zero, four, zero, jnp.ones([n, 1]), { perturbSingular: true })
  expect([jnp.min(solution).item(), jnp.max(solution).item()]).toEqual([0.25, 0.25])
})
