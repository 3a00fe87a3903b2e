import { abs, add, divide, multiply, negative, subtract } from '../../numpy/arithmetic.ts'
import { IndexedUpdate } from '../../numpy/at.ts'
import { dot } from '../../numpy/contraction.ts'
import { array, zeros } from '../../numpy/creation.ts'
import { slice } from '../../numpy/index-expression.ts'
import { getItem } from '../../numpy/indexing.ts'
import { hstack } from '../../numpy/joining.ts'
import { equal, less, lessEqual, logicalAnd, logicalOr, notEqual } from '../../numpy/logic.ts'
import { where } from '../../numpy/selection.ts'
import { argmax } from '../../numpy/sorting.ts'
import { arctan2, cos, deg2rad, rad2deg, sin, sqrt } from '../../numpy/transcendental.ts'
import { cross } from '../../numpy/vector-products.ts'
import { vectorize } from '../../numpy/vectorize.ts'
import type { JaxArray } from '../../tracing/array.ts'

function parts(x: JaxArray): JaxArray[] {
  return Array.from({ length: x.shape[0] }, (_, i) => x.slice(i))
}

function axesOf(quat: JaxArray): JaxArray {
  return getItem(quat, [slice(3)])
}

function length(vector: JaxArray): JaxArray {
  return sqrt(dot(vector, vector))
}

/** A quaternion of length 1. */
export const normalized = vectorize((quat: JaxArray) => divide(quat, length(quat)), { signature: '(n)->(n)' })

/** The product of quaternions `x, y, z, w`: the rotation by `q`, then by `p`. */
export const product = vectorize(productOf, { signature: '(n),(n)->(n)' })

function productOf(p: JaxArray, q: JaxArray): JaxArray {
  const [a, b] = [parts(p), parts(q)]
  const turned = parts(cross(axesOf(p), axesOf(q)))
  const axes = turned.map((value, i) => add(add(multiply(a[3], b[i]), multiply(b[3], a[i])), value))
  const angle = [0, 1, 2].reduce((rest, i) => subtract(rest, multiply(a[i], b[i])), multiply(a[3], b[3]))
  return array([...axes, angle])
}

/** The rotation back. */
export const inverted = vectorize((quat: JaxArray) => multiply(quat, array([-1, -1, -1, 1], { dtype: quat.dtype })), {
  signature: '(n)->(n)',
})

/** Of the two quaternions of a rotation, the one whose last component that is not zero is positive, from w on. */
export const canonical = vectorize(
  (quat: JaxArray) => {
    const [x, y, z, w] = parts(less(quat, 0))
    const [noX, noY, , noW] = parts(equal(quat, 0))
    const first = logicalAnd(noW, x)
    const second = logicalAnd(logicalAnd(noW, noX), y)
    const third = logicalAnd(logicalAnd(logicalAnd(noW, noX), noY), z)
    return where(logicalOr(logicalOr(logicalOr(w, first), second), third), negative(quat), quat)
  },
  { signature: '(n)->(n)' },
)

/** The angle of a rotation, between 0 and π. */
export const magnitude = vectorize((quat: JaxArray) => multiply(2, arctan2(length(axesOf(quat)), abs(quat.slice(3)))), {
  signature: '(n)->()',
})

/** The rotation matrix of a quaternion. */
export const toMatrix = vectorize(
  (quat: JaxArray) => {
    const [x, y, z, w] = parts(quat)
    const [x2, y2, z2, w2] = [multiply(x, x), multiply(y, y), multiply(z, z), multiply(w, w)]
    const [xy, zw, xz, yw] = [multiply(x, y), multiply(z, w), multiply(x, z), multiply(y, w)]
    const [yz, xw] = [multiply(y, z), multiply(x, w)]
    const twiceSum = (a: JaxArray, b: JaxArray): JaxArray => multiply(2, add(a, b))
    const twiceDifference = (a: JaxArray, b: JaxArray): JaxArray => multiply(2, subtract(a, b))
    return array([
      [add(subtract(subtract(x2, y2), z2), w2), twiceDifference(xy, zw), twiceSum(xz, yw)],
      [twiceSum(xy, zw), add(subtract(add(negative(x2), y2), z2), w2), twiceDifference(yz, xw)],
      [twiceDifference(xz, yw), twiceSum(yz, xw), add(add(subtract(negative(x2), y2), z2), w2)],
    ])
  },
  { signature: '(m)->(n,n)' },
)

