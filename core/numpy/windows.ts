import { ValueError } from '../errors.ts'
import { jvpFlat } from '../interpreters/jvp.ts'
import { isComplex } from '../ir/dtype.ts'
import { abs, div, mul, square, sub } from '../primitives/elementwise-arithmetic.ts'
import { besselI0e } from '../primitives/elementwise-bessel.ts'
import { eq } from '../primitives/elementwise-comparison.ts'
import { sqrt } from '../primitives/elementwise-power.ts'
import { exp } from '../primitives/elementwise-transcendental.ts'
import { iota } from '../primitives/iota.ts'
import { constant, fullLike } from '../primitives/operand.ts'
import { select } from '../primitives/selection.ts'
import { zerosOf } from '../primitives/zeros.ts'
import { fromHost } from '../runtime/concrete-array.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { Zero } from '../tracing/primitive.ts'
import { currentTrace } from '../tracing/trace.ts'
import { fromScalars } from './array-input.ts'
import { ones } from './creation.ts'
import { defaultFloatDType, promoteToFloat } from './promotion.ts'

/** A window of `length` weights, by the place from 0 to 1; a single weight is 1. */
function window(name: string, length: number, weight: (place: number) => number): JaxArray {
  if (!Number.isInteger(length) || length < 0)
    throw new ValueError(`jnp.${name}: the length is 0, 1, 2, …, got ${length}.`)
  const weights = Array.from({ length }, (_, i) => (length === 1 ? 1 : weight(i / (length - 1))))
  return fromHost(fromScalars(weights, [length], defaultFloatDType()))
}

/**
 * The Bartlett window, a triangle that ends in zeros.
 *
 * @example
 * jnp.bartlett(5).tolist() // [0, 0.5, 1, 0.5, 0]
 */
export function bartlett(length: number): JaxArray {
  return window('bartlett', length, (t) => 1 - Math.abs(2 * t - 1))
}

/**
 * The Blackman window, of three cosines.
 *
 * @example
 * jnp.blackman(3).shape // [3]
 */
export function blackman(length: number): JaxArray {
  return window('blackman', length, (t) => 0.42 - 0.5 * Math.cos(2 * Math.PI * t) + 0.08 * Math.cos(4 * Math.PI * t))
}

/**
 * The Hamming window, a raised cosine.
 *
 * @example
 * jnp.hamming(3).shape // [3]
 */
export function hamming(length: number): JaxArray {
  return window('hamming', length, (t) => 0.54 - 0.46 * Math.cos(2 * Math.PI * t))
}

/**
 * The Hann window, a cosine raised to end in zeros.
 *
 * @example
 * jnp.hanning(3).tolist() // [0, 1, 0]
 */
export function hanning(length: number): JaxArray {
  return window('hanning', length, (t) => 0.5 - 0.5 * Math.cos(2 * Math.PI * t))
}

function besselI0(x: JaxArray): JaxArray {
  const size = abs(x)
  return mul(exp(size), besselI0e(size))
}

/**
 * The modified Bessel function of order 0, of which the Kaiser window is made.
 *
 * @example
 * jnp.i0(1).item() // 1.266066
 */
export function i0(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('i0', x)
  if (isComplex(value.dtype)) throw new ValueError(`jnp.i0 is not defined on complex numbers, got ${value.dtype}.`)
  const fun = (a: JaxArray): JaxArray[] => [besselI0(a)]
  const jvp = (a: JaxArray, tangent: JaxArray): JaxArray[] => {
    const { primals, tangents } = jvpFlat(fun, [a], [tangent])
    const [slope] = tangents.map((t) => (t instanceof Zero ? zerosOf(t.aval) : t))
    return [primals[0], select(eq(a, constant(a, 0)), fullLike(slope, 0), slope)]
  }
  const [out] = currentTrace().processCustomJvp({ name: '_i0', fun, jvp }, [value])
  return out
}

/**
 * The Kaiser window, whose width `beta` trades the main lobe against the side lobes.
 *
 * @example
 * jnp.kaiser(3, 0).tolist() // [1, 1, 1]
 */
export function kaiser(length: number, beta: ArrayLike): JaxArray {
  if (!Number.isInteger(length) || length < 0) {
    throw new ValueError(`jnp.kaiser: the length is 0, 1, 2, …, got ${length}.`)
  }
  const dtype = defaultFloatDType()
  if (length <= 1) return ones([length], { dtype })
  const [width] = promoteToFloat('kaiser', beta)
  const place = iota({ dtype, shape: [length], dimension: 0 })
  const centre = constant(place, 0.5 * (length - 1))
  const rest = sub(constant(place, 1), square(div(sub(place, centre), centre)))
  return i0(width.mul(sqrt(rest))).div(i0(width))
}
