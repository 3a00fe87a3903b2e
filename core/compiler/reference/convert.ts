import type { Shape } from '../../ir/aval.ts'
import {
  type DType,
  bitWidth,
  integerRange,
  isComplex,
  isFloat,
  isInteger,
  isWideInteger,
  itemSize,
  realPartOf,
} from '../../ir/dtype.ts'
import { bigintsOf, toWide } from '../../ir/element.ts'
import { type HostArray, copyOf, hostArray, reinterpreted, resultData } from '../../ir/host-array.ts'
import { narrowed, widened } from './bfloat16.ts'
import { type UnaryLoop, unaryLoop } from './loops.ts'
import { inBlocks } from '../../runtime/interruption.ts'

const loops = new Map<string, UnaryLoop>()

function loopFor(from: DType, to: DType): UnaryLoop {
  const key = `${from} ${to}`
  let loop = loops.get(key)
  if (loop === undefined) {
    loop = unaryLoop(conversion(from, to))
    loops.set(key, loop)
  }
  return loop
}

/** Integers wrap when narrowed; floats are clamped to the integer range and NaN gives zero, as in XLA. */
function conversion(from: DType, to: DType): (x: number) => number {
  if (to === 'bool') return (x) => (x === 0 ? 0 : 1)
  if (isFloat(to) || !isFloat(from)) return (x) => x
  const { min, max } = integerRange(to)
  return (x) => (x !== x ? 0 : x <= min ? min : x >= max ? max : Math.trunc(x))
}

export function convertHost(x: HostArray, dtype: DType): HostArray {
  if (x.dtype === dtype) return x
  if (x.dtype === 'bfloat16') return convertHost(widened(x), dtype)
  if (isComplex(x.dtype)) return fromComplex(x, dtype)
  if (isComplex(dtype)) return toComplex(convertHost(x, realPartOf(dtype)), dtype)
  if (isWideInteger(x.dtype)) return fromWide(x, dtype)
  if (dtype === 'int64' || dtype === 'uint64') return intoWide(x, dtype)
  if (dtype === 'bfloat16') return narrowed(x)
  const out = resultData(x.shape, dtype)
  loopFor(x.dtype, dtype)(x.data, out)
  return hostArray(x.shape, dtype, out)
}

function toComplex(parts: HostArray, dtype: DType): HostArray {
  const out = hostArray(parts.shape, dtype)
  const [real, pairs] = [parts.data, out.data]
  inBlocks(real.length, (from, to) => {
    for (let i = from; i < to; i++) pairs[2 * i] = real[i]
  })
  return out
}

/** Real dtypes keep the real part; a complex number is true when either part is not zero. */
function fromComplex(x: HostArray, dtype: DType): HostArray {
  if (isComplex(dtype)) {
    const out = hostArray(x.shape, dtype)
    out.data.set(x.data)
    return out
  }
  const parts = hostArray(x.shape, realPartOf(x.dtype))
  const [pairs, real] = [x.data, parts.data]
  inBlocks(real.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const re = pairs[2 * i]
      real[i] = dtype === 'bool' && re === 0 ? pairs[2 * i + 1] : re
    }
  })
  return convertHost(parts, dtype)
}

function fromWide(x: HostArray, dtype: DType): HostArray {
  if (isWideInteger(dtype)) return hostArray(x.shape, dtype, x.data)
  if (isInteger(dtype)) {
    const low = hostArray(x.shape, dtype)
    inBlocks(low.data.length, (from, to) => {
      for (let i = from; i < to; i++) low.data[i] = x.data[2 * i]
    })
    return low
  }
  if (dtype === 'bool') {
    const out = hostArray(x.shape, dtype)
    inBlocks(out.data.length, (from, to) => {
      for (let i = from; i < to; i++) out.data[i] = x.data[2 * i] === 0 && x.data[2 * i + 1] === 0 ? 0 : 1
    })
    return out
  }
  // Through double a float32 could be rounded twice, so the last bits are folded into one sticky bit first.
  const wide = bigintsOf(x.dtype, x.data)
  const doubles = hostArray(x.shape, 'float64')
  inBlocks(wide.length, (from, to) => {
    for (let i = from; i < to; i++) doubles.data[i] = dtype === 'float64' ? Number(wide[i]) : stickyDouble(wide[i])
  })
  return convertHost(doubles, dtype)
}

/** A double that rounds to the same float32, float16 or bfloat16 as the integer itself. */
function stickyDouble(value: bigint): number {
  const magnitude = value < 0n ? -value : value
  if (magnitude < 2n ** 53n) return Number(value)
  const kept = (magnitude >> 12n) | ((magnitude & 0xfffn) === 0n ? 0n : 1n)
  return Number(kept) * 4096 * (value < 0n ? -1 : 1)
}

function intoWide(x: HostArray, dtype: 'int64' | 'uint64'): HostArray {
  const out = hostArray(x.shape, dtype)
  const { data } = x
  if (isFloat(x.dtype)) {
    const wide = bigintsOf(dtype, out.data)
    inBlocks(data.length, (from, to) => {
      for (let i = from; i < to; i++) wide[i] = toWide(dtype, data[i])
    })
    return out
  }
  inBlocks(data.length, (from, to) => {
    for (let i = from; i < to; i++) {
      out.data[2 * i] = data[i]
      out.data[2 * i + 1] = data[i] < 0 ? -1 : 0
    }
  })
  return out
}

/** The same bits read as another dtype. */
export function bitcastHost(x: HostArray, shape: Shape, dtype: DType): HostArray {
  const { data } = x
  const aligned = data.byteOffset % itemSize(dtype) === 0
  return reinterpreted(aligned ? x : copyOf(x), shape, dtype)
}

/** The shape after reinterpreting: narrower elements come as a new last axis, wider ones use the last axis up. */
export function bitcastShape(shape: Shape, from: DType, to: DType): Shape | null {
  const before = bitWidth(from)
  const after = bitWidth(to)
  if (before === after) return shape
  if (before > after) return [...shape, before / after]
  return shape.at(-1) === after / before ? shape.slice(0, -1) : null
}
