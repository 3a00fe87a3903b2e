import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { indices, rewire, withIgnoredInputs } from '../ir/rewire.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { batchJaxpr } from '../interpreters/batching.ts'
import { jvpJaxpr } from '../interpreters/jvp-jaxpr.ts'
import { partialEvalJaxpr } from '../interpreters/partial-eval.ts'
import { any, either, next, partsOf, sameFlags } from '../ir/sequence.ts'
import { hoistTracers } from '../interpreters/to-jaxpr.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { instantiate } from '../primitives/zeros.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import { ValueError } from '../errors.ts'
import { programCost, sumOfCosts } from '../ir/cost.ts'
import { meshOfProgram, specsOfLoop } from '../sharding/program-specs.ts'
import { checkInterruption, countWork } from '../runtime/interruption.ts'

/** Operands are the constants of the condition, the constants of the body, and the carry. */
export type WhileParams = {
  cond_jaxpr: ClosedJaxpr
  cond_nconsts: number
  body_jaxpr: ClosedJaxpr
  body_nconsts: number
}

/** Whether a loop goes on: its condition holds, or that of one lane where each has its own. */
function goesOn(running: HostArray): boolean {
  return running.data.some((lane) => lane !== 0)
}

/** The carry after a step: lanes whose own condition has ended keep what they had. */
function nextCarry(running: HostArray, before: readonly HostArray[], after: readonly HostArray[]): HostArray[] {
  if (running.data.every((lane) => lane !== 0)) return [...after]
  return after.map((value, i) => {
    const data = value.data.slice()
    const width = data.length / running.data.length
    running.data.forEach((lane, at) => {
      countWork(1)
      if (lane === 0) data.set(before[i].data.subarray(at * width, (at + 1) * width), at * width)
    })
    return hostArray(value.shape, value.dtype, data)
  })
}

/**
 * A loop that runs as long as a condition on its carry holds. In lanes the condition may be one for each: then it has
 * the leading axes of the carry. JAX: `while`.
 */
