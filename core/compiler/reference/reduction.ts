import { narrowed, widened } from './bfloat16.ts'
import { convertHost } from './convert.ts'
import { comparePairs, isPair, reducePairs } from './pair-arithmetic.ts'
import type { Shape } from '../../ir/aval.ts'
import { type DType, type TypedArray, integerRange, isFloat, isInexact, isWideInteger } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { offsetsOf, stridesOf } from './broadcast.ts'
import { maximum, minimum } from './floating-point.ts'
import { type RowReduction, rowReduction } from './reduce-leading.ts'
import type { BinaryOp } from './loops.ts'
import { countWork, elementsBetweenChecks } from '../../runtime/interruption.ts'

export type ReductionKind = 'sum' | 'product' | 'max' | 'min' | 'and' | 'or' | 'xor'

/** What an empty reduction gives. */
export function identityOf(kind: ReductionKind, dtype: DType): number {
  switch (kind) {
    case 'sum':
    case 'or':
    case 'xor':
      return 0
    case 'product':
      return 1
    case 'and':
      return dtype === 'bool' ? 1 : -1
    case 'max':
      return isInexact(dtype) ? -Infinity : dtype === 'bool' ? 0 : integerRange(dtype).min
    case 'min':
      return isInexact(dtype) ? Infinity : dtype === 'bool' ? 1 : integerRange(dtype).max
  }
}

export function combinerOf(kind: ReductionKind, dtype: DType): BinaryOp {
  switch (kind) {
    case 'sum':
      return isFloat(dtype) ? (x, y) => x + y : (x, y) => (x + y) | 0
    case 'product':
      return isFloat(dtype) ? (x, y) => x * y : Math.imul
    case 'max':
      return maximum
    case 'min':
      return minimum
    case 'and':
      return (x, y) => x & y
    case 'or':
      return (x, y) => x | y
    case 'xor':
      return (x, y) => x ^ y
  }
}

/** Reduces `length` values that lie `stride` apart from `start` on. */
type Fold = (data: TypedArray, start: number, length: number, stride: number) => number

const folds = new Map<string, Fold>()

/** A fold of its own for each operation and storage, for the reason `unaryLoop` gives. */
function foldOf(kind: ReductionKind, dtype: DType): Fold {
  const key = `${kind} ${dtype}`
  let fold = folds.get(key)
  if (fold === undefined) {
    const instantiate = new Function(
      'op',
      'identity',
      'countWork',
      `return function (data, start, length, stride) {
        let result = identity
        for (let i = 0, at = start; i < length;) {
          const end = Math.min(length, i + ${elementsBetweenChecks})
          countWork(end - i)
          for (; i < end; i++, at += stride) result = op(result, data[at])
        }
        return result
      }`,
    )
    const plain: Fold = instantiate(combinerOf(kind, dtype), identityOf(kind, dtype), countWork)
    fold = kind === 'sum' && dtype === 'float64' ? pairwise(plain) : plain
    folds.set(key, fold)
  }
  return fold
}

const rowReductions = new Map<string, RowReduction>()

function rowReductionOf(kind: ReductionKind, dtype: DType): RowReduction {
  const key = `${kind} ${dtype}`
  let reduction = rowReductions.get(key)
  if (reduction === undefined) {
    reduction = rowReduction(combinerOf(kind, dtype), identityOf(kind, dtype))
    rowReductions.set(key, reduction)
  }
  return reduction
}

/** Longest run that is summed from front to back in any dtype. */
const plainRun = 128

/** Sums long runs by halves: the rounding error grows with the logarithm of the length, not the length. */
function pairwise(plain: Fold): Fold {
  const sum: Fold = (data, start, length, stride) => {
    if (length <= plainRun) return plain(data, start, length, stride)
    const half = length >> 1
    return sum(data, start, half, stride) + sum(data, start + half * stride, length - half, stride)
  }
  return sum
}

