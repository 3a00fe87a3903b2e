import { expect, test } from 'vitest'
import fc from 'fast-check'
import { padKernel, sliceKernel, transposeKernel } from '../../../core/compiler/reference/movement.ts'
import { type HostArray, hostArray } from '../../../core/ir/host-array.ts'
import type { DType } from '../../../core/ir/dtype.ts'

/** 1, 2, 3, … in a shape, with as many words as the dtype takes. */
function counted(shape: number[], dtype: DType): HostArray {
  const host = hostArray(shape, dtype)
  host.data.forEach((_, i) => (host.data[i] = i + 1))
  return host
}

const dtypes: DType[] = ['bool', 'int8', 'uint16', 'float16', 'int32', 'float32', 'float64', 'key<fry>']

test.each(dtypes)('transposing %s twice gives the array back', (dtype) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }), (shape) => {
      const x = counted(shape, dtype)
      const back = transposeKernel(transposeKernel(x, [2, 0, 1]), [1, 2, 0])
      expect(back).toEqual(x)
    }),
  )
})

test('padding one axis is what it says, element by element', () => {
  const axis = fc.record({
    length: fc.integer({ min: 0, max: 5 }),
    low: fc.integer({ min: -6, max: 4 }),
    high: fc.integer({ min: -6, max: 4 }),
    interior: fc.integer({ min: 0, max: 3 }),
  })
  fc.assert(
    fc.property(axis, ({ length, low, high, interior }) => {
      const spread = length === 0 ? 0 : (length - 1) * (interior + 1) + 1
      const total = low + high + spread
      fc.pre(total >= 0)
      const x = counted([length], 'int32')
      const expected = Array.from({ length: total }, (_, i) => {
        const from = i - low
        const inside = from >= 0 && from < spread && from % (interior + 1) === 0
        return inside ? x.data[from / (interior + 1)] : -1
      })
      const value = hostArray([], 'int32', Int32Array.of(-1))
      const padded = padKernel(x, value, [total], [[low, high, interior]])
      expect(Array.from(padded.data)).toEqual(expected)
    }),
  )
})

test('slices of a matrix are what they say, element by element', () => {
  const range = (length: number) =>
    fc.tuple(fc.integer({ min: 0, max: length }), fc.integer({ min: 0, max: length }), fc.integer({ min: 1, max: 3 }))
  fc.assert(
    fc.property(range(4), range(5), ([a, b, rowStep], [c, d, columnStep]) => {
      const [top, bottom] = [Math.min(a, b), Math.max(a, b)]
      const [left, right] = [Math.min(c, d), Math.max(c, d)]
      const x = counted([4, 5], 'float32')
      const expected: number[] = []
      for (let i = top; i < bottom; i += rowStep) {
        for (let j = left; j < right; j += columnStep) expected.push(x.data[5 * i + j])
      }
      const shape = [Math.ceil((bottom - top) / rowStep), Math.ceil((right - left) / columnStep)]
      const sliced = sliceKernel(x, shape, [top, left], [rowStep, columnStep])
      expect(Array.from(sliced.data)).toEqual(expected)
    }),
  )
})

test('float64 bits and key words survive a move unchanged', () => {
  const doubles = hostArray([2, 2], 'float64', Float64Array.of(-0, NaN, Infinity, 5e-324))
  expect(transposeKernel(doubles, [1, 0]).data).toEqual(Float64Array.of(-0, Infinity, NaN, 5e-324))
  // As doubles these words would be signalling NaNs, which hardware may quieten.
  const keys = hostArray([2, 1], 'key<fry>', Uint32Array.of(1, 0x7ff00000, 2, 0xfff00000))
  expect(transposeKernel(keys, [1, 0]).data).toEqual(Uint32Array.of(1, 0x7ff00000, 2, 0xfff00000))
})
