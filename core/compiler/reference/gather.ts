import { convertHost } from './convert.ts'
import { isWideInteger } from '../../ir/dtype.ts'
import { type Element, fillElements } from '../../ir/element.ts'
import { type Shape, sizeOf } from '../../ir/aval.ts'
import { type TypedArray, storageWidth } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { copyWords, rowMajorStrides, wordsOf } from './block-copy.ts'
import { countWork, inBlocks } from '../../runtime/interruption.ts'

/** What an index outside the array does: move inside, leave the window out, or never happen. */
export type IndexMode = 'clip' | 'fill_or_drop' | 'promise_in_bounds'

/**
 * How index vectors address windows of the operand, with gather and scatter spelled alike: `window`
 * axes of the result (or update) run along the operand axes that are neither `collapsed` nor
 * `operandBatching`; the other axes count the index vectors.
 */
export interface WindowAddressing {
  readonly window: readonly number[]
  readonly collapsed: readonly number[]
  readonly startIndexMap: readonly number[]
  readonly operandBatching: readonly number[]
  readonly indicesBatching: readonly number[]
}

/** Places in an array; 32-bit wherever they fit, which indexes faster. */
type Offsets = Int32Array | Float64Array

/** Everything about a gather or scatter that does not change from one index vector to the next. */
export interface WindowPlan {
  readonly count: number
  readonly windowShape: Shape
  /** Strides of the window inside the operand and inside the result (or update). */
  readonly operandStrides: readonly number[]
  readonly windowStrides: readonly number[]
  /** For each index vector: where its window starts in the operand, or -1 when it is left out. */
  readonly operandOffsets: Offsets
  /** For each index vector: where its window starts in the result (or update). */
  readonly windowOffsets: Offsets
}

function offsetsWithin(size: number, count: number): Offsets {
  return size < 2 ** 31 ? new Int32Array(count) : new Float64Array(count)
}

/** Resolves all index vectors to offsets. `sliceSizes` has one entry per operand axis. */
export function planWindows(
  operandShape: Shape,
  indices: HostArray,
  resultShape: Shape,
  addressing: WindowAddressing,
  sliceSizes: readonly number[],
  mode: IndexMode,
  outside: 'skip' | 'clamp',
): WindowPlan {
  const operandStrides = rowMajorStrides(operandShape)
  const resultStrides = rowMajorStrides(resultShape)
  const laneShape = indices.shape.slice(0, -1)
  const windowAxes = operandShape
    .map((_, axis) => axis)
    .filter((axis) => !addressing.collapsed.includes(axis) && !addressing.operandBatching.includes(axis))
  const laneAxes = resultShape.map((_, axis) => axis).filter((axis) => !addressing.window.includes(axis))
  const laneStrides = new Array<number>(laneShape.length).fill(0)
  addressing.indicesBatching.forEach((lane, i) => {
    laneStrides[lane] += operandStrides[addressing.operandBatching[i]]
  })
  const count = sizeOf(laneShape)
  const windowOffsets = offsetsWithin(sizeOf(resultShape), count)
  const operandOffsets = offsetsWithin(sizeOf(operandShape), count)
  walkLanes(
    windowOffsets,
    laneShape,
    laneAxes.map((axis) => resultStrides[axis]),
  )
  if (addressing.indicesBatching.length > 0) walkLanes(operandOffsets, laneShape, laneStrides)
  addStarts(
    operandOffsets,
    isWideInteger(indices.dtype) ? convertHost(indices, 'float64').data : indices.data,
    addressing.startIndexMap.map((axis) => operandStrides[axis]),
    addressing.startIndexMap.map((axis) => operandShape[axis] - sliceSizes[axis]),
    mode === 'clip' || (mode === 'promise_in_bounds' && outside === 'clamp'),
  )
  return {
    count,
    windowShape: windowAxes.map((axis) => sliceSizes[axis]),
    operandStrides: windowAxes.map((axis) => operandStrides[axis]),
    windowStrides: addressing.window.map((axis) => resultStrides[axis]),
    operandOffsets,
    windowOffsets,
  }
}

/** Offsets of all lanes in row-major order. */
function walkLanes(offsets: Offsets, shape: Shape, strides: readonly number[]): void {
  const rank = shape.length
  const step = rank === 0 ? 0 : strides[rank - 1]
  const evenly = shape.every((_, axis) => axis === rank - 1 || strides[axis] === strides[axis + 1] * shape[axis + 1])
  if (evenly) {
    inBlocks(offsets.length, (from, to) => {
      for (let lane = from; lane < to; lane++) offsets[lane] = lane * step
    })
    return
  }
  const position = new Array<number>(rank).fill(0)
  let offset = 0
  for (let lane = 0; lane < offsets.length; lane++) {
    countWork(1)
    offsets[lane] = offset
    for (let axis = rank - 1; axis >= 0; axis--) {
      offset += strides[axis]
      if (++position[axis] < shape[axis]) break
      offset -= strides[axis] * shape[axis]
      position[axis] = 0
    }
  }
}

/** Adds to each lane's offset where its index vector points; a window that sticks out is moved inside or marked -1. */
function addStarts(
  offsets: Offsets,
  vectors: TypedArray,
  strides: readonly number[],
  limits: readonly number[],
  clamp: boolean,
): void {
  const components = strides.length
  for (let component = 0; component < components; component++) {
    const stride = strides[component]
    const limit = limits[component]
    inBlocks(offsets.length, (from, to) => {
      for (let lane = from, at = component + from * components; lane < to; lane++, at += components) {
        let start = vectors[at]
        if (start < 0 || start > limit) {
          if (!clamp) {
            offsets[lane] = -1
            continue
          }
          start = start < 0 ? 0 : limit
        }
        if (offsets[lane] >= 0) offsets[lane] += start * stride
      }
    })
  }
}

export function gatherKernel(
  operand: HostArray,
  indices: HostArray,
  shape: Shape,
  addressing: WindowAddressing,
  sliceSizes: readonly number[],
  mode: IndexMode,
  fillValue: Element,
): HostArray {
  const out = hostArray(shape, operand.dtype)
  if (sizeOf(shape) === 0) return out
  const width = storageWidth(operand.dtype)
  if (mode === 'fill_or_drop') fillElements(operand.dtype, out.data, fillValue)
  const plan = planWindows(operand.shape, indices, shape, addressing, sliceSizes, mode, 'clamp')
  const { count, operandOffsets, windowOffsets } = plan
  const target = wordsOf(out.data)
  const source = wordsOf(operand.data)
  if (sizeOf(plan.windowShape) === 1 && width === 1) {
    inBlocks(count, (first, end) => {
      for (let vector = first; vector < end; vector++) {
        if (operandOffsets[vector] >= 0) target[windowOffsets[vector]] = source[operandOffsets[vector]]
      }
    })
    return out
  }
  const widen = (strides: readonly number[]): number[] =>
    width === 1 ? [...strides] : [...strides.map((stride) => stride * width), 1]
  const windowShape = width === 1 ? plan.windowShape : [...plan.windowShape, width]
  const into = widen(plan.windowStrides)
  const from = widen(plan.operandStrides)
  for (let vector = 0; vector < count; vector++) {
    countWork(1)
    if (operandOffsets[vector] < 0) continue
    copyWords(target, windowOffsets[vector] * width, into, source, operandOffsets[vector] * width, from, windowShape)
  }
  return out
}
