import { ValueError } from '../errors.ts'
import { fromHost } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { fromScalars } from './array-input.ts'
import { defaultFloatDType } from './promotion.ts'

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
