import { type Shape, sameShape } from '../../ir/aval.ts'
import { type DType, allocate, kindOf } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { sizeOf } from '../../ir/aval.ts'
import { expandTo } from './broadcast.ts'
import {
  type BinaryLoops,
  type BinaryOp,
  type Grid,
  type UnaryLoop,
  type UnaryOp,
  binaryLoops,
  unaryLoop,
} from './loops.ts'

/** What an elementwise kernel is given and gives back; `shape` and `dtype` are the result's. */
export type ElementwiseKernel = (args: readonly HostArray[], shape: Shape, dtype: DType) => HostArray

/** One operation per kind of element; `any` serves the kinds that are not named. */
export interface OpsByKind<Op> {
  readonly float?: Op
  readonly int?: Op
  readonly uint?: Op
  readonly bool?: Op
  readonly any?: Op
}

/** The operation for a dtype, from a table by kind or from a function of the dtype. */
export type OpChoice<Op> = OpsByKind<Op> | ((dtype: DType) => Op)

function choose<Op>(ops: OpChoice<Op>, dtype: DType): Op {
  if (typeof ops === 'function') return ops(dtype)
  const kind = kindOf(dtype)
  const op = (kind === 'key' ? undefined : ops[kind]) ?? ops.any
  if (op === undefined) throw new Error(`internal: no kernel for ${dtype}`)
  return op
}

/** Keeps one loop per operand and result dtype, since V8 compiles each for the typed arrays it has seen. */
function perDType<Loop>(build: (dtype: DType) => Loop): (input: DType, output: DType) => Loop {
  const loops = new Map<string, Loop>()
  return (input, output) => {
    const key = `${input} ${output}`
    let loop = loops.get(key)
    if (loop === undefined) {
      loop = build(input)
      loops.set(key, loop)
    }
    return loop
  }
}

export function unaryKernel(ops: OpChoice<UnaryOp>): ElementwiseKernel {
  const loopFor = perDType<UnaryLoop>((dtype) => unaryLoop(choose(ops, dtype)))
  return ([x], shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape))
    loopFor(x.dtype, dtype)(x.data, out)
    return hostArray(shape, dtype, out)
  }
}

export function binaryKernel(ops: OpChoice<BinaryOp>): ElementwiseKernel {
  const loopsFor = perDType<BinaryLoops>((dtype) => binaryLoops(choose(ops, dtype)))
  return ([x, y], shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape))
    const loops = loopsFor(x.dtype, dtype)
    if (sameShape(x.shape, y.shape)) loops.both(x.data, y.data, out)
    else if (y.data.length === 1 && sameShape(x.shape, shape)) loops.rightScalar(x.data, y.data, out)
    else if (x.data.length === 1 && sameShape(y.shape, shape)) loops.leftScalar(x.data, y.data, out)
    else {
      const grid = gridOf(x.shape, y.shape, shape)
      if (grid === null) loops.both(expandTo(x, shape).data, expandTo(y, shape).data, out)
      else loops.grid(x.data, y.data, out, grid)
    }
    return hostArray(shape, dtype, out)
  }
}

/** Rows and columns when the axes fall into at most two runs, in each of which an operand is whole or repeated. */
function gridOf(x: Shape, y: Shape, shape: Shape): Grid | null {
  const runs: { length: number; x: boolean; y: boolean }[] = []
  for (const [axis, length] of shape.entries()) {
    if (length === 0) return null
    if (length === 1) continue
    const whole = { x: x[axis] === length, y: y[axis] === length }
    const last = runs.at(-1)
    if (last !== undefined && last.x === whole.x && last.y === whole.y) last.length *= length
    else runs.push({ length, ...whole })
  }
  if (x.length !== shape.length || y.length !== shape.length || runs.length > 2) return null
  const [rows, columns] = runs.length === 2 ? runs : [{ length: 1, x: false, y: false }, runs[0]]
  return {
    columns: columns.length,
    x: [rows.x ? (columns.x ? columns.length : 1) : 0, columns.x ? 1 : 0],
    y: [rows.y ? (columns.y ? columns.length : 1) : 0, columns.y ? 1 : 0],
  }
}
