import { expect, test } from 'vitest'
import { threefry2x32, threefryCounters } from '../../../core/compiler/reference/threefry.ts'

/** Known answers that the authors of the generator publish with it (Random123, threefry2x32 of 20 rounds). */
const knownAnswers = [
  { key: [0, 0], counter: [0, 0], hash: [0x6b200159, 0x99ba4efe] },
  { key: [0xffffffff, 0xffffffff], counter: [0xffffffff, 0xffffffff], hash: [0x1cb996fc, 0xbb002be7] },
  { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], hash: [0xc4923a9c, 0x483df7a0] },
]

test.each(knownAnswers)('threefry2x32 of $counter under $key', ({ key, counter, hash }) => {
  const high = Uint32Array.of(counter[0])
  const low = Uint32Array.of(counter[1])
  threefry2x32(key[0], key[1], high, low, high, low)
  expect([high[0], low[0]]).toEqual(hash)
})

test('an odd counter is paired with zero and its partner dropped', () => {
  const even = threefryCounters(3, 4, Uint32Array.of(7, 8, 9, 0))
  expect(threefryCounters(3, 4, Uint32Array.of(7, 8, 9))).toEqual(even.subarray(0, 3))
  expect(threefryCounters(3, 4, new Uint32Array(0))).toHaveLength(0)
})
