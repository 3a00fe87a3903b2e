import { narrowed, widened } from './bfloat16.ts'
import { isPair, pairCombiner } from './pair-arithmetic.ts'
import type { ReductionKind } from './reduction.ts'
import { type TypedArray, kindOf, storageWidth } from '../../ir/dtype.ts'
import { type HostArray, copyOf } from '../../ir/host-array.ts'
import { copyWords, wordsOf } from './block-copy.ts'
import { type IndexMode, type WindowAddressing, type WindowPlan, planWindows } from './gather.ts'
import { countWork, inBlocks } from '../../runtime/interruption.ts'

/** How an update meets the value it lands on. */
export type Combine = 'set' | 'add' | 'mul' | 'min' | 'max'

export function scatterKernel(
  operand: HostArray,
  indices: HostArray,
  updates: HostArray,
  addressing: WindowAddressing,
  sliceSizes: readonly number[],
  mode: IndexMode,
  combine: Combine,
): HostArray {
  if (operand.dtype === 'bfloat16' && combine !== 'set') {
    const [wide, wideUpdates] = [widened(operand), widened(updates)]
    return narrowed(scatterKernel(wide, indices, wideUpdates, addressing, sliceSizes, mode, combine))
  }
  const out = copyOf(operand)
  if (updates.data.length === 0) return out
  const plan = planWindows(operand.shape, indices, updates.shape, addressing, sliceSizes, mode, 'skip')
  if (combine === 'set') setWindows(out, updates, plan)
  else combineWindows(out, updates, plan, combine)
  return out
}

function setWindows(out: HostArray, updates: HostArray, plan: WindowPlan): void {
  const width = storageWidth(out.dtype)
  const widen = (strides: readonly number[]): number[] =>
    width === 1 ? [...strides] : [...strides.map((stride) => stride * width), 1]
  const windowShape = width === 1 ? plan.windowShape : [...plan.windowShape, width]
  const into = widen(plan.operandStrides)
  const from = widen(plan.windowStrides)
  const target = wordsOf(out.data)
  const source = wordsOf(updates.data)
  for (let vector = 0; vector < plan.count; vector++) {
    countWork(1)
    const offset = plan.operandOffsets[vector]
    if (offset < 0) continue
    copyWords(target, offset * width, into, source, plan.windowOffsets[vector] * width, from, windowShape)
  }
}

type CombineElement = (target: TypedArray, at: number, update: number) => void

/** Storing into the typed array wraps integers and rounds floats, so plain arithmetic is enough except for products. */
const combiners: Readonly<Record<Exclude<Combine, 'set'>, CombineElement>> = {
  add: (target, at, update) => {
    target[at] += update
  },
  mul: (target, at, update) => {
    target[at] *= update
  },
  min: (target, at, update) => {
    target[at] = Math.min(target[at], update)
  },
  max: (target, at, update) => {
    target[at] = Math.max(target[at], update)
  },
}

/** The product of two 32-bit integers can pass 2^53; `Math.imul` keeps its low 32 bits exactly. */
const multiplyIntegers: CombineElement = (target, at, update) => {
  target[at] = Math.imul(target[at], update)
}

function combinerFor(out: HostArray, combine: Exclude<Combine, 'set'>): CombineElement {
  const kind = kindOf(out.dtype)
  if (combine === 'mul' && kind !== 'float') return multiplyIntegers
  return combiners[combine]
}

const reductionOf: Readonly<Record<Exclude<Combine, 'set'>, ReductionKind>> = {
  add: 'sum',
  mul: 'product',
  min: 'min',
  max: 'max',
}

function combineWindows(out: HostArray, updates: HostArray, plan: WindowPlan, combine: Exclude<Combine, 'set'>): void {
  const pairs = isPair(out.dtype) ? pairCombiner(out.dtype, reductionOf[combine]) : null
  const single = pairs === null ? combinerFor(out, combine) : null
  const element = pairs ?? ((target, at, source, from) => single?.(target, at, source[from]))
  if (single !== null && plan.windowShape.every((length) => length === 1)) {
    if (single === combiners.add) addElements(out.data, updates.data, plan)
    else combineElements(out.data, updates.data, plan, single)
    return
  }
  const { windowShape, operandStrides, windowStrides } = plan
  const rank = windowShape.length
  let size = 1
  for (const length of windowShape) size *= length
  const index = new Array<number>(rank).fill(0)
  for (let vector = 0; vector < plan.count; vector++) {
    let at = plan.operandOffsets[vector]
    if (at < 0) continue
    let from = plan.windowOffsets[vector]
    for (let k = 0; k < size; k++) {
      countWork(1)
      element(out.data, at, updates.data, from)
      for (let axis = rank - 1; axis >= 0; axis--) {
        at += operandStrides[axis]
        from += windowStrides[axis]
        if (++index[axis] < windowShape[axis]) break
        at -= operandStrides[axis] * windowShape[axis]
        from -= windowStrides[axis] * windowShape[axis]
        index[axis] = 0
      }
    }
  }
}

/** Windows of one element need no walk, and sums, the derivative of every indexed read, no call. */
function addElements(
  target: TypedArray,
  updates: TypedArray,
  { count, operandOffsets, windowOffsets }: WindowPlan,
): void {
  inBlocks(count, (from, to) => {
    for (let vector = from; vector < to; vector++) {
      const at = operandOffsets[vector]
      if (at >= 0) target[at] += updates[windowOffsets[vector]]
    }
  })
}

function combineElements(
  target: TypedArray,
  updates: TypedArray,
  { count, operandOffsets, windowOffsets }: WindowPlan,
  element: CombineElement,
): void {
  inBlocks(count, (from, to) => {
    for (let vector = from; vector < to; vector++) {
      const at = operandOffsets[vector]
      if (at >= 0) element(target, at, updates[windowOffsets[vector]])
    }
  })
}
