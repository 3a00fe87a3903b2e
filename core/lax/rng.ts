import { JaxTypeError, ValueError } from '../errors.ts'
import { operand } from '../primitives/operand.ts'
import * as primitives from '../primitives/rng-bits.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { arrayArgument, dtypeArgument, shapeArgument } from './arguments.ts'

/** Which generator `rngBitGenerator` draws from; the default one is Philox here, as it is in JAX on CPUs. */
export const RandomAlgorithm = {
  RNG_DEFAULT: 'RNG_DEFAULT',
  RNG_THREE_FRY: 'RNG_THREE_FRY',
  RNG_PHILOX: 'RNG_PHILOX',
} as const
export type RandomAlgorithm = primitives.RngAlgorithm

const byNumber = [RandomAlgorithm.RNG_DEFAULT, RandomAlgorithm.RNG_THREE_FRY, RandomAlgorithm.RNG_PHILOX] as const

function algorithmArgument(algorithm: RandomAlgorithm | number): RandomAlgorithm {
  const found = byNumber.find((name, number) => name === algorithm || number === algorithm)
  if (found !== undefined) return found
  throw new ValueError(`lax.rngBitGenerator: the algorithm is one of ${byNumber.join(', ')}, got ${algorithm}.`)
}

/** How bits are drawn. */
export interface RngBitGeneratorOptions {
  /** An unsigned integer type, uint32 unless given. */
  readonly dtype?: string
  /** A member of `lax.RandomAlgorithm` or its number. */
  readonly algorithm?: RandomAlgorithm | number
}

/**
 * The state that follows and random bits of a shape. The state is uint32[4], a key and a counter, low words first; a
 * batch of states draws from the first alone. The functions of `random` are the better choice nearly always.
 * JAX: `jax.lax.rng_bit_generator`.
 *
 * @example
 * const [next, bits] = lax.rngBitGenerator(jnp.array([1, 2, 3, 4], { dtype: 'uint32' }), [2])
 * bits.dtype // 'uint32'
 */
export function rngBitGenerator(
  key: ArrayLike,
  shape: readonly number[],
  dtypeOrOptions: string | RngBitGeneratorOptions = {},
  algorithm?: RandomAlgorithm | number,
): [state: JaxArray, values: JaxArray] {
  const options = typeof dtypeOrOptions === 'string' ? { dtype: dtypeOrOptions, algorithm } : dtypeOrOptions
  const dtype = dtypeArgument('lax.rngBitGenerator', options.dtype ?? 'uint32')
  if (!dtype.startsWith('uint')) {
    throw new JaxTypeError(`lax.rngBitGenerator draws unsigned integers, not ${dtype}.`)
  }
  return primitives.rngBitGenerator(arrayArgument(key), {
    algorithm: algorithmArgument(options.algorithm ?? RandomAlgorithm.RNG_DEFAULT),
    dtype,
    shape: shapeArgument('lax.rngBitGenerator', shape),
  })
}

/**
 * Uniform values in [a, b) for scalars of one dtype, others at every run: it has a state of its own. The functions of
 * `random` are the better choice nearly always. JAX: `jax.lax.rng_uniform`.
 *
 * @example lax.rngUniform(0, 1, [3]).shape // [3]
 */
export function rngUniform(a: ArrayLike, b: ArrayLike, shape: readonly number[]): JaxArray {
  const [low, high] = [arrayArgument(a), arrayArgument(b)]
  return primitives.rngUniform(
    typeof a === 'number' ? operand(a, high.dtype) : low,
    typeof b === 'number' ? operand(b, low.dtype) : high,
    { shape: shapeArgument('lax.rngUniform', shape) },
  )
}
