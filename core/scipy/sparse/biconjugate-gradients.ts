import { partsOf } from '../../ir/sequence.ts'
import * as jnp from '../../numpy/index.ts'
import { type System, type Vector, counter, dot, minus, plus, repeatWhile, squaredTolerance, times } from './vectors.ts'

/** What the count of steps becomes where the method cannot go on. */
const breakdown = { noProgress: -11, orthogonal: -10 } as const

/** Biconjugate gradients, stabilised, with a preconditioner. */
export function biconjugateGradients(system: System): Vector {
  const { A, b, x0, M, maxiter } = system
  const n = b.length
  const lengths = [n, n, n, 1, 1, 1, n, n, 1]
  const tolerance = squaredTolerance(system)
  const r0 = minus(b, A(x0))
  const one = jnp.onesLike(dot(r0, r0))
  const carry = repeatWhile(
    (values) => {
      const [, r] = partsOf(values, n, n)
      const k = values[values.length - 1]
      const runs = jnp.logicalAnd(jnp.less(k, maxiter), jnp.greaterEqual(k, 0))
      return jnp.logicalAnd(jnp.greater(dot(r, r), tolerance), runs)
    },
    (values) => {
      const [x, r, shadow, [alpha], [omega], [rho], p, q, [k]] = partsOf(values, ...lengths)
      const rhoNext = dot(shadow, r)
      const beta = rhoNext.div(rho).mul(alpha).div(omega)
      const direction = plus(r, times(beta, minus(p, times(omega, q))))
      const ahead = M(direction)
      const product = A(ahead)
      const alphaNext = rhoNext.div(dot(shadow, product))
      const s = minus(r, times(alphaNext, product))
      const isDone = jnp.less(dot(s, s), tolerance)
      const sAhead = M(s)
      const t = A(sAhead)
      const omegaNext = dot(t, s).div(dot(t, t))
      const half = times(alphaNext, ahead)
      const choose = (early: Vector, late: Vector): Vector => early.map((part, i) => jnp.where(isDone, part, late[i]))
      const xNext = choose(plus(x, half), plus(x, plus(half, times(omegaNext, sAhead))))
      const rNext = choose(s, minus(s, times(omegaNext, t)))
      const stuck = jnp.logicalOr(jnp.equal(omegaNext, 0), jnp.equal(alphaNext, 0))
      const counted = jnp.where(stuck, breakdown.noProgress, k.add(1))
      const kNext = jnp.where(jnp.equal(rhoNext, 0), breakdown.orthogonal, counted)
      return [...xNext, ...rNext, ...shadow, alphaNext, omegaNext, rhoNext, ...direction, ...product, kNext]
    },
    [...x0, ...r0, ...r0, one, one, one, ...r0, ...r0, counter()],
  )
  return carry.slice(0, n)
}
