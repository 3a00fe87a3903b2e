import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Array, config, grad, jit, jnp, lax, random, setUserFile, vmap } from '../../../core/index.ts'
import { KeyReuseError } from '../../../core/errors.ts'

beforeEach(() => config.update('debugKeyReuse', true))
afterEach(() => {
  config.update('debugKeyReuse', false)
  setUserFile(() => false)
})

const two = (key: Array): Array => random.normal(key).add(random.normal(key))

/** What JAX 0.10.2 answers with `jax_debug_key_reuse`: whether it raises KeyReuseError. */
const cases: readonly (readonly [string, boolean, () => unknown])[] = [
  ['draw twice', true, () => two(random.key(0))],
  ['draw twice from raw words', false, () => two(random.PRNGKey(0))],
  [
    'split, then draw',
    true,
    () => {
      const key = random.key(0)
      random.split(key)
      random.normal(key)
    },
  ],
  [
    'foldIn, then draw',
    false,
    () => {
      const key = random.key(0)
      random.foldIn(key, 1)
      random.normal(key)
    },
  ],
  [
    'draw, then draw from a clone',
    false,
    () => {
      const key = random.key(0)
      random.normal(key)
      random.normal(random.clone(key))
    },
  ],
  ['same seed twice', false, () => [random.normal(random.key(0)), random.normal(random.key(0))]],
  [
    'take one slice twice',
    true,
    () => {
      const keys = random.split(random.key(0))
      lax.slice(keys, [0], [1])
      lax.slice(keys, [0], [1])
    },
  ],
  [
    'two slices',
    false,
    () => {
      const [a, b] = random.split(random.key(0))
      random.normal(a)
      random.normal(b)
    },
  ],
  [
    'draw from every key, then from a slice',
    true,
    () => {
      const keys = random.split(random.key(0))
      vmap((key: Array) => random.normal(key))(keys)
      random.normal(keys.slice(0))
    },
  ],
  [
    'a constant key in vmap',
    false,
    () => {
      const key = random.key(0)
      return vmap((x: Array) => random.normal(key).add(x))(jnp.arange(3))
    },
  ],
  ['inside jit', true, () => jit(two)(random.key(0))],
  [
    'a jitted draw twice',
    true,
    () => {
      const key = random.key(0)
      const draw = jit((k: Array) => random.normal(k))
      draw(key)
      draw(key)
    },
  ],
  [
    'a constant key in scan',
    true,
    () => {
      const key = random.key(0)
      lax.scan((c: Array, x: Array) => [c.add(random.normal(key)), x], jnp.float32(0), jnp.arange(3))
    },
  ],
  [
    'a carried key in scan',
    true,
    () => lax.scan((key: Array, _: Array) => [key, random.normal(key)], random.key(0), jnp.arange(3)),
  ],
  [
    'a carried key that is split',
    false,
    () =>
      lax.scan(
        (key: Array, _: Array) => {
          const keys = random.split(key)
          return [keys.slice(0), random.normal(keys.slice(1))]
        },
        random.key(0),
        jnp.arange(3),
      ),
  ],
  [
    'once in each branch',
    false,
    () =>
      lax.cond(
        jnp.array(true),
        (key: Array) => random.normal(key),
        (key: Array) => random.uniform(key),
        random.key(0),
      ),
  ],
  [
    'in the branch not taken, then again',
    true,
    () => {
      const key = random.key(0)
      lax.cond(
        jnp.array(true),
        () => jnp.float32(0),
        (k: Array) => random.normal(k),
        key,
      )
      random.normal(key)
    },
  ],
  [
    'in each turn of foriLoop',
    true,
    () => {
      const key = random.key(0)
      lax.foriLoop(0, 3, (_: Array, c: Array) => c.add(random.normal(key)), jnp.float32(0))
    },
  ],
  [
    'foldIn in each turn of foriLoop',
    false,
    () => {
      const key = random.key(0)
      lax.foriLoop(0, 3, (i: Array, c: Array) => c.add(random.normal(random.foldIn(key, i))), jnp.float32(0))
    },
  ],
  [
    'words, then draw',
    false,
    () => {
      const key = random.key(0)
      random.keyData(key)
      random.normal(key)
    },
  ],
  ['under grad', false, () => grad((x: Array) => x.mul(random.normal(random.key(0))))(jnp.float32(1))],
]

describe('as JAX', () => {
  test.each(cases)('%s', (_, raises, program) => {
    if (raises) expect(program).toThrow(KeyReuseError)
    else expect(program).not.toThrow()
  })
})

describe('beyond JAX, keys with equal words and one ancestor are one key', () => {
  test('split(k, n)[i] is foldIn(k, i)', () => {
    const key = random.key(0)
    const folded = random.foldIn(key, 1)
    const [, second] = random.split(key)
    random.normal(folded)
    expect(() => random.normal(second)).toThrow(KeyReuseError)
  })

  test('foldIn twice with one number', () => {
    const key = random.key(0)
    random.normal(random.foldIn(key, 1))
    expect(() => random.normal(random.foldIn(key, 1))).toThrow(KeyReuseError)
  })
})

test('the message names both places and what was done there', () => {
  setUserFile((file) => file.endsWith('key-reuse.test.ts'))
  const key = random.key(0)
  random.normal(key)
  expect(() => random.uniform(key)).toThrow(
    /was spent by random\.normal at line \d+ of key-reuse\.test\.ts.*again by random\.uniform at line \d+ of key-reuse/,
  )
})

test('nothing is recorded while the flag is off', () => {
  config.update('debugKeyReuse', false)
  expect(() => two(random.key(0))).not.toThrow()
})
