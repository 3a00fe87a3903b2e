import { numberOf } from '../ir/element.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import type { ShapedArray } from '../ir/aval.ts'
import { sameAval } from '../ir/aval.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type AxisData, type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { withoutSource } from '../tracing/source.ts'
import { bind } from '../tracing/trace.ts'
import { batchJaxpr } from '../interpreters/batching.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { jvpJaxpr } from '../interpreters/jvp-jaxpr.ts'
import { type SplitJaxpr, partialEvalJaxpr } from '../interpreters/partial-eval.ts'
import { either, next } from '../ir/sequence.ts'
import { hoistConstants, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { transposeJaxpr } from '../interpreters/transpose.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { selecting } from '../tracing/discarded.ts'
import { emptyArray } from '../primitives/empty.ts'
import { eq } from '../primitives/elementwise-comparison.ts'
import { broadcastInDim } from '../primitives/movement.ts'
import { stopGradient } from '../primitives/conversion.ts'
import { selectN } from '../primitives/selection.ts'
import { isDifferentiable } from '../primitives/zeros.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import { largestCost, programCost } from '../ir/cost.ts'
import { meshOfProgram, specsOfProgram } from '../sharding/program-specs.ts'
import { joinedSpec } from '../sharding/spread.ts'

/** The first operand is the index of the branch, clamped by whoever binds; the rest go to the branch. */
export type CondParams = { branches: readonly ClosedJaxpr[] }

/** Runs one of several branches. JAX: `cond`, which is also `switch`. */
export const condPrimitive: Primitive<CondParams> = definePrimitive<CondParams>({
  name: 'cond',
  inferSharding([, ...operands], { branches }, outAvals, mesh) {
    const specs = operands.map(({ spec }) => spec)
    return branches
      .map((branch) => specsOfProgram(branch, specs, mesh))
      .reduce((all, some) => all.map((spec, i) => joinedSpec(spec, some[i], outAvals[i], mesh)))
  },
  meshOf({ branches }) {
    for (const branch of branches) {
      const mesh = meshOfProgram(branch)
      if (mesh !== null) return mesh
    }
    return null
  },
  cost: (_avals, { branches }) => largestCost(branches.map(programCost)),
  abstractEval: (_avals, { branches }) => branches[0].outAvals,

  impl([index, ...operands], { branches }) {
    const i = Math.min(Math.max(numberOf(index), 0), branches.length - 1)
    return runOnHost(branches[i], operands)
  },

  jvp([index, ...operands], [, ...tangents], { branches }) {
    const nonzero = tangents.map((tangent) => !(tangent instanceof Zero))
    const first = branches.map((branch) => jvpJaxpr(branch, nonzero).nonzeroOut)
    const nonzeroOut = first.reduce(either)
    const derivatives = branches.map((branch) => jvpJaxpr(branch, nonzero, nonzeroOut).jaxpr)
    const live = tangents.flatMap((tangent) => (tangent instanceof Zero ? [] : [tangent]))
    const outs = bindCond(index, derivatives, [...operands, ...live])
    const dots = outs.slice(nonzeroOut.length).values()
    const primals = outs.slice(0, nonzeroOut.length)
    return { primals, tangents: primals.map((primal, i) => (nonzeroOut[i] ? next(dots) : new Zero(primal.aval))) }
  },

  batch([index, ...operands], [indexDim, ...dims], { branches }, axis) {
    if (indexDim !== null) {
      return selectBranches(moveBatchAxis(index, indexDim, 0, axis.size), operands, dims, branches, axis)
    }
    const batched = dims.map((dim) => dim !== null)
    const outBatched = branches.map((branch) => batchJaxpr(branch, axis, batched).outBatched).reduce(either)
    const bodies = branches.map((branch) => batchJaxpr(branch, axis, batched, outBatched).jaxpr)
    const front = operands.map((operand, i) =>
      dims[i] === null ? operand : moveBatchAxis(operand, dims[i], 0, axis.size),
    )
    return { outputs: bindCond(index, bodies, front), dims: outBatched.map((flag) => (flag ? 0 : null)) }
  },

  partialEval([index, ...operands], [indexUnknown, ...unknown], params, stage) {
    const { branches } = params
    if (indexUnknown) return stage(condPrimitive, [index, ...operands], params)
    const unknownOut = branches.map((branch) => partialEvalJaxpr(branch, unknown).unknownOut).reduce(either)
    const splits = branches.map((branch) => partialEvalJaxpr(branch, unknown, unknownOut))
    const { slots, placements } = shareResiduals(splits)
    const numKnown = unknownOut.filter((flag) => !flag).length
    const knownBranches = splits.map((split, b) => withResidualSlots(split, numKnown, slots, placements[b]))
    const knownOuts = bindCond(
      index,
      knownBranches,
      operands.filter((_, i) => !unknown[i]),
    )
    const unknownBranches = splits.map((split, b) => readingResidualSlots(split, slots, placements[b]))
    const unknownOuts = stage(
      condPrimitive,
      [index, ...knownOuts.slice(numKnown), ...operands.filter((_, i) => unknown[i])],
      { branches: unknownBranches },
    ).values()
    const known = knownOuts.values()
    return unknownOut.map((isUnknown) => next(isUnknown ? unknownOuts : known))
  },

  transpose(cotangents, [index, ...operands], { branches }) {
    if (index instanceof UndefinedPrimal) throw new Error('internal: the index of a cond is unknown')
    const linear = operands.map((operand) => operand instanceof UndefinedPrimal)
    const nonzero = cotangents.map((cotangent) => !(cotangent instanceof Zero))
    const zeroOut = branches
      .map((branch) => transposeJaxpr(branch, linear, nonzero).zeroOut)
      .reduce((a, b) => a.map((flag, i) => flag && b[i]))
    const forced = zeroOut.map((zero) => !zero)
    const bodies = branches.map((branch) => transposeJaxpr(branch, linear, nonzero, forced).jaxpr)
    const residuals = operands.flatMap((operand) => (operand instanceof UndefinedPrimal ? [] : [operand]))
    const live = cotangents.flatMap((cotangent) => (cotangent instanceof Zero ? [] : [cotangent]))
    const outs = bindCond(index, bodies, [...residuals, ...live]).values()
    const zeros = zeroOut.values()
    return [
      null,
      ...operands.map((operand) => {
        if (!(operand instanceof UndefinedPrimal)) return null
        return next(zeros) ? new Zero(operand.aval) : next(outs)
      }),
    ]
  },
})

/**
 * Binds a cond; constants that the branches captured become operands that all branches take, in the order of the
 * branches, or from the last to the first.
 */
export function bindCond(
  index: JaxArray,
  branches: readonly ClosedJaxpr[],
  operands: readonly JaxArray[],
  lastFirst = false,
): JaxArray[] {
  const hoisted = branches.map(hoistConstants)
  const inOrder = lastFirst ? hoisted.toReversed() : hoisted
  const consts = [...new Set(inOrder.flatMap(({ consts }) => consts))]
  if (consts.length === 0) return bind(condPrimitive, [index, ...operands], { branches })
  const joined = hoisted.map(({ jaxpr, consts: own }) => {
    const mine = own.map((value) => consts.indexOf(value))
    return traceToJaxpr(
      (...inputs) => evalClosed(jaxpr, [...mine.map((i) => inputs[i]), ...inputs.slice(consts.length)]),
      [...consts, ...operands].map((value) => value.aval),
      'cond',
    )
  })
  return bind(condPrimitive, [index, ...consts, ...operands], { branches: joined })
}

/**
 * A cond whose index differs by lane runs every branch and selects. Operands of the branches that a
 * lane does not take are cut off from differentiation, so that their derivatives cannot spread NaN.
 */
function selectBranches(
  index: JaxArray,
  operands: readonly JaxArray[],
  dims: readonly (number | null)[],
  branches: readonly ClosedJaxpr[],
  axis: AxisData,
): { outputs: JaxArray[]; dims: number[] } {
  const front = operands.map((operand, i) => moveBatchAxis(operand, dims[i], 0, axis.size))
  const runBranch = (branch: ClosedJaxpr, b: number): JaxArray[] => {
    const taken = eq(index, b)
    const safe = front.map((operand) => {
      if (!isDifferentiable(operand.aval)) return operand
      return selectN(alongFront(taken, operand.aval), stopGradient(operand), operand)
    })
    const { jaxpr } = batchJaxpr(
      branch,
      axis,
      front.map(() => true),
      true,
    )
    return evalClosed(jaxpr, safe)
  }
  const outputs = selecting(
    () => branches.map(runBranch),
    (outsByBranch) =>
      outsByBranch[0].map((out, i) => selectN(alongFront(index, out.aval), ...outsByBranch.map((outs) => outs[i]))),
  )
  return { outputs, dims: outputs.map(() => 0) }
}

function alongFront(lanes: JaxArray, aval: ShapedArray): JaxArray {
  if (aval.ndim === 1) return lanes
  return broadcastInDim(lanes, { shape: aval.shape, broadcast_dimensions: [0] })
}

/** Gives residuals of equal aval in different branches one place, since only one branch runs. */
function shareResiduals(splits: readonly SplitJaxpr[]): { slots: ShapedArray[]; placements: number[][] } {
  const slots: ShapedArray[] = []
  const placements = splits.map((split) => {
    const taken = new Set<number>()
    return residualAvals(split).map((aval) => {
      let slot = slots.findIndex((candidate, i) => !taken.has(i) && sameAval(candidate, aval))
      if (slot < 0) slot = slots.push(aval.strengthened()) - 1
      taken.add(slot)
      return slot
    })
  })
  return { slots, placements }
}

function residualAvals(split: SplitJaxpr): ShapedArray[] {
  return split.unknown.inAvals.slice(0, split.numResiduals)
}

function withResidualSlots(
  split: SplitJaxpr,
  numKnown: number,
  slots: readonly ShapedArray[],
  placement: readonly number[],
): ClosedJaxpr {
  return traceToJaxpr(
    (...inputs) => {
      const outs = evalClosed(split.known, inputs)
      const residuals = slots.map((aval, slot) => {
        const own = placement.indexOf(slot)
        return own < 0 ? withoutSource(() => emptyArray(aval.shape, aval.dtype)) : outs[numKnown + own]
      })
      return [...outs.slice(0, numKnown), ...residuals]
    },
    split.known.inAvals,
    'cond',
  )
}

function readingResidualSlots(
  split: SplitJaxpr,
  slots: readonly ShapedArray[],
  placement: readonly number[],
): ClosedJaxpr {
  const unknownAvals = split.unknown.inAvals.slice(split.numResiduals)
  return traceToJaxpr(
    (...inputs) => evalClosed(split.unknown, [...placement.map((slot) => inputs[slot]), ...inputs.slice(slots.length)]),
    [...slots, ...unknownAvals],
    'cond',
  )
}
