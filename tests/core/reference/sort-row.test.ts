import { expect, test } from 'vitest'
import type { TypedArray } from '../../../core/ir/dtype.ts'
import { sortRow } from '../../../core/compiler/reference/sort-row.ts'

const lengths = [0, 1, 2 ** 18, 2 ** 18 + 1, 3 * 2 ** 18, 5 * 2 ** 18 + 4321]

/** Numbers of a linear congruential generator, with NaN, infinities and repetitions in between. */
function numbers(length: number): number[] {
  let state = 1
  return Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    if (i % 997 === 0) return NaN
    return i % 499 === 0 ? (state < 0 ? -Infinity : Infinity) : state / (i % 3 === 0 ? 2 ** 28 : 8)
  })
}

const storages: readonly [string, (length: number) => TypedArray][] = [
  ['float64', (length) => Float64Array.from(numbers(length))],
  ['float32', (length) => Float32Array.from(numbers(length))],
  ['int32', (length) => Int32Array.from(numbers(length))],
  ['uint8', (length) => Uint8Array.from(numbers(length))],
  ['ascending numbers', (length) => Float32Array.from({ length }, (_, i) => i)],
  ['descending numbers', (length) => Float32Array.from({ length }, (_, i) => -i)],
  ['only NaN', (length) => new Float32Array(length).fill(NaN)],
]

test.each(storages)('pieces of %s are merged to what one sort gives', (_, make) => {
  for (const length of lengths) {
    const whole = make(length).sort()
    const row = make(length)
    sortRow(row)
    expect(Buffer.compare(bytes(row), bytes(whole))).toBe(0)
  }
})

function bytes({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
