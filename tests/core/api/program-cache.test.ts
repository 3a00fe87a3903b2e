import { expect, test } from 'vitest'
import { jnp } from '../../../core/index.ts'
import { ProgramCache } from '../../../core/api/program-cache.ts'
import { programKey } from '../../../core/api/program-key.ts'
import { flattenArgs } from '../../../core/tree/leaves.ts'
import { staticKey } from '../../../core/tree/static-key.ts'

function keyOf(args: readonly unknown[], ...statics: unknown[]): ReturnType<typeof programKey> {
  const { arrays, tree } = flattenArgs(args, 'test')
  return programKey(
    arrays,
    tree,
    statics.map((value, place) => ({ place, key: staticKey(value) })),
  )
}

const different = [
  keyOf([1]),
  keyOf([1n]),
  keyOf([true]),
  keyOf([[1]]),
  keyOf([{ a: 1 }]),
  keyOf([jnp.float32(1)]),
  keyOf([jnp.ones([1])]),
  keyOf([jnp.ones([2])]),
  ...[1, '1', true, 'true', 1n, '1n', -0, 0, NaN, 'NaN', null, 'null', undefined, 'undefined', ''].map((value) =>
    keyOf([1], value),
  ),
  ...[['a b', 'c'], ['a', 'b c'], [['a', 'b']], ['["a","b"]'], [{ a: 1 }], ['{"a":1}'], [Math.sin], [Math.cos]].map(
    (values) => keyOf([1], ...values),
  ),
]

test('keys that differ are told apart even where all have one hash', () => {
  const cache = new ProgramCache<number>()
  different.forEach((key, i) => cache.add({ ...key, hash: 7 }, i))
  expect(cache.size).toBe(different.length)
  expect(different.map((key) => cache.get({ ...key, hash: 7 }))).toEqual(different.map((_, i) => i))
})

test('hashes tell them apart but for the two zeros', () => {
  expect(new Set(different.map(({ hash }) => hash)).size).toBe(different.length - 1)
})
