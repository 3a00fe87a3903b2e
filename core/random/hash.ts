import { JaxTypeError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { concatenate, split } from '../primitives/joining.ts'
import { reshape, squeeze } from '../primitives/movement.ts'
import * as primitives from '../primitives/random.ts'
import { slice } from '../primitives/slicing.ts'
import { fromHost } from '../runtime/concrete-array.ts'
import { hostArray } from '../ir/host-array.ts'
import type { JaxArray } from '../tracing/array.ts'

/**
 * The bare Threefry-2x32 hash: counters under the two words of a key, paired as first half and second
 * half; an odd one is paired with 0.
 *
 * @example
 * const words = random.threefry2x32(random.PRNGKey(0), jnp.arange(4, { dtype: 'uint32' }))
 * words.dtype // 'uint32'
 */
export function threefry2x32(words: JaxArray, counters: JaxArray): JaxArray {
  if (words.dtype !== 'uint32' || counters.dtype !== 'uint32' || words.shape.join() !== '2') {
    throw new JaxTypeError(
      `random.threefry2x32 takes two uint32 key words and uint32 counters, got ${words.dtype} of shape ` +
        `${formatShape(words.shape)} and ${counters.dtype}.`,
    )
  }
  const word = (i: number): JaxArray =>
    squeeze(slice(words, { start_indices: [i], limit_indices: [i + 1], strides: [1] }), { dimensions: [0] })
  const [key0, key1] = [word(0), word(1)]
  const { size } = counters
  const flat = reshape(counters, { new_sizes: [size] })
  const even = size % 2 === 0 ? flat : concatenate([flat, fromHost(hostArray([1], 'uint32'))], { dimension: 0 })
  const [first, second] = split(even, { sizes: [even.size / 2, even.size / 2], axis: 0 })
  const hashed = concatenate(primitives.threefry2x32(key0, key1, first, second), { dimension: 0 })
  const kept = size === even.size ? hashed : slice(hashed, { start_indices: [0], limit_indices: [size] })
  return reshape(kept, { new_sizes: counters.shape })
}
