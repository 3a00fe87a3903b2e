import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Array as JaxArray, config, jnp, lax } from '../../../core/index.ts'
import { checkRules, integers, values } from './check-rules.ts'

beforeAll(() => config.update('enableX64', true))
afterAll(() => config.update('enableX64', false))

const unary: Record<string, [(x: JaxArray) => JaxArray, () => JaxArray]> = {
  'broadcast_in_dim adds axes': [(x) => lax.broadcastInDim(x, [2, 3, 4], [1]), () => values(3)],
  'broadcast_in_dim stretches axes of length 1': [(x) => lax.broadcastInDim(x, [2, 3], [0, 1]), () => values(1, 3)],
  'broadcast_in_dim of a scalar': [(x) => lax.broadcastInDim(x, [2, 2], []), () => values()],
  reshape: [(x) => lax.reshape(x, [3, 2, 2]), () => values(4, 3)],
  'reshape after a permutation': [(x) => lax.reshape(x, [6], [1, 0]), () => values(2, 3)],
  squeeze: [(x) => lax.squeeze(x, [0, 2]), () => values(1, 3, 1)],
  transpose: [(x) => lax.transpose(x, [2, 0, 1]), () => values(2, 3, 4)],
  rev: [(x) => lax.rev(x, [0, 2]), () => values(2, 3, 2)],
  slice: [(x) => lax.slice(x, [1, 0], [3, 2]), () => values(3, 4)],
  'slice with strides': [(x) => lax.slice(x, [0, 1], [3, 4], [2, 3]), () => values(3, 4)],
  'slice of nothing': [(x) => lax.slice(x, [1, 1], [1, 3], [1, 2]), () => values(3, 4)],
  split: [(x) => lax.split(x, [1, 3], 1)[1], () => values(2, 4)],
  'split, both parts used': [(x) => jnp.sum(lax.split(x, [1, 2])[0]).mul(lax.split(x, [1, 2])[1]), () => values(3)],
  unstack: [(x) => jnp.unstack(x, 1)[2], () => values(2, 3)],
  tile: [(x) => lax.tile(x, [2, 3]), () => values(2, 3)],
}

describe('movement with one operand', () => {
  test.each(Object.keys(unary))('%s', (name) => {
    const [f, operand] = unary[name]
    checkRules(f, operand())
  })
})

describe('movement with several operands', () => {
  test('pad with positive, negative and interior padding', () => {
    checkRules(
      (x, value) =>
        lax.pad(x, value, [
          [1, -1, 0],
          [-1, 2, 1],
        ]),
      values(3, 4),
      values(),
    )
  })

  test('pad that cuts everything off', () => {
    checkRules((x, value) => lax.pad(x, value, [[-3, 1, 1]]), values(3), values())
  })

  test('concatenate', () => {
    checkRules((x, y, z) => lax.concatenate([x, y, z], 1), values(2, 1), values(2, 3), values(2, 2))
  })

  test('stack', () => {
    checkRules((x, y) => jnp.stack([x, y], 1), values(2, 3), values(2, 3))
  })
})

describe('dynamic slices', () => {
  test('dynamic_slice', () => {
    checkRules(
      (x, i) => lax.dynamicSlice(x, [lax.indexInDim(i, 0, 0, false), lax.indexInDim(i, 1, 0, false)], [2, 2]),
      values(4, 3),
      integers([1, 0]),
    )
  })

  test('dynamic_update_slice', () => {
    checkRules(
      (x, update, i) => lax.dynamicUpdateSlice(x, update, [lax.indexInDim(i, 0, 0, false), 1]),
      values(4, 3),
      values(2, 2),
      integers([1, 2, 0]),
    )
  })

  test('a start out of range moves the block inside', () => {
    const x = jnp.arange(5)
    expect(lax.dynamicSlice(x, [integers(7)], [2]).tolist()).toEqual([3, 4])
    expect(lax.dynamicSlice(x, [-9], [2]).tolist()).toEqual([0, 1])
    expect(lax.dynamicUpdateSlice(x, jnp.array([8, 9], { dtype: 'int64' }), [4]).tolist()).toEqual([0, 1, 2, 8, 9])
  })
})

describe('what does not fit is refused with shapes in the message', () => {
  const refusals: [string, () => unknown, RegExp][] = [
    ['reshape to another size', () => lax.reshape(values(2, 3), [5]), /shape \(2, 3\).*shape \(5,\)/],
    ['squeeze of a long axis', () => lax.squeeze(values(2, 1), [0]), /axis 0 of shape \(2, 1\)/],
    ['a slice beyond the end', () => lax.slice(values(3), [1], [5]), /limit_indices=\(5,\).*\(3,\)/],
    ['concatenation of unlike shapes', () => lax.concatenate([values(2, 3), values(3, 3)], 1), /\(2, 3\), \(3, 3\)/],
    ['concatenation of unlike dtypes', () => lax.concatenate([values(2), integers([1])], 0), /float64, int32/],
    ['a pad value of another dtype', () => lax.pad(values(2), integers(0), [[1, 1, 0]]), /float64 and int32/],
    ['a transposition that drops an axis', () => lax.transpose(values(2, 3), [0]), /\(0,\).*\(2, 3\)/],
    ['a broadcast that does not fit', () => lax.broadcastInDim(values(3), [2, 4], [1]), /\(3,\).*\(2, 4\)/],
    ['a block larger than the array', () => lax.dynamicSlice(values(3), [0], [4]), /slice_sizes=\(4,\).*\(3,\)/],
  ]
  test.each(refusals)('%s', (_name, attempt, message) => {
    expect(attempt).toThrow(message)
  })
})
