import { linearizeFlat } from '../../interpreters/partial-eval.ts'
import { transposeLinear } from '../../interpreters/transpose.ts'
import { bitWidth } from '../../ir/dtype.ts'
import * as jnp from '../../numpy/index.ts'
import { instantiate } from '../../primitives/zeros.ts'
import { scalar } from '../../runtime/concrete-array.ts'
import type { JaxArray } from '../../tracing/array.ts'
import { counter, repeatWhile } from '../sparse/vectors.ts'
import { type Bracket, type Wolfe, zoom } from './zoom.ts'

/** A function of one vector, with its value and its gradient. */
export type ValueAndGradient = (x: JaxArray) => readonly [value: JaxArray, gradient: JaxArray]

/** The value and the gradient of a function of one array. */
export function valueAndGradient(f: (x: JaxArray) => JaxArray): ValueAndGradient {
  return (x) => {
    const { outputs, linear, outputHasTangent } = linearizeFlat((value) => [f(value)], [x])
    if (!outputHasTangent[0]) return [outputs[0], jnp.zerosLike(x)]
    return [outputs[0], instantiate(transposeLinear(linear, [jnp.onesLike(outputs[0])])[0])]
  }
}

/** The point that a search along a line came to. */
export interface LineSearchResult {
  readonly failed: JaxArray
  readonly status: JaxArray
  readonly evaluations: JaxArray
  readonly step: JaxArray
  readonly value: JaxArray
  readonly gradient: JaxArray
}

interface LineSearchStart {
  readonly x: JaxArray
  readonly direction: JaxArray
  readonly value: JaxArray
  readonly valueBefore: JaxArray
  readonly gradient: JaxArray
}

/**
 * A step along a direction that lowers the value enough and flattens the slope enough: the strong Wolfe
 * conditions. After Wright and Nocedal, Numerical Optimization, pp. 59–61, by JAX's
 * `jax._src.scipy.optimize.line_search`.
 */
export function lineSearch(f: ValueAndGradient, start: LineSearchStart, maxiter: number): LineSearchResult {
  const { x, direction, value: value0, gradient: gradient0 } = start
  const slope0 = jnp.dot(gradient0, direction)
  const along = (step: JaxArray): [JaxArray, JaxArray, JaxArray] => {
    const [value, gradient] = f(x.add(step.mul(direction)))
    return [value, jnp.dot(gradient, direction), gradient]
  }
  const wolfe: Wolfe = {
    tooHigh: (step, value) => jnp.greater(value, value0.add(step.mul(1e-4).mul(slope0))),
    flat: (slope) => jnp.lessEqual(jnp.abs(slope), slope0.mul(-0.9)),
  }
  const candidate = value0.sub(start.valueBefore).mul(2.02).div(slope0)
  const firstStep = jnp.where(jnp.greater(candidate, 1), jnp.onesLike(candidate), candidate)
  const no = jnp.array(false, { dtype: 'bool' })
  const zero = jnp.zerosLike(value0)
  const final = repeatWhile(
    ([done, failed, i]) =>
      jnp.logicalAnd(jnp.logicalAnd(jnp.logicalNot(done), jnp.lessEqual(i, maxiter)), jnp.logicalNot(failed)),
    ([done, failed, i, before, valueBefore, slopeBefore, count, ...best]) => {
      const step = jnp.where(jnp.equal(i, 1), firstStep, before.mul(2))
      const [value, slope, gradient] = along(step)
      const rises = jnp.logicalAnd(jnp.greaterEqual(value, valueBefore), jnp.greater(i, 1))
      const toFirst = jnp.logicalOr(wolfe.tooHigh(step, value), rises)
      const found = jnp.logicalAnd(wolfe.flat(slope), jnp.logicalNot(toFirst))
      const ascends = jnp.logicalAnd(jnp.greaterEqual(slope, 0), jnp.logicalNot(toFirst))
      const toSecond = jnp.logicalAnd(ascends, jnp.logicalNot(found))
      const lower: Bracket = { step: before, value: valueBefore, slope: slopeBefore }
      const upper: Bracket = { step, value, slope }
      const first = zoom(along, wolfe, lower, upper, gradient0, jnp.logicalNot(toFirst))
      const second = zoom(along, wolfe, upper, lower, gradient0, jnp.logicalNot(toSecond))
      const choose = (kept: JaxArray, k: number): JaxArray => {
        const afterFirst = jnp.where(toFirst, first.best[k], kept)
        const afterFound = jnp.where(found, [step, value, slope, gradient][k], afterFirst)
        return jnp.where(toSecond, second.best[k], afterFound)
      }
      const failures = jnp.logicalOr(jnp.logicalAnd(toFirst, first.failed), jnp.logicalAnd(toSecond, second.failed))
      return [
        jnp.logicalOr(jnp.logicalOr(done, toFirst), jnp.logicalOr(found, toSecond)),
        jnp.logicalOr(failed, failures),
        i.add(1),
        step,
        value,
        slope,
        count.add(1).add(first.evaluations).add(second.evaluations),
        ...best.map(choose),
      ]
    },
    [no, no, counter().add(1), zero, value0, slope0, counter(), zero, value0, slope0, gradient0],
  )
  const [done, failed, i, , , , evaluations, reached, value, , gradient] = final
  const status = jnp.where(
    failed,
    scalar(1, 'int32', true),
    jnp.where(jnp.greater(i, maxiter), scalar(3, 'int32', true), scalar(0, 'int32', true)),
  )
  // In single precision a tiny step would leave the point where it is for ever.
  const isTiny = jnp.less(jnp.abs(reached), 1e-8)
  const step = bitWidth(reached.dtype) === 64 ? reached : jnp.where(isTiny, jnp.sign(reached).mul(1e-8), reached)
  return { failed: jnp.logicalOr(failed, jnp.logicalNot(done)), status, evaluations, step, value, gradient }
}
