import { ValueError } from '../../errors.ts'
import { abs, add, divide, multiply, subtract } from '../../numpy/arithmetic.ts'
import { array } from '../../numpy/creation.ts'
import { lessEqual } from '../../numpy/logic.ts'
import { where } from '../../numpy/selection.ts'
import { arctan2, cos, deg2rad, hypot, rad2deg, sin } from '../../numpy/transcendental.ts'
import { vectorize } from '../../numpy/vectorize.ts'
import type { JaxArray } from '../../tracing/array.ts'
import { product } from './quaternions.ts'

/** The axes that are turned about one after the other: of space, or those that turn along. */
export interface EulerAxes {
  readonly axes: readonly number[]
  readonly extrinsic: boolean
}

/** The axes of a sequence such as `'zyx'`, of space, or `'ZYX'`, that turn along. */
export function eulerAxes(sequence: string): EulerAxes {
  if (sequence.length < 1 || sequence.length > 3) {
    throw new ValueError(`Rotation: a sequence names one to three axes, got '${sequence}'.`)
  }
  const extrinsic = /^[xyz]+$/.test(sequence)
  if (!extrinsic && !/^[XYZ]+$/.test(sequence)) {
    throw new ValueError(`Rotation: a sequence has letters x, y and z, or X, Y and Z, got '${sequence}'.`)
  }
  if (/(.)\1/.test(sequence)) {
    throw new ValueError(`Rotation: neighbouring axes of a sequence differ, got '${sequence}'.`)
  }
  return { axes: [...sequence.toLowerCase()].map((axis) => 'xyz'.indexOf(axis)), extrinsic }
}

/** The quaternion of angles about the axes, which lie along the last axis of the array. */
export function fromEulerAngles(angles: JaxArray, { axes, extrinsic }: EulerAxes, degrees: boolean): JaxArray {
  const compose = vectorize(
    (given: JaxArray) => {
      const radians = degrees ? deg2rad(given) : given
      const turns = axes.map((axis, i) => aboutAxis(axis, radians.slice(i)))
      return turns.reduce((done, turn) => (extrinsic ? product(turn, done) : product(done, turn)))
    },
    { signature: '(m)->(n)' },
  )
  return compose(angles)
}

function aboutAxis(axis: number, angle: JaxArray): JaxArray {
  const half = divide(angle, 2)
  const turned = [0, 0, 0, cos(half)].with(axis, sin(half))
  return array(turned, { dtype: half.dtype })
}

/**
 * Angles about three axes: Bernardes and Viollet (2022). Where the middle angle is degenerate only the sum or the
 * difference of the others is known, and the last counts as 0.
 */
export function toEulerAngles(quats: JaxArray, { axes, extrinsic }: EulerAxes, degrees: boolean): JaxArray {
  const [i, j, last] = extrinsic ? axes : axes.toReversed()
  const symmetric = i === last
  const k = symmetric ? 3 - i - j : last
  const sign = ((i - j) * (j - k) * (k - i)) / 2
  const angles = vectorize(
    (quat: JaxArray) => {
      const [qi, qj, qk, w] = [i, j, k, 3].map((place) => quat.slice(place))
      const signed = multiply(qk, sign)
      const [a, b] = symmetric ? [w, qi] : [subtract(w, qj), add(qi, signed)]
      const [c, d] = symmetric ? [qj, signed] : [add(qj, w), subtract(signed, qi)]
      const middle = multiply(2, arctan2(hypot(c, d), hypot(a, b)))
      const isFlat = lessEqual(abs(middle), 1e-7)
      const isTurned = lessEqual(abs(subtract(middle, Math.PI)), 1e-7)
      const [halfSum, halfDifference] = [arctan2(b, a), arctan2(d, c)]
      const degenerate = where(isFlat, multiply(2, halfSum), multiply(multiply(2, halfDifference), extrinsic ? -1 : 1))
      const either = (regular: JaxArray, otherwise: JaxArray | number): JaxArray =>
        where(isFlat, otherwise, where(isTurned, otherwise, regular))
      const [low, high] = [subtract(halfSum, halfDifference), add(halfSum, halfDifference)]
      const first = either(extrinsic ? low : high, degenerate)
      const third = either(extrinsic ? high : low, 0)
      const signedThird = (angle: JaxArray): JaxArray => (symmetric ? angle : multiply(angle, sign))
      const turned = array([
        extrinsic ? first : signedThird(first),
        symmetric ? middle : subtract(middle, Math.PI / 2),
        extrinsic ? signedThird(third) : third,
      ])
      const wrapped = subtract(turned.add(Math.PI).mod(2 * Math.PI), Math.PI)
      return degrees ? rad2deg(wrapped) : wrapped
    },
    { signature: '(m)->(n)' },
  )
  return angles(quats)
}
