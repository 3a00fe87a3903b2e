import { type Shape, sizeOf } from '../../ir/aval.ts'
import { type DType, bitWidth, isFloat } from '../../ir/dtype.ts'
import { type Element, elementAt, numberOf, setElement } from '../../ir/element.ts'
import { type HostArray, copyOf, hostArray } from '../../ir/host-array.ts'
import { stridesOf } from './broadcast.ts'
import { philoxStream, wordsOf } from './philox.ts'
import { threefry2x32 } from './threefry.ts'
import { inBlocks } from '../../runtime/interruption.ts'

/** Random words in the order of the result's values, and by how much the counter moves on. */
interface Drawn {
  readonly words: Uint32Array
  readonly step: number
}

type Key = readonly [number, number]

/** Hashes the counters `start`, `start + 1`, …: the two words of each next to each other. */
function threefryPairs([k0, k1]: Key, start: bigint, count: number): Uint32Array {
  const low = new Uint32Array(count)
  const high = new Uint32Array(count)
  inBlocks(count, (from, to) => {
    for (let i = from; i < to; i++) [low[i], high[i]] = wordsOf(start + BigInt(i))
  })
  threefry2x32(k0, k1, low, high, low, high)
  const pairs = new Uint32Array(2 * count)
  inBlocks(count, (from, to) => {
    for (let i = from; i < to; i++) {
      pairs[2 * i] = low[i]
      pairs[2 * i + 1] = high[i]
    }
  })
  return pairs
}

/** The axis along which neighbours share a counter: the first of even length, otherwise the longest. */
function pairedAxis(shape: Shape): number {
  const even = shape.findIndex((length) => length % 2 === 0)
  return even >= 0 ? even : shape.indexOf(Math.max(...shape))
}

function threefryWords(key: Key, counter: bigint, shape: Shape): Drawn {
  const given = shape.length === 0 ? [1] : shape
  const axis = pairedAxis(given)
  const half = given.with(axis, Math.ceil(given[axis] / 2))
  const step = sizeOf(half)
  const pairs = threefryPairs(key, counter, step)
  const inner = stridesOf(given)[axis]
  const words = new Uint32Array(sizeOf(given))
  inBlocks(words.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const at = Math.floor(i / inner) % given[axis]
      const outer = Math.floor(i / (inner * given[axis]))
      words[i] = pairs[2 * ((outer * half[axis] + (at >> 1)) * inner + (i % inner)) + (at & 1)]
    }
  })
  return { words, step }
}

function drawnWords(algorithm: 'philox' | 'threefry', key: Key, counter: bigint, shape: Shape, wide: boolean): Drawn {
  const count = sizeOf(shape)
  if (algorithm === 'threefry') {
    return wide ? { words: threefryPairs(key, counter, count), step: count } : threefryWords(key, counter, shape)
  }
  const needed = wide ? 2 * count : count
  // The key is the upper half of the counter as well, as in XLA.
  const whole = counter | (BigInt(key[0]) << 64n) | (BigInt(key[1]) << 96n)
  return { words: philoxStream(whole, key, needed), step: Math.ceil(needed / 4) }
}

/** The state is two words of key and two of counter, low words first; the new one continues where the values end. */
export function rngBitGeneratorKernel(
  state: HostArray,
  algorithm: 'philox' | 'threefry',
  shape: Shape,
  dtype: DType,
): [state: HostArray, values: HostArray] {
  const [k0, k1, low, high] = state.data
  const counter = (BigInt(high) << 32n) | BigInt(low)
  const { words, step } = drawnWords(algorithm, [k0, k1], counter, shape, bitWidth(dtype) === 64)
  const values = hostArray(shape, dtype)
  // Storing into a narrower array keeps the low bits.
  values.data.set(words)
  const next = copyOf(state)
  next.data.set(wordsOf(counter + BigInt(step)), 2)
  return [next, values]
}

const uniformKey: Key = [0x243f6a88, 0x85a308d3]
let uniformCounter = 0n

/** Uniform values in [low, high), others at every call. Float16 and bfloat16 are drawn as float32 and rounded. */
export function rngUniformKernel(low: HostArray, high: HostArray, shape: Shape, dtype: DType): HostArray {
  const out = hostArray(shape, dtype)
  const count = sizeOf(shape)
  const words = philoxStream(uniformCounter, uniformKey, 2 * count)
  uniformCounter += BigInt(Math.ceil(count / 2))
  const draw = isFloat(dtype) ? floatDraw(low, high, dtype) : integerDraw(low, high)
  inBlocks(count, (from, to) => {
    for (let i = from; i < to; i++) setElement(dtype, out.data, i, draw(words[2 * i], words[2 * i + 1]))
  })
  return out
}

type Draw = (low: number, high: number) => Element

function floatDraw(low: HostArray, high: HostArray, dtype: DType): Draw {
  const [a, b] = [numberOf(low), numberOf(high)]
  if (dtype === 'float64') return (x, y) => a + ((y >>> 12) * 2 ** 32 + x) * 2 ** -52 * (b - a)
  return (x) => Math.fround(a + (x >>> 9) * 2 ** -23 * (b - a))
}

function integerDraw(low: HostArray, high: HostArray): Draw {
  const [a, b] = [low, high].map(({ dtype, data }) => {
    const value = elementAt(dtype, data, 0)
    return BigInt(typeof value === 'object' ? value.re : value)
  })
  if (b <= a) return () => a
  return (x, y) => a + (((BigInt(y) << 32n) | BigInt(x)) % (b - a))
}
