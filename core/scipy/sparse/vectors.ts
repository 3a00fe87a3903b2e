import { whileLoop } from '../../lax/loops.ts'
import * as jnp from '../../numpy/index.ts'
import { scalar } from '../../runtime/concrete-array.ts'
import { type ArrayLike, JaxArray } from '../../tracing/array.ts'
import { epsilonOf } from './rounding-unit.ts'

/** The arrays of a container, which together are one vector. */
export type Vector = readonly JaxArray[]

/** A linear map of such vectors. */
export type VectorMap = (x: Vector) => Vector

/** An equation to be solved by iteration. */
export interface System {
  readonly A: VectorMap
  readonly b: Vector
  readonly x0: Vector
  readonly M: VectorMap
  /** Whether M is more than the identity. */
  readonly isPreconditioned: boolean
  readonly tol: ArrayLike
  readonly atol: ArrayLike
  readonly maxiter: number
}

export type Solver = (system: System) => Vector

export function dot(x: Vector, y: Vector): JaxArray {
  return x.map((part, i) => jnp.vdot(part, y[i])).reduce((sum, term) => sum.add(term))
}

export function norm(x: Vector): JaxArray {
  return jnp.sqrt(dot(x, x))
}

export function plus(x: Vector, y: Vector): JaxArray[] {
  return x.map((part, i) => part.add(y[i]))
}

export function minus(x: Vector, y: Vector): JaxArray[] {
  return x.map((part, i) => part.sub(y[i]))
}

export function times(factor: JaxArray, x: Vector): JaxArray[] {
  return x.map((part) => factor.mul(part))
}

/** The vector at length 1 and its length, or zeros where it is no longer than the threshold. */
export function normalized(x: Vector, threshold?: JaxArray): { unit: JaxArray[]; length: JaxArray } {
  const length = norm(x)
  const isLong = jnp.greater(length, threshold ?? epsilonOf(length.dtype))
  return {
    unit: x.map((part) => jnp.where(isLong, part.div(length), jnp.zerosLike(part))),
    length: jnp.where(isLong, length, jnp.zerosLike(length)),
  }
}

/** The squared length that a residual may have. */
export function squaredTolerance({ b, tol, atol }: System): JaxArray {
  return jnp.maximum(jnp.square(tol).mul(dot(b, b)), jnp.square(atol))
}

/** A count from zero, weakly typed as a bare number is. */
export function counter(): JaxArray {
  return scalar(0, 'int32', true)
}

/** A while loop whose carry is a list of arrays. */
export function repeatWhile(
  condition: (carry: readonly JaxArray[]) => JaxArray,
  body: (carry: readonly JaxArray[]) => readonly JaxArray[],
  init: readonly JaxArray[],
): JaxArray[] {
  const result = whileLoop(condition, body, init)
  const parts: unknown[] = Array.isArray(result) ? result : []
  return parts.map((part) => {
    if (part instanceof JaxArray) return part
    throw new Error('internal: a loop gave no array')
  })
}
