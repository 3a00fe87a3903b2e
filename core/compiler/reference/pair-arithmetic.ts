import { type Shape, sizeOf } from '../../ir/aval.ts'
import { type DType, type TypedArray, isComplex, isWideInteger } from '../../ir/dtype.ts'
import { type ComplexNumber, elementAt, setElement, wideIntegerRange } from '../../ir/element.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { offsetsOf, stridesOf } from './broadcast.ts'
import { complexAdd, complexMaximum, complexMinimum, complexMultiply, real } from './complex-functions.ts'
import type { DotDimensionNumbers } from './dot.ts'
import type { ReductionKind } from './reduction.ts'
import { countWork } from '../../runtime/interruption.ts'

// 64-bit integers and complex numbers take two typed-array elements a value. What folds many of them into one
// is written once here, over whatever reads, combines and writes such a value.

/** How values of one dtype are read, combined and written. */
export interface PairArithmetic<T> {
  read(data: TypedArray, index: number): T
  write(data: TypedArray, index: number, value: T): void
  multiply(x: T, y: T): T
  combiner(kind: ReductionKind): (x: T, y: T) => T
  identity(kind: ReductionKind): T
}

/** Whether a value of the dtype is a pair of typed-array elements with arithmetic. */
export function isPair(dtype: DType): boolean {
  return isComplex(dtype) || isWideInteger(dtype)
}

function wideArithmetic(dtype: 'int64' | 'uint64'): PairArithmetic<bigint> {
  const wrap = dtype === 'int64' ? (x: bigint) => BigInt.asIntN(64, x) : (x: bigint): bigint => BigInt.asUintN(64, x)
  const { min, max } = wideIntegerRange(dtype)
  return {
    read(data, index) {
      const word = (BigInt(data[2 * index + 1]) << 32n) | BigInt(data[2 * index])
      return wrap(word)
    },
    write: (data, index, value) => setElement(dtype, data, index, value),
    multiply: (x, y) => wrap(x * y),
    combiner(kind) {
      switch (kind) {
        case 'sum':
          return (x, y) => wrap(x + y)
        case 'product':
          return (x, y) => wrap(x * y)
        case 'max':
          return (x, y) => (x > y ? x : y)
        case 'min':
          return (x, y) => (x < y ? x : y)
        case 'and':
          return (x, y) => x & y
        case 'or':
          return (x, y) => x | y
        case 'xor':
          return (x, y) => x ^ y
      }
    },
    identity(kind) {
      switch (kind) {
        case 'sum':
        case 'or':
        case 'xor':
          return 0n
        case 'product':
          return 1n
        case 'and':
          return wrap(-1n)
        case 'max':
          return min
        case 'min':
          return max
      }
    },
  }
}

const complexArithmetic: PairArithmetic<ComplexNumber> = {
  read: (data, index) => ({ re: data[2 * index], im: data[2 * index + 1] }),
  write(data, index, { re, im }) {
    data[2 * index] = re
    data[2 * index + 1] = im
  },
  multiply: complexMultiply,
  combiner(kind) {
    switch (kind) {
      case 'sum':
        return complexAdd
      case 'product':
        return complexMultiply
      case 'max':
        return complexMaximum
      case 'min':
        return complexMinimum
      case 'and':
      case 'or':
      case 'xor':
        throw new Error(`internal: bits of complex numbers were combined by '${kind}'`)
    }
  },
  identity(kind) {
    switch (kind) {
      case 'product':
        return real(1)
      case 'max':
        return { re: -Infinity, im: -Infinity }
      case 'min':
        return { re: Infinity, im: Infinity }
      default:
        return real(0)
    }
  },
}

/** Calls `body` with the arithmetic of a dtype whose values are pairs. */
export function withArithmetic<R>(dtype: DType, body: <T>(arithmetic: PairArithmetic<T>) => R): R {
  return dtype === 'int64' || dtype === 'uint64' ? body(wideArithmetic(dtype)) : body(complexArithmetic)
}

/** `reduceKernel` on pairs. */
export function reducePairs(kind: ReductionKind, x: HostArray, axes: readonly number[], shape: Shape): HostArray {
  const out = hostArray(shape, x.dtype)
  const strides = stridesOf(x.shape)
  const order = x.shape.map((_, axis) => axis)
  const pick = (chosen: readonly number[]): Int32Array =>
    offsetsOf(
      chosen.map((axis) => x.shape[axis]),
      chosen.map((axis) => strides[axis]),
    )
  const starts = pick(order.filter((axis) => !axes.includes(axis)))
  const inner = pick(order.filter((axis) => axes.includes(axis)))
  return withArithmetic(x.dtype, ({ read, write, combiner, identity }) => {
    const combine = combiner(kind)
    for (let i = 0; i < starts.length; i++) {
      let result = identity(kind)
      for (let k = 0; k < inner.length; k++) {
        countWork(1)
        result = combine(result, read(x.data, starts[i] + inner[k]))
      }
      write(out.data, i, result)
    }
    return out
  })
}