/** The quaternion of a rotation matrix, by way of the largest of its diagonal and its trace. */
export const fromMatrix = vectorize(
  (matrix: JaxArray) => {
    const { dtype } = matrix
    const at = (i: JaxArray | number, j: JaxArray | number): JaxArray => getItem(matrix, [i, j])
    const diagonal = [at(0, 0), at(1, 1), at(2, 2)]
    const trace = add(add(diagonal[0], diagonal[1]), diagonal[2])
    const decision = array([...diagonal, trace], { dtype })
    const i = argmax(decision)
    const [j, k] = [i.add(1).mod(3), i.add(2).mod(3)]
    const put = (quat: JaxArray, place: JaxArray | number, value: JaxArray): JaxArray =>
      new IndexedUpdate(quat, [place]).set(value)
    const blank = zeros(4, { dtype })
    const own = add(subtract(1, decision.slice(3)), multiply(2, at(i, i)))
    const byAxis = put(
      put(put(put(blank, i, own), j, add(at(j, i), at(i, j))), k, add(at(k, i), at(i, k))),
      3,
      subtract(at(k, j), at(j, k)),
    )
    const byTrace = array([
      subtract(at(2, 1), at(1, 2)),
      subtract(at(0, 2), at(2, 0)),
      subtract(at(1, 0), at(0, 1)),
      add(1, decision.slice(3)),
    ])
    return normalized(where(notEqual(i, 3), byAxis, byTrace))
  },
  { signature: '(m,m)->(n)' },
)

/** Modified Rodrigues parameters: the axis times the tangent of a quarter of the angle. */
export const toMrp = vectorize(
  (quat: JaxArray) => {
    const sign = where(less(quat.slice(3), 0), -1, 1)
    return divide(multiply(sign, axesOf(quat)), add(1, multiply(sign, quat.slice(3))))
  },
  { signature: '(m)->(n)' },
)

/** The quaternion of modified Rodrigues parameters. */
export const fromMrp = vectorize(
  (mrp: JaxArray) => {
    const scale = add(dot(mrp, mrp), 1)
    return divide(hstack([multiply(2, axesOf(mrp)), subtract(2, scale)]), scale)
  },
  { signature: '(m)->(n)' },
)

/** The axis times the angle; below a thousandth by the series, since the quotient is 0 / 0 at 0. */
export function toRotationVector(degrees: boolean): (...args: JaxArray[]) => JaxArray {
  return vectorize(
    (given: JaxArray) => {
      const quat = where(less(given.slice(3), 0), negative(given), given)
      const angle = multiply(2, arctan2(length(axesOf(quat)), quat.slice(3)))
      const square = multiply(angle, angle)
      const series = add(add(2, divide(square, 12)), divide(multiply(multiply(7, square), square), 2880))
      const scale = where(lessEqual(angle, 1e-3), series, divide(angle, sin(divide(angle, 2))))
      return multiply(degrees ? rad2deg(scale) : scale, axesOf(quat))
    },
    { signature: '(m)->(n)' },
  )
}

/** The quaternion of an axis times an angle. */
export function fromRotationVector(degrees: boolean): (...args: JaxArray[]) => JaxArray {
  return vectorize(
    (given: JaxArray) => {
      const vector = degrees ? deg2rad(given) : given
      const angle = length(vector)
      const square = multiply(angle, angle)
      const series = add(subtract(0.5, divide(square, 48)), divide(multiply(square, square), 3840))
      const scale = where(lessEqual(angle, 1e-3), series, divide(sin(divide(angle, 2)), angle))
      return hstack([multiply(scale, vector), cos(divide(angle, 2))])
    },
    { signature: '(m)->(n)' },
  )
}

/** A vector turned by a matrix, or turned back. */
export function applied(inverse: boolean): (...args: JaxArray[]) => JaxArray {
  return vectorize((matrix: JaxArray, vector: JaxArray) => dot(inverse ? matrix.transpose() : matrix, vector), {
    signature: '(m,m),(m)->(m)',
  })
}
