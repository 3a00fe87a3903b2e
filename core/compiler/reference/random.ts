import { type Shape, sizeOf } from '../../ir/aval.ts'
import { type DType, isWideInteger } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { expandTo } from './broadcast.ts'
import { threefry2x32, threefryCounters } from './threefry.ts'
import { inBlocks } from '../../runtime/interruption.ts'

/**
 * Key arrays are pairs of words. Every kernel here treats each key of its operand on its own and puts
 * what that key yields along the trailing axes.
 */

function wordPairs(keys: HostArray): Uint32Array {
  if (keys.data instanceof Uint32Array) return keys.data
  throw new Error(`internal: keys are stored as ${keys.data.constructor.name}`)
}

function countersTo(count: number, start = 0): Uint32Array {
  const counters = new Uint32Array(count)
  inBlocks(count, (from, to) => {
    for (let i = from; i < to; i++) counters[i] = start + i
  })
  return counters
}

/** High and low words of 0, 1, … count - 1 as 64-bit integers. */
function wideCountersTo(count: number): { high: Uint32Array; low: Uint32Array } {
  const high = new Uint32Array(count)
  const low = new Uint32Array(count)
  inBlocks(count, (from, to) => {
    for (let i = from; i < to; i++) {
      low[i] = i
      high[i] = Math.floor(i / 2 ** 32)
    }
  })
  return { high, low }
}

/** One key per seed: the seed's words, high word first. A seed of up to 32 bits has high word 0. */
export function seedKernel(seeds: HostArray): HostArray {
  const out = hostArray(seeds.shape, 'key<fry>')
  const isWide = isWideInteger(seeds.dtype)
  inBlocks(out.data.length / 2, (from, to) => {
    for (let i = from; i < to; i++) {
      out.data[2 * i] = isWide ? seeds.data[2 * i + 1] : 0
      out.data[2 * i + 1] = isWide ? seeds.data[2 * i] : seeds.data[i]
    }
  })
  return out
}

export function splitKernel(keys: HostArray, shape: Shape, partitionable: boolean): HostArray {
  const words = wordPairs(keys)
  const count = sizeOf(shape)
  const out = hostArray([...keys.shape, ...shape], 'key<fry>')
  for (let k = 0; k < words.length / 2; k++) {
    const base = k * count * 2
    if (partitionable) {
      const { high, low } = wideCountersTo(count)
      threefry2x32(words[2 * k], words[2 * k + 1], high, low, high, low)
      inBlocks(count, (from, to) => {
        for (let i = from; i < to; i++) {
          out.data[base + 2 * i] = high[i]
          out.data[base + 2 * i + 1] = low[i]
        }
      })
    } else {
      out.data.set(threefryCounters(words[2 * k], words[2 * k + 1], countersTo(count * 2)), base)
    }
  }
  return out
}

/** Keys and data broadcast against each other. */
export function foldInKernel(keys: HostArray, data: HostArray, shape: Shape): HostArray {
  const words = wordPairs(expandTo(keys, shape))
  const numbers = expandTo(data, shape).data
  const out = hostArray(shape, 'key<fry>')
  const high = new Uint32Array(1)
  const low = new Uint32Array(1)
  for (let i = 0; i < out.data.length / 2; i++) {
    high[0] = 0
    low[0] = numbers[i]
    threefry2x32(words[2 * i], words[2 * i + 1], high, low, high, low)
    out.data[2 * i] = high[0]
    out.data[2 * i + 1] = low[0]
  }
  return out
}

/** The counters 0 … 2n - 1, the first half of them as high words. */
function halvedCounters(count: number): { high: Uint32Array; low: Uint32Array } {
  return { high: countersTo(count), low: countersTo(count, count) }
}

export function bitsKernel(
  keys: HostArray,
  bitWidth: 8 | 16 | 32 | 64,
  shape: Shape,
  dtype: DType,
  partitionable: boolean,
): HostArray {
  const words = wordPairs(keys)
  const count = sizeOf(shape)
  const out = hostArray([...keys.shape, ...shape], dtype)
  for (let k = 0; k < words.length / 2; k++) {
    const key0 = words[2 * k]
    const key1 = words[2 * k + 1]
    const base = k * count
    if (bitWidth === 64) {
      const { high, low } = partitionable ? wideCountersTo(count) : halvedCounters(count)
      threefry2x32(key0, key1, high, low, high, low)
      inBlocks(count, (from, to) => {
        for (let i = from; i < to; i++) {
          out.data[2 * (base + i)] = low[i]
          out.data[2 * (base + i) + 1] = high[i]
        }
      })
    } else if (partitionable) {
      const { high, low } = wideCountersTo(count)
      threefry2x32(key0, key1, high, low, high, low)
      // Storing into a narrower array keeps the low bits.
      inBlocks(count, (from, to) => {
        for (let i = from; i < to; i++) out.data[base + i] = high[i] ^ low[i]
      })
    } else {
      const perWord = 32 / bitWidth
      const bits = threefryCounters(key0, key1, countersTo(Math.ceil(count / perWord)))
      inBlocks(count, (from, to) => {
        for (let i = from; i < to; i++) {
          out.data[base + i] = bits[Math.floor(i / perWord)] >>> (bitWidth * (i % perWord))
        }
      })
    }
  }
  return out
}

/** The bare hash: key words and counters broadcast against each other. */
export function hashKernel(args: readonly HostArray[], shape: Shape): [HostArray, HostArray] {
  const [key0, key1, x0, x1] = args.map((arg) => expandTo(arg, shape).data)
  const out0 = hostArray(shape, 'uint32')
  const out1 = hostArray(shape, 'uint32')
  const count = sizeOf(shape)
  const a = new Uint32Array(1)
  const b = new Uint32Array(1)
  for (let i = 0; i < count; i++) {
    a[0] = x0[i]
    b[0] = x1[i]
    threefry2x32(key0[i], key1[i], a, b, a, b)
    out0.data[i] = a[0]
    out1.data[i] = b[0]
  }
  return [out0, out1]
}
