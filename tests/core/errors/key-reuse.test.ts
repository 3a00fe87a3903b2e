import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Array,
  checkpoint,
  config,
  grad,
  jit,
  jnp,
  lax,
  pmap,
  random,
  setUserFile,
  vmap,
} from '../../../core/index.ts'
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
  [
    'a count, which one of two methods draws',
    false,
    () => {
      random.poisson(random.key(0), 4)
      random.binomial(random.key(1), 9, 0.5)
      jit((key: Array) => random.poisson(key, 20))(random.key(2))
    },
  ],
  [
    'count, then draw',
    true,
    () => {
      const key = random.key(0)
      random.poisson(key, 4)
      random.normal(key)
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
  [
    'a carry of whileLoop that is split',
    false,
    () =>
      lax.whileLoop(
        ([, n]: [Array, Array]) => jnp.less(n, 3),
        ([key, n]: [Array, Array]): [Array, Array] => [random.split(key).slice(0), n.add(1)],
        [random.key(0), jnp.float32(0)],
      ),
  ],
  [
    'a carry of whileLoop that is left alone, then draw',
    false,
    () => {
      const key = random.key(0)
      lax.whileLoop(
        ([, n]: [Array, Array]) => jnp.less(n, 3),
        ([k, n]: [Array, Array]): [Array, Array] => [k, n.add(1)],
        [key, jnp.float32(0)],
      )
      random.normal(key)
    },
  ],
  ['gamma', false, () => random.gamma(random.key(0), jnp.ones(3))],
  ['under grad of gamma', false, () => grad((a: Array) => random.gamma(random.key(0), a))(jnp.float32(2))],
  ['beta', false, () => random.beta(random.key(0), 2, 3)],
  ['choice', false, () => random.choice(random.key(0), 5, [3], { replace: false })],
  ['permutation', false, () => random.permutation(random.key(0), 5)],
  ['checkpoint', false, () => checkpoint((key: Array) => random.normal(key))(random.key(0))],
  ['one key of a reshaped array', false, () => random.normal(random.split(random.key(0)).reshape(2, 1).slice(0, 0))],
  [
    'stack of one key twice',
    false,
    () => {
      const key = random.key(0)
      return jnp.stack([key, key])
    },
  ],
  [
    'concatenate of one array of keys twice',
    false,
    () => {
      const keys = random.split(random.key(0))
      return jnp.concatenate([keys, keys])
    },
  ],
  ['pmap', false, () => pmap((key: Array) => random.normal(key))(random.split(random.key(0), 1))],
  ['map', false, () => lax.map((key: Array) => random.normal(key), random.split(random.key(0), 3))],
  ['under grad', false, () => grad((x: Array) => x.mul(random.normal(random.key(0))))(jnp.float32(1))],
]

describe('as JAX', () => {
  test.each(cases)('%s', (_, raises, program) => {
    if (raises) expect(program).toThrow(KeyReuseError)
    else expect(program).not.toThrow()
  })
})

/** What JAX's checker loses sight of. */
const beyond: readonly (readonly [string, () => unknown])[] = [
  [
    'draw from what jit passes through, and from the key',
    () => {
      const key = random.key(0)
      random.normal(jit((k: Array) => k)(key))
      random.normal(key)
    },
  ],
  [
    'take one twice',
    () => {
      const keys = random.split(random.key(0))
      random.normal(jnp.take(keys, 0))
      random.normal(jnp.take(keys, 0))
    },
  ],
  [
    'squeeze and take',
    () => {
      const keys = random.split(random.key(0), 1)
      random.normal(jnp.squeeze(keys))
      random.normal(keys.slice(0))
    },
  ],
]

describe('beyond JAX, keys with equal words and one ancestor are one key', () => {
  test.each(beyond)('%s', (_, program) => {
    expect(program).toThrow(KeyReuseError)
  })

  /** Whether the second of two uses is told apart from the first, also when both are in one program. */
  const within: readonly (readonly [string, boolean, (key: Array) => unknown])[] = [
    ['foldIn and split', true, (k) => random.normal(random.foldIn(k, 1)).add(random.normal(random.split(k).slice(1)))],
    ['another number', false, (k) => random.normal(random.foldIn(k, 2)).add(random.normal(random.split(k).slice(1)))],
    ['a clone', false, (k) => random.normal(random.clone(k)).add(random.normal(k))],
    [
      'each step folds in one number',
      true,
      (k) =>
        lax.scan(
          (c: Array, _: Array) => [c.add(random.normal(random.foldIn(k, 1))), null],
          jnp.float32(0),
          jnp.arange(2),
        ),
    ],
    [
      'each step folds in another number',
      false,
      (k) =>
        lax.scan(
          (c: Array, i: Array) => [c.add(random.normal(random.foldIn(k, i))), null],
          jnp.float32(0),
          jnp.arange(2),
        ),
    ],
    [
      'one branch of two',
      false,
      (k) =>
        lax.cond(
          jnp.array(true),
          (a: Array) => random.normal(random.foldIn(a, 1)),
          (a: Array) => random.normal(random.foldIn(a, 1)),
          k,
        ),
    ],
  ]
  test.each(within)('inside of jit: %s', (_, raises, program) => {
    const run = (): unknown => jit(program)(random.key(0))
    if (raises) expect(run).toThrow(/^The key [0-9a-f]{8} [0-9a-f]{8} was spent by random\.normal/)
    else expect(run).not.toThrow()
  })

  test('what comes out of a program is what it was inside', () => {
    const [used, fresh] = jit((key: Array) => {
      const [a, b] = random.split(key)
      return [a, b, random.normal(a)]
    })(random.key(0)) as [Array, Array]
    expect(() => random.normal(fresh)).not.toThrow()
    expect(() => random.normal(used)).toThrow(KeyReuseError)
  })

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
