import { type Shape, sizeOf } from '../../ir/aval.ts'
import { type DType, allocate, bitWidth, integerRange, isFloat, itemSize, viewOf } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { type UnaryLoop, unaryLoop } from './loops.ts'

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
  const out = allocate(dtype, sizeOf(x.shape))
  loopFor(x.dtype, dtype)(x.data, out)
  return hostArray(x.shape, dtype, out)
}

/** The same bits read as another dtype. */
export function bitcastHost(x: HostArray, shape: Shape, dtype: DType): HostArray {
  const { data } = x
  const aligned = data.byteOffset % itemSize(dtype) === 0
  const source = aligned ? data : data.slice()
  return hostArray(shape, dtype, viewOf(dtype, source.buffer, source.byteOffset, sizeOf(shape)))
}

/** The shape after reinterpreting: narrower elements come as a new last axis, wider ones use the last axis up. */
export function bitcastShape(shape: Shape, from: DType, to: DType): Shape | null {
  const before = bitWidth(from)
  const after = bitWidth(to)
  if (before === after) return shape
  if (before > after) return [...shape, before / after]
  return shape.at(-1) === after / before ? shape.slice(0, -1) : null
}
