import { expect, it } from 'vitest'
import { hostArray } from '../../core/ir/host-array.ts'
import { ConcreteArray } from '../../core/runtime/concrete-array.ts'
import { JaxArray } from '../../core/tracing/array.ts'
import { hostValueOf } from '../../core/tracing/host-value.ts'
import { api } from './core-scope.ts'

function words(...values: number[]): ConcreteArray {
  return new ConcreteArray(hostArray([values.length], 'uint32', Uint32Array.from(values)))
}

/** The known answers that Random123 publishes for threefry2x32 with 20 rounds. */
const knownAnswers = [
  { key: [0, 0], counter: [0, 0], answer: [0x6b200159, 0x99ba4efe] },
  { key: [0xffffffff, 0xffffffff], counter: [0xffffffff, 0xffffffff], answer: [0x1cb996fc, 0xbb002be7] },
  { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], answer: [0xc4923a9c, 0x483df7a0] },
]

it.each(knownAnswers)('threefry2x32 of counter $counter under key $key', ({ key, counter, answer }) => {
  const block = api('random.threefry2x32')(words(...key), words(...counter))
  const host = block instanceof JaxArray ? hostValueOf(block) : null
  expect([...(host?.data ?? [])]).toEqual(answer)
})