export const whilePrimitive: Primitive<WhileParams> = definePrimitive<WhileParams>({
  name: 'while',
  inferSharding(operands, { cond_nconsts, body_jaxpr, body_nconsts }, _outAvals, mesh) {
    const specs = operands.map(({ spec }) => spec)
    const [, consts] = partsOf(specs, cond_nconsts, body_nconsts)
    return specsOfLoop(body_jaxpr, consts, specs.slice(cond_nconsts + body_nconsts), [], mesh)
  },
  meshOf: ({ cond_jaxpr, body_jaxpr }) => meshOfProgram(cond_jaxpr) ?? meshOfProgram(body_jaxpr),
  cost: (_avals, { cond_jaxpr, body_jaxpr }) => {
    const once = sumOfCosts(programCost(cond_jaxpr), programCost(body_jaxpr))
    return { ...once, unknown: once.unknown + 1 }
  },
  abstractEval: (_avals, { body_jaxpr }) => body_jaxpr.outAvals,

  impl(args, { cond_jaxpr, cond_nconsts, body_jaxpr, body_nconsts }) {
    const [condConsts, bodyConsts] = partsOf(args, cond_nconsts, body_nconsts)
    let carry: HostArray[] = args.slice(cond_nconsts + body_nconsts)
    for (;;) {
      const [running] = runOnHost(cond_jaxpr, [...condConsts, ...carry])
      if (!goesOn(running)) return carry
      checkInterruption()
      carry = nextCarry(running, carry, runOnHost(body_jaxpr, [...bodyConsts, ...carry]))
    }
  },

  jvp(primals, tangents, params) {
    const { cond_jaxpr, cond_nconsts, body_jaxpr, body_nconsts } = params
    const numCarry = primals.length - cond_nconsts - body_nconsts
    const flags = tangents.map((tangent) => !(tangent instanceof Zero))
    const [, bodyNonzero, initNonzero] = partsOf(flags, cond_nconsts, body_nconsts, numCarry)
    let carryNonzero = initNonzero
    let derivative = jvpJaxpr(body_jaxpr, [...bodyNonzero, ...carryNonzero], carryNonzero)
    while (!sameFlags(derivative.nonzeroOut, carryNonzero)) {
      carryNonzero = either(carryNonzero, derivative.nonzeroOut)
      derivative = jvpJaxpr(body_jaxpr, [...bodyNonzero, ...carryNonzero], carryNonzero)
    }
    const numBodyDot = bodyNonzero.filter(Boolean).length
    const numCarryDot = carryNonzero.filter(Boolean).length
    const n = body_nconsts + numCarry
    const ordered = rewire(
      derivative.jaxpr,
      [
        ...indices(0, body_nconsts),
        ...indices(n, n + numBodyDot),
        ...indices(body_nconsts, n),
        ...indices(n + numBodyDot, n + numBodyDot + numCarryDot),
      ],
      indices(0, derivative.jaxpr.outAvals.length),
    )
    // A rule in the body may have read values of the transformations around.
    const { jaxpr: body, tracers } = hoistTracers(ordered)
    const [condConsts, bodyConsts, init] = partsOf(primals, cond_nconsts, body_nconsts, numCarry)
    const [, bodyDot, initDot] = partsOf(tangents, cond_nconsts, body_nconsts, numCarry)
    const carryDot = initDot.filter((_, i) => carryNonzero[i]).map(instantiate)
    const outs = bind(
      whilePrimitive,
      [
        ...condConsts,
        ...tracers,
        ...bodyConsts,
        ...bodyDot.filter((_, i) => bodyNonzero[i]).map(instantiate),
        ...init,
        ...carryDot,
      ],
      {
        cond_jaxpr: withIgnoredInputs(
          cond_jaxpr,
          carryDot.map((value) => value.aval),
        ),
        cond_nconsts,
        body_jaxpr: body,
        body_nconsts: tracers.length + body_nconsts + numBodyDot,
      },
    )
    const dots = outs.slice(numCarry).values()
    return {
      primals: outs.slice(0, numCarry),
      tangents: init.map((value, i) => (carryNonzero[i] ? next(dots) : new Zero(value.aval))),
    }
  },

  batch(args, dims, params, axis) {
    const { cond_jaxpr, cond_nconsts, body_jaxpr, body_nconsts } = params
    const numCarry = args.length - cond_nconsts - body_nconsts
    const flags = dims.map((dim) => dim !== null)
    const [condBatched, bodyBatched, initBatched] = partsOf(flags, cond_nconsts, body_nconsts, numCarry)
    let carryBatched = initBatched
    let body = batchJaxpr(body_jaxpr, axis, [...bodyBatched, ...carryBatched], carryBatched)
    // The lanes of a condition that is one for each already are leading axes of the carry: so are those that come.
    const byLane = cond_jaxpr.outAvals[0].ndim > 0 && any(flags)
    let cond = batchJaxpr(cond_jaxpr, axis, [...condBatched, ...carryBatched], [byLane])
    for (;;) {
      // A condition that differs by lane makes the whole carry differ by lane.
      const after = either(
        either(carryBatched, body.outBatched),
        carryBatched.map(() => cond.outBatched[0]),
      )
      if (sameFlags(after, carryBatched)) break
      carryBatched = after
      body = batchJaxpr(body_jaxpr, axis, [...bodyBatched, ...carryBatched], carryBatched)
      cond = batchJaxpr(cond_jaxpr, axis, [...condBatched, ...carryBatched], [byLane])
    }
    const front = args.map((arg, i) => {
      const isCarry = i >= cond_nconsts + body_nconsts
      const batched = isCarry ? carryBatched[i - cond_nconsts - body_nconsts] : flags[i]
      return batched ? moveBatchAxis(arg, dims[i], 0, axis.size) : arg
    })
    const outputs = bind(whilePrimitive, front, { ...params, cond_jaxpr: cond.jaxpr, body_jaxpr: body.jaxpr })
    return { outputs, dims: carryBatched.map((batched) => (batched ? 0 : null)) }
  },

  partialEval(args, unknown, params, stage) {
    const { cond_jaxpr, cond_nconsts, body_jaxpr, body_nconsts } = params
    const numCarry = args.length - cond_nconsts - body_nconsts
    const [condUnknown, bodyUnknown, initUnknown] = partsOf(unknown, cond_nconsts, body_nconsts, numCarry)
    let carryUnknown = initUnknown
    let split = partialEvalJaxpr(body_jaxpr, [...bodyUnknown, ...carryUnknown], carryUnknown)
    while (!sameFlags(split.unknownOut, carryUnknown)) {
      carryUnknown = either(carryUnknown, split.unknownOut)
      split = partialEvalJaxpr(body_jaxpr, [...bodyUnknown, ...carryUnknown], carryUnknown)
    }
    const condSplit = partialEvalJaxpr(cond_jaxpr, [...condUnknown, ...carryUnknown])
    if (any(condSplit.unknownOut) || !carryUnknown.includes(false)) return stage(whilePrimitive, args, params)

    const [condConsts, bodyConsts, init] = partsOf(args, cond_nconsts, body_nconsts, numCarry)
    const numKnown = carryUnknown.filter((flag) => !flag).length
    const knownBody = rewire(split.known, indices(0, split.known.inAvals.length), indices(0, numKnown))
    const knownOuts = bind(
      whilePrimitive,
      [...condConsts, ...bodyConsts.filter((_, i) => !bodyUnknown[i]), ...init.filter((_, i) => !carryUnknown[i])],
      {
        cond_jaxpr: rewire(condSplit.known, indices(0, condSplit.known.inAvals.length), [0]),
        cond_nconsts,
        body_jaxpr: knownBody,
        body_nconsts: bodyUnknown.filter((flag) => !flag).length,
      },
    ).values()
    // The number of steps is not known in advance, so nothing can be saved for the unknown half: it runs whole.
    const unknownOuts = stage(whilePrimitive, args, params)
    return carryUnknown.map((isUnknown, i) => (isUnknown ? unknownOuts[i] : next(knownOuts)))
  },

  transpose() {
    throw new ValueError(
      'Reverse-mode differentiation does not work for lax.whileLoop, or for lax.foriLoop with dynamic start or stop values.',
      {
        hint: 'The number of steps is not known in advance, so there is no bounded tape to walk back. Use lax.scan, or lax.foriLoop with static bounds (plain numbers), or give the function its own rule with customVjp.',
        lesson: 'A1',
      },
    )
  },
})