/** Floats of 16 and 32 bits are accumulated in 64 and rounded once at the end. */
export function reduceKernel(kind: ReductionKind, x: HostArray, axes: readonly number[], shape: Shape): HostArray {
  if (isPair(x.dtype)) return reducePairs(kind, x, axes, shape)
  if (x.dtype === 'bfloat16') return narrowed(reduceKernel(kind, widened(x), axes, shape))
  const out = hostArray(shape, x.dtype)
  if (axes.length === 1 && axes[0] === 0 && x.shape[0] <= plainRun) {
    rowReductionOf(kind, x.dtype)(x.data, x.shape[0], out.data.length, out.data)
    return out
  }
  const strides = stridesOf(x.shape)
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const starts = offsetsOf(
    shape,
    kept.map((axis) => strides[axis]),
  )
  const reduced = x.shape.map((_, axis) => axis).filter((axis) => axes.includes(axis))
  const lengths = reduced.map((axis) => x.shape[axis])
  const runs = mergeAxes(
    lengths,
    reduced.map((axis) => strides[axis]),
  )
  const fold = foldOf(kind, x.dtype)
  const to = out.data
  if (runs !== null) {
    for (let i = 0; i < to.length; i++) to[i] = fold(x.data, starts[i], runs.length, runs.stride)
    return out
  }
  const inner = offsetsOf(
    lengths,
    reduced.map((axis) => strides[axis]),
  )
  const combine = combinerOf(kind, x.dtype)
  const identity = identityOf(kind, x.dtype)
  for (let i = 0; i < to.length; i++) {
    let result = identity
    for (let k = 0; k < inner.length;) {
      const end = Math.min(inner.length, k + elementsBetweenChecks)
      countWork(end - k)
      for (; k < end; k++) result = combine(result, x.data[starts[i] + inner[k]])
    }
    to[i] = result
  }
  return out
}

/** One run with a constant stride that visits all the axes, when they are adjacent in memory. */
function mergeAxes(lengths: readonly number[], strides: readonly number[]): { length: number; stride: number } | null {
  if (lengths.length === 0) return { length: 1, stride: 1 }
  for (let i = 0; i + 1 < lengths.length; i++) {
    if (strides[i] !== strides[i + 1] * lengths[i + 1]) return null
  }
  return { length: lengths.reduce((product, length) => product * length, 1), stride: strides[strides.length - 1] }
}

export function argReduce(
  kind: 'argmax' | 'argmin',
  x: HostArray,
  axis: number,
  shape: Shape,
  indexDType: DType,
): HostArray {
  if (x.dtype === 'bfloat16') return argReduce(kind, widened(x), axis, shape, indexDType)
  if (isWideInteger(indexDType)) return convertHost(argReduce(kind, x, axis, shape, 'int32'), indexDType)
  const out = hostArray(shape, indexDType)
  const strides = stridesOf(x.shape)
  const starts = offsetsOf(
    shape,
    strides.filter((_, i) => i !== axis),
  )
  const { data } = x
  const stride = strides[axis]
  const length = x.shape[axis]
  if (isPair(x.dtype)) {
    const wanted = kind === 'argmax' ? 1 : -1
    for (let i = 0; i < starts.length; i++) {
      let best = 0
      for (let k = 1; k < length; k++) {
        countWork(1)
        if (comparePairs(x.dtype, data, starts[i] + k * stride, starts[i] + best * stride) === wanted) best = k
      }
      out.data[i] = best
    }
    return out
  }
  for (let i = 0; i < starts.length; i++) {
    let best = 0
    let value = data[starts[i]]
    for (let k = 1; k < length && value === value;) {
      const end = Math.min(length, k + elementsBetweenChecks)
      countWork(end - k)
      for (; k < end && value === value; k++) {
        const candidate = data[starts[i] + k * stride]
        if (candidate !== candidate || (kind === 'argmax' ? candidate > value : candidate < value)) {
          best = k
          value = candidate
        }
      }
    }
    out.data[i] = best
  }
  return out
}
