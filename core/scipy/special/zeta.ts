import { ValueError } from '../../errors.ts'
import { jvpFlat } from '../../interpreters/jvp.ts'
import { fromScalars } from '../../numpy/array-input.ts'
import { defaultFloatDType, promoteToFloat } from '../../numpy/promotion.ts'
import { add, div, min, mul, sub } from '../../primitives/elementwise-arithmetic.ts'
import { pow } from '../../primitives/elementwise-power.ts'
import { zeta as laxZeta } from '../../primitives/elementwise-special.ts'
import { neg } from '../../primitives/elementwise-arithmetic.ts'
import { constant } from '../../primitives/operand.ts'
import { zerosOf } from '../../primitives/zeros.ts'
import { fromHost } from '../../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { Zero } from '../../tracing/primitive.ts'
import { currentTrace } from '../../tracing/trace.ts'
import { bernoulliNumber } from '../../compiler/reference/gamma-function.ts'

const largestFinite: Readonly<Record<string, number>> = { float64: Number.MAX_VALUE, float32: 3.4028234663852886e38 }

/** The Euler–Maclaurin sum, whose derivatives are those of the function. Johansson (2015), formula 5. */
function series(s: JaxArray, a: JaxArray): JaxArray {
  const c = (value: number): JaxArray => constant(a, value)
  const count = a.dtype === 'float32' ? 8 : 16
  const negative = neg(s)
  let sum = pow(a, negative)
  for (let k = 1; k < count; k++) sum = add(sum, pow(add(a, c(k)), negative))
  const end = add(a, c(count))
  const integral = div(pow(end, sub(c(1), s)), sub(s, c(1)))
  let rising = div(s, end)
  let tail = add(c(0.5), mul(rising, c(bernoulliNumber(2) / 2)))
  let factorial = 2
  for (let m = 1; m < count; m++) {
    rising = mul(mul(rising, div(add(s, c(2 * m - 1)), end)), div(add(s, c(2 * m)), end))
    rising = min(rising, c(largestFinite[a.dtype] ?? 65504))
    factorial *= (2 * m + 1) * (2 * m + 2)
    tail = add(tail, mul(rising, c(bernoulliNumber(2 * m + 2) / factorial)))
  }
  return add(add(sum, integral), mul(pow(end, negative), tail))
}

/**
 * The Hurwitz zeta function, the sum of `(q + k)^-x` over k = 0, 1, 2, …, differentiable in both arguments.
 *
 * @example
 * scipy.special.zeta(2, 1).item() // 1.644934, which is π²/6
 */
export function zeta(x: ArrayLike, q: ArrayLike): JaxArray {
  const [s, a] = promoteToFloat('zeta', x, q)
  const jvp = (...both: JaxArray[]): JaxArray[] => {
    const primals = both.slice(0, 2)
    const { tangents } = jvpFlat((u, v) => [series(u, v)], primals, both.slice(2))
    const [slope] = tangents.map((tangent) => (tangent instanceof Zero ? zerosOf(tangent.aval) : tangent))
    return [zeta(primals[0], primals[1]), slope]
  }
  const [out] = currentTrace().processCustomJvp({ name: 'zeta', fun: (u, v) => [laxZeta(u, v)], jvp }, [s, a])
  return out
}

/**
 * The Bernoulli numbers from the 0-th to the n-th.
 *
 * @example
 * scipy.special.bernoulli(4).tolist() // [1, -0.5, 0.1666667, 0, -0.0333333]
 */
export function bernoulli(n: number): JaxArray {
  if (!Number.isInteger(n) || n < 0) {
    throw new ValueError(`scipy.special.bernoulli: n is a whole number that is not negative, got ${n}.`)
  }
  const numbers = Array.from({ length: n + 1 }, (_, k) => bernoulliNumber(k))
  return fromHost(fromScalars(numbers, [n + 1], defaultFloatDType()))
}
