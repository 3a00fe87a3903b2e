import { type Shape } from '../../ir/aval.ts'
import { type DType, type TypedArray, storageWidth } from '../../ir/dtype.ts'
import { countWork, elementsBetweenChecks } from '../../runtime/interruption.ts'

/** Elements seen as bits, so that a copy loop meets four typed-array classes instead of nine. */
export type Words = Uint8Array | Uint16Array | Uint32Array | Float64Array

/** The same memory as unsigned words. Float64 stays: there is no 64-bit word that is a plain number. */
export function wordsOf(data: TypedArray): Words {
  switch (data.BYTES_PER_ELEMENT) {
    case 1:
      return new Uint8Array(data.buffer, data.byteOffset, data.length)
    case 2:
      return new Uint16Array(data.buffer, data.byteOffset, data.length)
    case 4:
      return new Uint32Array(data.buffer, data.byteOffset, data.length)
    default:
      return new Float64Array(data.buffer, data.byteOffset, data.length)
  }
}

export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]
  }
  return strides
}

/** Where a block starts in an array and how far apart its elements are along each axis. */
export interface BlockLayout {
  readonly offset: number
  readonly strides: readonly number[]
}

/** Copies a block of values of `shape` from one layout to another, in row-major order. */
export function copyBlock(
  dtype: DType,
  target: TypedArray,
  into: BlockLayout,
  source: TypedArray,
  from: BlockLayout,
  shape: Shape,
): void {
  if (storageWidth(dtype) === 1) {
    copyWords(wordsOf(target), into.offset, into.strides, wordsOf(source), from.offset, from.strides, shape)
    return
  }
  const width = storageWidth(dtype)
  const widen = (strides: readonly number[]): number[] => [...strides.map((stride) => stride * width), 1]
  copyWords(
    wordsOf(target),
    into.offset * width,
    widen(into.strides),
    wordsOf(source),
    from.offset * width,
    widen(from.strides),
    [...shape, width],
  )
}

/** `copyBlock` on bare words: strides and offsets count words. */
export function copyWords(
  target: Words,
  targetOffset: number,
  targetStrides: readonly number[],
  source: Words,
  sourceOffset: number,
  sourceStrides: readonly number[],
  shape: Shape,
): void {
  const outerRank = shape.length - 1
  if (outerRank < 0) {
    target[targetOffset] = source[sourceOffset]
    return
  }
  let outerCount = 1
  for (let axis = 0; axis < outerRank; axis++) outerCount *= shape[axis]
  const inner = shape[outerRank]
  if (outerCount === 0 || inner === 0) return
  const targetStep = targetStrides[outerRank]
  const sourceStep = sourceStrides[outerRank]
  const contiguous = targetStep === 1 && sourceStep === 1 && inner >= 16
  const index = new Array<number>(outerRank).fill(0)
  let into = targetOffset
  let from = sourceOffset
  for (let outer = 0; outer < outerCount; outer++) {
    for (let i = 0, to = into, at = from; i < inner;) {
      const end = Math.min(inner, i + elementsBetweenChecks)
      countWork(end - i)
      if (contiguous) {
        target.set(source.subarray(at, at + end - i), to)
        to += end - i
        at += end - i
        i = end
      } else {
        for (; i < end; i++, to += targetStep, at += sourceStep) target[to] = source[at]
      }
    }
    for (let axis = outerRank - 1; axis >= 0; axis--) {
      into += targetStrides[axis]
      from += sourceStrides[axis]
      if (++index[axis] < shape[axis]) break
      into -= targetStrides[axis] * shape[axis]
      from -= sourceStrides[axis] * shape[axis]
      index[axis] = 0
    }
  }
}
