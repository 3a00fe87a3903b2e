import { type Shape, sizeOf } from '../../ir/aval.ts'
import { storageWidth } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { rowMajorStrides } from './block-copy.ts'
import { copyWords, wordsOf } from './block-copy.ts'

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

/** Everything about a gather or scatter that does not change from one index vector to the next. */
export interface WindowPlan {
  readonly count: number
  readonly windowShape: Shape
  /** Strides of the window inside the operand and inside the result (or update). */
  readonly operandStrides: readonly number[]
  readonly windowStrides: readonly number[]
  /** For each index vector: where its window starts in the operand, or -1 when it is left out. */
  readonly operandOffsets: Float64Array
  /** For each index vector: where its window starts in the result (or update). */
  readonly windowOffsets: Float64Array
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
  const batchShape = indices.shape.slice(0, -1)
  const vectorLength = indices.shape[indices.shape.length - 1]
  const windowAxes = operandShape
    .map((_, axis) => axis)
    .filter((axis) => !addressing.collapsed.includes(axis) && !addressing.operandBatching.includes(axis))
  const batchAxes = resultShape.map((_, axis) => axis).filter((axis) => !addressing.window.includes(axis))
  const batchResultStrides = batchAxes.map((axis) => resultStrides[axis])
  const batchOperandStrides = new Array<number>(batchShape.length).fill(0)
  addressing.indicesBatching.forEach((batchAxis, i) => {
    batchOperandStrides[batchAxis] += operandStrides[addressing.operandBatching[i]]
  })
  const mappedStrides = addressing.startIndexMap.map((axis) => operandStrides[axis])
  const limits = addressing.startIndexMap.map((axis) => operandShape[axis] - sliceSizes[axis])

  const count = sizeOf(batchShape)
  const operandOffsets = new Float64Array(count)
  const windowOffsets = new Float64Array(count)
  const position = new Array<number>(batchShape.length).fill(0)
  const clamp = mode === 'clip' || (mode === 'promise_in_bounds' && outside === 'clamp')
  for (let vector = 0; vector < count; vector++) {
    let operandOffset = 0
    let windowOffset = 0
    for (let axis = 0; axis < position.length; axis++) {
      operandOffset += position[axis] * batchOperandStrides[axis]
      windowOffset += position[axis] * batchResultStrides[axis]
    }
    let inside = true
    for (let i = 0; i < vectorLength; i++) {
      let start = indices.data[vector * vectorLength + i]
      if (start < 0 || start > limits[i]) {
        if (clamp) start = start < 0 ? 0 : limits[i]
        else inside = false
      }
      operandOffset += start * mappedStrides[i]
    }
    operandOffsets[vector] = inside ? operandOffset : -1
    windowOffsets[vector] = windowOffset
    for (let axis = position.length - 1; axis >= 0; axis--) {
      if (++position[axis] < batchShape[axis]) break
      position[axis] = 0
    }
  }
  return {
    count,
    windowShape: windowAxes.map((axis) => sliceSizes[axis]),
    operandStrides: windowAxes.map((axis) => operandStrides[axis]),
    windowStrides: addressing.window.map((axis) => resultStrides[axis]),
    operandOffsets,
    windowOffsets,
  }
}

export function gatherKernel(
  operand: HostArray,
  indices: HostArray,
  shape: Shape,
  addressing: WindowAddressing,
  sliceSizes: readonly number[],
  mode: IndexMode,
  fillValue: number,
): HostArray {
  const out = hostArray(shape, operand.dtype)
  if (sizeOf(shape) === 0) return out
  const width = storageWidth(operand.dtype)
  if (mode === 'fill_or_drop') out.data.fill(fillValue)
  const plan = planWindows(operand.shape, indices, shape, addressing, sliceSizes, mode, 'clamp')
  const { count, operandOffsets, windowOffsets } = plan
  const target = wordsOf(out.data)
  const source = wordsOf(operand.data)
  if (sizeOf(plan.windowShape) === 1 && width === 1) {
    for (let vector = 0; vector < count; vector++) {
      if (operandOffsets[vector] >= 0) target[windowOffsets[vector]] = source[operandOffsets[vector]]
    }
    return out
  }
  const widen = (strides: readonly number[]): number[] =>
    width === 1 ? [...strides] : [...strides.map((stride) => stride * width), 1]
  const windowShape = width === 1 ? plan.windowShape : [...plan.windowShape, width]
  const into = widen(plan.windowStrides)
  const from = widen(plan.operandStrides)
  for (let vector = 0; vector < count; vector++) {
    if (operandOffsets[vector] < 0) continue
    copyWords(target, windowOffsets[vector] * width, into, source, operandOffsets[vector] * width, from, windowShape)
  }
  return out
}
