import { JaxTypeError } from '../../errors.ts'
import { type Shape, sameShape } from '../../ir/aval.ts'
import { type DType, isComplex, isWideInteger, kindOf } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { elementwiseResult } from '../../runtime/destination.ts'
import { throughFloat32 } from './bfloat16.ts'
import { expandTo } from './broadcast.ts'
import { type ComplexBinaryOp, type ComplexUnaryOp, complexBinary, complexUnary } from './complex-elementwise.ts'
import { type WideBinaryOp, type WideUnaryOp, wideBinary, wideUnary } from './wide-elementwise.ts'
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

/** What an operation is on values that are not one JS number: 64-bit integers as BigInts, and complex numbers. */
export interface PairOps<Wide, Complex> {
  readonly wide?: Wide
  readonly complex?: Complex
}

function choose<Op>(ops: OpChoice<Op>, dtype: DType): Op {
  if (typeof ops === 'function') return ops(dtype)
  const kind = kindOf(dtype)
  const op = (kind === 'key' || kind === 'complex' || kind === 'void' ? undefined : ops[kind]) ?? ops.any
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

function undefinedOn(dtype: DType): never {
  throw new JaxTypeError(`this operation is not defined on ${dtype}`, { hint: 'Convert the operand to a float dtype.' })
}

const inPlaceKernels = new WeakSet<object>()

/** Whether a kernel writes an element of the result after it has read the same one of each operand, and no other. */
export function worksInPlace({ kernel }: { readonly kernel: object }): boolean {
  return inPlaceKernels.has(kernel)
}

function inPlace(kernel: ElementwiseKernel): ElementwiseKernel {
  inPlaceKernels.add(kernel)
  return kernel
}

export function unaryKernel(
  ops: OpChoice<UnaryOp>,
  pairs: PairOps<WideUnaryOp, ComplexUnaryOp> = {},
): ElementwiseKernel {
  const loopFor = perDType<UnaryLoop>((dtype) => unaryLoop(choose(ops, dtype)))
  const kernel: ElementwiseKernel = ([x], shape, dtype) => {
    const out = elementwiseResult(shape, dtype)
    if (isWideInteger(x.dtype)) wideUnary(pairs.wide ?? undefinedOn(x.dtype), x, out, dtype)
    else if (isComplex(x.dtype)) complexUnary(pairs.complex ?? undefinedOn(x.dtype), x.data, out, dtype)
    else loopFor(x.dtype, dtype)(x.data, out)
    return hostArray(shape, dtype, out)
  }
  return inPlace(throughFloat32(kernel))
}

export function binaryKernel(
  ops: OpChoice<BinaryOp>,
  pairs: PairOps<WideBinaryOp, ComplexBinaryOp> = {},
): ElementwiseKernel {
  const loopsFor = perDType<BinaryLoops>((dtype) => binaryLoops(choose(ops, dtype)))
  const kernel: ElementwiseKernel = ([x, y], shape, dtype) => {
    const out = elementwiseResult(shape, dtype)
    if (isWideInteger(x.dtype)) {
      wideBinary(pairs.wide ?? undefinedOn(x.dtype), expandTo(x, shape), expandTo(y, shape), out, dtype)
      return hostArray(shape, dtype, out)
    }
    if (isComplex(x.dtype)) {
      const operands = [expandTo(x, shape).data, expandTo(y, shape).data] as const
      complexBinary(pairs.complex ?? undefinedOn(x.dtype), operands, out, dtype)
      return hostArray(shape, dtype, out)
    }
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
  return inPlace(throughFloat32(kernel))
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
