import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { indices, positions, rewire } from '../ir/rewire.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { batchJaxpr } from '../interpreters/batching.ts'
import { jvpJaxpr } from '../interpreters/jvp-jaxpr.ts'
import { hoistTracers } from '../interpreters/to-jaxpr.ts'
import { either, next, partsOf, sameFlags } from '../ir/sequence.ts'
import { pruneJaxpr } from '../interpreters/partial-eval.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { instantiate } from '../primitives/zeros.ts'
import { runScan } from '../compiler/reference/scan.ts'
import { partialEvalScan } from './scan-partial-eval.ts'
import { transposeScan } from './scan-transpose.ts'
import { programCost, repeatedCost } from '../ir/cost.ts'
import { PartitionSpec } from '../sharding/partition-spec.ts'
import { meshOfProgram, specsOfLoop } from '../sharding/program-specs.ts'

/**
 * `jaxpr` takes constants, the carry and one slice of each scanned input; it gives the new carry and one
 * slice of each stacked output. It has no constvars of its own.
 */
export type ScanParams = {
  jaxpr: ClosedJaxpr
  length: number
  num_carry: number
  num_consts: number
  reverse: boolean
  unroll: number
}

/** A loop with a carry over a leading axis. JAX: `scan`. */
export const scanPrimitive: Primitive<ScanParams> = definePrimitive<ScanParams>({
  name: 'scan',
  inferSharding(operands, { jaxpr, num_carry, num_consts }, _outAvals, mesh) {
    const specs = operands.map(({ spec }) => spec)
    const [consts, carry] = partsOf(specs, num_consts, num_carry)
    // A step takes one slice: along the axis that is scanned nothing is split.
    const slices = specs.slice(num_consts + num_carry).map(({ entries }) => new PartitionSpec(...entries.slice(1)))
    const outs = specsOfLoop(jaxpr, consts, carry, slices, mesh)
    return outs.map((spec, i) => (i < num_carry ? spec : new PartitionSpec(null, ...spec.entries).trimmed()))
  },
  meshOf: ({ jaxpr }) => meshOfProgram(jaxpr),
  cost: (_avals, { jaxpr, length }) => repeatedCost(programCost(jaxpr), length),

  abstractEval(_avals, { jaxpr, length, num_carry }) {
    return jaxpr.outAvals.map((aval, i) => (i < num_carry ? aval : aval.with({ shape: [length, ...aval.shape] })))
  },

  impl: (args, params, outAvals) => runScan(args, params, outAvals),

  jvp(primals, tangents, params) {
    const { jaxpr, num_carry, num_consts } = params
    const numYs = jaxpr.outAvals.length - num_carry
    const numXs = primals.length - num_consts - num_carry
    const [constsNonzero, initNonzero, xsNonzero] = partsOf(
      tangents.map((tangent) => !(tangent instanceof Zero)),
      num_consts,
      num_carry,
      numXs,
    )
    // A weakly typed carry that comes back strong is strong from the start.
    const avals = jaxpr.inAvals.map((aval, i) => {
      const carried = i >= num_consts && i < num_consts + num_carry
      return carried && !jaxpr.outAvals[i - num_consts].weakType ? aval.strengthened() : aval
    })
    let carryNonzero = initNonzero
    let derivative = jvpJaxpr(jaxpr, [...constsNonzero, ...carryNonzero, ...xsNonzero], carryNonzero, avals)
    // A carry whose tangent becomes non-zero in the body has one from the start.
    for (;;) {
      const after = derivative.nonzeroOut.slice(0, num_carry)
      if (sameFlags(after, carryNonzero)) break
      carryNonzero = either(carryNonzero, after)
      derivative = jvpJaxpr(jaxpr, [...constsNonzero, ...carryNonzero, ...xsNonzero], carryNonzero, avals)
    }
    const ysNonzero = derivative.nonzeroOut.slice(num_carry)
    const counts = [constsNonzero, carryNonzero, xsNonzero].map((flags) => flags.filter(Boolean).length)
    const n = primals.length
    const ordered = rewire(
      derivative.jaxpr,
      [
        ...indices(0, num_consts),
        ...indices(n, n + counts[0]),
        ...indices(num_consts, num_consts + num_carry),
        ...indices(n + counts[0], n + counts[0] + counts[1]),
        ...indices(num_consts + num_carry, n),
        ...indices(n + counts[0] + counts[1], n + counts[0] + counts[1] + counts[2]),
      ],
      [
        ...indices(0, num_carry),
        ...indices(num_carry + numYs, num_carry + numYs + counts[1]),
        ...indices(num_carry, num_carry + numYs),
        ...indices(num_carry + numYs + counts[1], derivative.jaxpr.outAvals.length),
      ],
    )
    // A rule in the body may have read values of the transformations around.
    const { jaxpr: body, tracers } = hoistTracers(ordered)
    const [consts, init, xs] = partsOf(primals, num_consts, num_carry, numXs)
    const [constsDot, initDot, xsDot] = partsOf(tangents, num_consts, num_carry, numXs)
    const outs = bind(
      scanPrimitive,
      [
        ...tracers,
        ...consts,
        ...constsDot.filter((_, i) => constsNonzero[i]).map(instantiate),
        ...init,
        ...initDot.filter((_, i) => carryNonzero[i]).map(instantiate),
        ...xs,
        ...xsDot.filter((_, i) => xsNonzero[i]).map(instantiate),
      ],
      { ...params, jaxpr: body, num_carry: num_carry + counts[1], num_consts: tracers.length + num_consts + counts[0] },
    )
    const numYsDot = ysNonzero.filter(Boolean).length
    const [carry, carryDot, ys, ysDot] = partsOf(outs, num_carry, counts[1], numYs, numYsDot)
    const carryTangents = carryDot.values()
    const ysTangents = ysDot.values()
    return {
      primals: [...carry, ...ys],
      tangents: [
        ...carry.map((value, i) => (carryNonzero[i] ? next(carryTangents) : new Zero(value.aval))),
        ...ys.map((value, i) => (ysNonzero[i] ? next(ysTangents) : new Zero(value.aval))),
      ],
    }
  },

  batch(args, dims, params, axis) {
    const { jaxpr, num_carry, num_consts } = params
    const [constsBatched, initBatched, xsBatched] = partsOf(
      dims.map((dim) => dim !== null),
      num_consts,
      num_carry,
      args.length - num_consts - num_carry,
    )
    let carryBatched = initBatched
    const batchBody = () =>
      batchJaxpr(
        jaxpr,
        axis,
        [...constsBatched, ...carryBatched, ...xsBatched],
        jaxpr.outAvals.map((_, i) => i < num_carry && carryBatched[i]),
      )
    let batched = batchBody()
    while (!sameFlags(batched.outBatched.slice(0, num_carry), carryBatched)) {
      carryBatched = either(carryBatched, batched.outBatched.slice(0, num_carry))
      batched = batchBody()
    }
    const operands = args.map((arg, i) => {
      const isCarry = i >= num_consts && i < num_consts + num_carry
      if (isCarry) return carryBatched[i - num_consts] ? moveBatchAxis(arg, dims[i], 0, axis.size) : arg
      if (dims[i] === null) return arg
      // A scanned input keeps the scanned axis in front; its batch axis comes second.
      return moveBatchAxis(arg, dims[i], i < num_consts ? 0 : 1, axis.size)
    })
    const outputs = bind(scanPrimitive, operands, { ...params, jaxpr: batched.jaxpr })
    return {
      outputs,
      dims: batched.outBatched.map((flag, i) => (flag ? (i < num_carry ? 0 : 1) : null)),
    }
  },

  prune(used, params) {
    const { jaxpr, num_carry, num_consts } = params
    const usedYs = positions(used).filter((i) => i >= num_carry)
    // A carry is needed when its result is, or when a step needs it for something that is.
    let carry = used.slice(0, num_carry)
    let body = pruneJaxpr(jaxpr, [...positions(carry), ...usedYs])
    for (;;) {
      const after = either(carry, body.usedInputs.slice(num_consts, num_consts + num_carry))
      if (sameFlags(after, carry)) break
      carry = after
      body = pruneJaxpr(jaxpr, [...positions(carry), ...usedYs])
    }
    const isCarry = (i: number): boolean => i >= num_consts && i < num_consts + num_carry
    const inputs = indices(0, jaxpr.inAvals.length).filter((i) =>
      isCarry(i) ? carry[i - num_consts] : body.usedInputs[i],
    )
    return {
      inputs,
      outputs: [...positions(carry), ...usedYs],
      params: {
        ...params,
        jaxpr: body.keeping(inputs),
        num_carry: carry.filter(Boolean).length,
        num_consts: inputs.filter((i) => i < num_consts).length,
      },
    }
  },

  partialEval: (args, unknown, params, stage) => partialEvalScan(scanPrimitive, args, unknown, params, stage),

  transpose: (cotangents, args, params) => transposeScan(scanPrimitive, cotangents, args, params),
})
