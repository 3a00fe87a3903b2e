import { bitWidth } from '../../ir/dtype.ts'
import * as jnp from '../../numpy/index.ts'
import type { JaxArray } from '../../tracing/array.ts'
import { counter, repeatWhile } from '../sparse/vectors.ts'

/** One end of an interval of steps. */
export interface Bracket {
  readonly step: JaxArray
  readonly value: JaxArray
  readonly slope: JaxArray
}

/** When a step is good enough. */
export interface Wolfe {
  /** The value is not lowered enough. */
  readonly tooHigh: (step: JaxArray, value: JaxArray) => JaxArray
  readonly flat: (slope: JaxArray) => JaxArray
}

interface ZoomResult {
  readonly failed: JaxArray
  readonly evaluations: JaxArray
  /** Step, value, slope and gradient of the step that was found. */
  readonly best: readonly JaxArray[]
}

const mostRounds = 30

/** Narrows an interval of steps until a good one is found. With `skip` it does nothing. */
export function zoom(
  along: (step: JaxArray) => readonly [value: JaxArray, slope: JaxArray, gradient: JaxArray],
  wolfe: Wolfe,
  low: Bracket,
  high: Bracket,
  gradient0: JaxArray,
  skip: JaxArray,
): ZoomResult {
  const no = jnp.array(false, { dtype: 'bool' })
  const middle = low.step.add(high.step).div(2)
  const least = bitWidth(low.step.dtype) < 64 ? 1e-5 : 1e-10
  const final = repeatWhile(
    ([done, failed]) =>
      jnp.logicalAnd(jnp.logicalAnd(jnp.logicalNot(done), jnp.logicalNot(skip)), jnp.logicalNot(failed)),
    ([done, failed, j, aLow, vLow, sLow, aHigh, vHigh, sHigh, aOld, vOld, ...best]) => {
      const width = aHigh.sub(aLow)
      const [a, b] = [jnp.minimum(aHigh, aLow), jnp.maximum(aHigh, aLow)]
      const inside = (step: JaxArray, share: number): JaxArray =>
        jnp.logicalAnd(jnp.greater(step, a.add(width.mul(share))), jnp.less(step, b.sub(width.mul(share))))
      const cubic = leastOfCubic(aLow, vLow, sLow, aHigh, vHigh, aOld, vOld)
      const useCubic = jnp.logicalAnd(jnp.greater(j, 0), inside(cubic, 0.2))
      const quadratic = leastOfQuadratic(aLow, vLow, sLow, aHigh, vHigh)
      const useQuadratic = jnp.logicalAnd(jnp.logicalNot(useCubic), inside(quadratic, 0.1))
      const step = jnp.where(useCubic, cubic, jnp.where(useQuadratic, quadratic, aLow.add(aHigh).div(2)))
      const [value, slope, gradient] = along(step)

      const toHigh = jnp.logicalOr(wolfe.tooHigh(step, value), jnp.greaterEqual(value, vLow))
      const found = jnp.logicalAnd(wolfe.flat(slope), jnp.logicalNot(toHigh))
      const toLow = jnp.logicalAnd(jnp.logicalNot(toHigh), jnp.logicalNot(found))
      const turns = jnp.greaterEqual(slope.mul(jnp.where(toHigh, step, aHigh).sub(aLow)), 0)
      const swap = jnp.logicalAnd(turns, toLow)
      const high = (moved: JaxArray, end: JaxArray, other: JaxArray): JaxArray =>
        jnp.where(swap, other, jnp.where(toHigh, moved, end))
      const old = (highEnd: JaxArray, lowEnd: JaxArray, kept: JaxArray): JaxArray =>
        jnp.where(jnp.logicalOr(toHigh, swap), highEnd, jnp.where(toLow, lowEnd, kept))
      const count = j.add(1)
      const stuck = jnp.logicalOr(jnp.lessEqual(width, least), jnp.greaterEqual(count, mostRounds))
      return [
        jnp.logicalOr(done, found),
        jnp.logicalOr(failed, stuck),
        count,
        jnp.where(toLow, step, aLow),
        jnp.where(toLow, value, vLow),
        jnp.where(toLow, slope, sLow),
        high(step, aHigh, aLow),
        high(value, vHigh, vLow),
        high(slope, sHigh, sLow),
        old(aHigh, aLow, aOld),
        old(vHigh, vLow, vOld),
        ...[step, value, slope, gradient].map((part, k) => jnp.where(found, part, best[k])),
      ]
    },
    [
      no,
      no,
      counter(),
      ...[low.step, low.value, low.slope, high.step, high.value, high.slope, middle, middle],
      ...[jnp.onesLike(low.step), low.value, low.slope, gradient0],
    ],
  )
  return { failed: final[1], evaluations: final[2], best: final.slice(11) }
}

/** Where the cubic through three points with a given slope at the first is least. */
function leastOfCubic(
  a: JaxArray,
  fa: JaxArray,
  slope: JaxArray,
  b: JaxArray,
  fb: JaxArray,
  c: JaxArray,
  fc: JaxArray,
): JaxArray {
  const [db, dc] = [b.sub(a), c.sub(a)]
  const [eb, ec] = [fb.sub(fa).sub(slope.mul(db)), fc.sub(fa).sub(slope.mul(dc))]
  const scale = jnp.square(db.mul(dc)).mul(db.sub(dc))
  const third = jnp.square(dc).mul(eb).sub(jnp.square(db).mul(ec)).div(scale)
  const second = dc.pow(3).neg().mul(eb).add(db.pow(3).mul(ec)).div(scale)
  const radical = second.mul(second).sub(third.mul(3).mul(slope))
  return a.add(jnp.sqrt(radical).sub(second).div(third.mul(3)))
}

/** Where the parabola through two points with a given slope at the first is least. */
function leastOfQuadratic(a: JaxArray, fa: JaxArray, slope: JaxArray, b: JaxArray, fb: JaxArray): JaxArray {
  const width = b.sub(a)
  const second = fb.sub(fa).sub(slope.mul(width)).div(jnp.square(width))
  return a.sub(slope.div(second.mul(2)))
}
