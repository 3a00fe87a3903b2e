import { ValueError } from '../errors.ts'
import { type Key, keysArgument } from './arguments.ts'

/** The generator behind every key here. */
const implementation = 'threefry2x32'

/**
 * The name of the generator that keys belong to. JAX: `jax.random.key_impl`.
 *
 * @example
 * random.keyImpl(random.key(0)) // 'threefry2x32'
 */
export function keyImpl(keys: Key): string {
  keysArgument('keyImpl', keys)
  return implementation
}

/**
 * The dtype of the keys of a generator, of which there is one here. JAX: `jax.random.key_dtype`.
 *
 * @example
 * random.keyDtype() // 'key<fry>'
 */
export function keyDtype(name: string | null = null): 'key<fry>' {
  if (name === null || name === implementation) return 'key<fry>'
  throw new ValueError(`random.keyDtype: there is no generator '${name}'; keys here are of ${implementation}.`)
}