/** `cumulativeKernel` on pairs. */
export function cumulatePairs(kind: ReductionKind, x: HostArray, axis: number, reverse: boolean): HostArray {
  const out = hostArray(x.shape, x.dtype)
  const length = x.shape[axis]
  const inner = sizeOf(x.shape.slice(axis + 1))
  return withArithmetic(x.dtype, ({ read, write, combiner }) => {
    const combine = combiner(kind)
    const lines = length === 0 ? 0 : sizeOf(x.shape) / length
    for (let line = 0; line < lines; line++) {
      const start = Math.floor(line / inner) * length * inner + (line % inner)
      const at = (k: number): number => start + (reverse ? length - 1 - k : k) * inner
      let total = read(x.data, at(0))
      write(out.data, at(0), total)
      countWork(1)
      for (let k = 1; k < length; k++) {
        countWork(1)
        total = combine(total, read(x.data, at(k)))
        write(out.data, at(k), total)
      }
    }
    return out
  })
}

/** `dotGeneralKernel` on pairs: `[batch, rows, columns]` sums of products along the contracted axes. */
export function dotPairs(
  lhs: HostArray,
  rhs: HostArray,
  [[lhsContract, rhsContract], [lhsBatch, rhsBatch]]: DotDimensionNumbers,
  shape: Shape,
  dtype: DType,
): HostArray {
  const out = hostArray(shape, dtype)
  const offsets = (source: HostArray, axes: readonly number[]): Int32Array => {
    const strides = stridesOf(source.shape)
    return offsetsOf(
      axes.map((axis) => source.shape[axis]),
      axes.map((axis) => strides[axis]),
    )
  }
  const rest = (source: HostArray, used: readonly number[]): number[] =>
    source.shape.map((_, axis) => axis).filter((axis) => !used.includes(axis))
  const [lhsBatches, rhsBatches] = [offsets(lhs, lhsBatch), offsets(rhs, rhsBatch)]
  const rows = offsets(lhs, rest(lhs, [...lhsContract, ...lhsBatch]))
  const columns = offsets(rhs, rest(rhs, [...rhsContract, ...rhsBatch]))
  const [lhsDepth, rhsDepth] = [offsets(lhs, lhsContract), offsets(rhs, rhsContract)]
  return withArithmetic(dtype, ({ read, write, multiply, combiner, identity }) => {
    const add = combiner('sum')
    let at = 0
    for (let batch = 0; batch < lhsBatches.length; batch++) {
      for (const row of rows) {
        for (const column of columns) {
          let sum = identity('sum')
          for (let k = 0; k < lhsDepth.length; k++) {
            countWork(1)
            const left = read(lhs.data, lhsBatches[batch] + row + lhsDepth[k])
            sum = add(sum, multiply(left, read(rhs.data, rhsBatches[batch] + column + rhsDepth[k])))
          }
          write(out.data, at++, sum)
        }
      }
    }
    return out
  })
}

/** Combines value `from` of the updates into value `at` of the target. */
export function pairCombiner(
  dtype: DType,
  kind: ReductionKind,
): (target: TypedArray, at: number, updates: TypedArray, from: number) => void {
  return withArithmetic(dtype, ({ read, write, combiner }) => {
    const combine = combiner(kind)
    return (target, at, updates, from) => write(target, at, combine(read(target, at), read(updates, from)))
  })
}

/** Which of two values comes first: 64-bit integers by size, complex numbers by real, then by imaginary part; NaN last. */
export function comparePairs(dtype: DType, data: TypedArray, i: number, j: number): number {
  const [x, y] = [elementAt(dtype, data, i), elementAt(dtype, data, j)]
  if (typeof x === 'object' && typeof y === 'object') return compareReals(x.re, y.re) || compareReals(x.im, y.im)
  return x < y ? -1 : x > y ? 1 : 0
}

function compareReals(x: number, y: number): number {
  if (x < y) return -1
  if (x > y) return 1
  if (x === y) return 0
  return x === x ? -1 : y === y ? 1 : 0
}
