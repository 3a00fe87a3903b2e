import { ClosedJaxpr, Jaxpr } from '../ir/jaxpr.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import type { ShapedArray } from '../ir/aval.ts'
import { batchJaxpr } from '../interpreters/batching.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { jvpJaxpr } from '../interpreters/jvp-jaxpr.ts'
import { partialEvalJaxpr } from '../interpreters/partial-eval.ts'
import { hoistTracers, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { transposeJaxpr } from '../interpreters/transpose.ts'
import { next } from '../ir/sequence.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { psumPrimitive } from '../primitives/collectives.ts'
import { div } from '../primitives/elementwise-arithmetic.ts'
import { expandDims, squeeze } from '../primitives/movement.ts'
import { operand } from '../primitives/operand.ts'
import { hasParallelDevices, parallelDevices } from '../runtime/parallel.ts'
import type { Mesh } from '../sharding/mesh.ts'
import { PartitionSpec, shardShape, shardStart, wholeShape } from '../sharding/partition-spec.ts'
import { cutBlock, pasteBlock } from '../sharding/shards.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { bind, bindOne } from '../tracing/trace.ts'
import { type DeviceAxis, runInLanes, withAxes } from './lanes.ts'
import { programCost } from '../ir/cost.ts'

export type ShardMapParams = {
  check_vma: boolean
  in_specs: readonly PartitionSpec[]
  /** The program of one device, on its parts. */
  jaxpr: ClosedJaxpr
  mesh: Mesh
  newly_manual_axes: string
  out_specs: readonly PartitionSpec[]
}

/** The axes of a mesh with their lengths. */
export function axesOf(mesh: Mesh): DeviceAxis[] {
  return mesh.axisNames.map((name) => ({ name, size: mesh.sizeOf(name) }))
}

function onMesh<T>({ mesh }: ShardMapParams, body: () => T): T {
  return withAxes(axesOf(mesh), body)
}

/** The same program on every device of a mesh, each on its part of the operands. JAX: `shard_map`. */
export const shardMapPrimitive: Primitive<ShardMapParams> = definePrimitive<ShardMapParams>({
  name: 'shard_map',
  inferSharding: (_operands, { out_specs }) => out_specs,
  meshOf: ({ mesh }) => mesh,
  cost: (_avals, { jaxpr }) => programCost(jaxpr),

  abstractEval: (_avals, { jaxpr, mesh, out_specs }) =>
    jaxpr.outAvals.map((aval, i) => aval.with({ shape: wholeShape(aval.shape, out_specs[i], mesh, 'shardMap') })),

  impl(args, params, outAvals) {
    const { jaxpr, mesh, out_specs } = params
    const axes = axesOf(mesh)
    const results = axes.length === 1 && hasParallelDevices() ? onThreads(args, params) : inLanes(args, params)
    return outAvals.map((aval, i) => assembled(results[i], aval, out_specs[i], jaxpr.outAvals[i], mesh))
  },

  jvp(primals, tangents, params) {
    const { in_specs, out_specs } = params
    const nonzero = tangents.map((tangent) => !(tangent instanceof Zero))
    const traced = onMesh(params, () => jvpJaxpr(params.jaxpr, nonzero))
    const { nonzeroOut } = traced
    const { jaxpr, tracers } = hoistTracers(traced.jaxpr)
    const live = tangents.flatMap((tangent) => (tangent instanceof Zero ? [] : [tangent]))
    const outs = bind(shardMapPrimitive, [...tracers, ...primals, ...live], {
      ...params,
      jaxpr,
      in_specs: [...tracers.map(() => new PartitionSpec()), ...in_specs, ...in_specs.filter((_, i) => nonzero[i])],
      out_specs: [...out_specs, ...out_specs.filter((_, i) => nonzeroOut[i])],
    })
    const dots = outs.slice(nonzeroOut.length).values()
    const values = outs.slice(0, nonzeroOut.length)
    return { primals: values, tangents: values.map((value, i) => (nonzeroOut[i] ? next(dots) : new Zero(value.aval))) }
  },

  batch(args, dims, params, axis) {
    const front = args.map((arg, i) => (dims[i] === null ? arg : moveBatchAxis(arg, dims[i], 0, axis.size)))
    const batchedIn = dims.map((dim) => dim !== null)
    const { jaxpr, outBatched } = onMesh(params, () => batchJaxpr(params.jaxpr, axis, batchedIn))
    const shifted = (spec: PartitionSpec, batched: boolean): PartitionSpec =>
      batched ? new PartitionSpec(null, ...spec.entries) : spec
    const outputs = bind(shardMapPrimitive, front, {
      ...params,
      jaxpr,
      in_specs: params.in_specs.map((spec, i) => shifted(spec, batchedIn[i])),
      out_specs: params.out_specs.map((spec, i) => shifted(spec, outBatched[i])),
    })
    return { outputs, dims: outBatched.map((flag) => (flag ? 0 : null)) }
  },

  partialEval(args, unknown, params, stage) {
    const { in_specs, out_specs, mesh } = params
    const split = onMesh(params, () => partialEvalJaxpr(params.jaxpr, unknown))
    const knownArgs = args.filter((_, i) => !unknown[i])
    const knownSpecs = in_specs.filter((_, i) => !unknown[i])
    const numKnown = split.known.outAvals.length - split.numResiduals
    const { invars, outvars } = split.known.jaxpr
    // A residual that is an input stays where it is; any other is one part a device, along its first axis.
    const forwarded = outvars.slice(numKnown).map((outvar) => invars.findIndex((invar) => invar === outvar))
    const keep = split.known.outAvals.map((_, i) => i < numKnown || forwarded[i - numKnown] < 0)
    const scalarOut = split.known.outAvals.map((aval, i) => i >= numKnown && aval.ndim === 0)
    const spread = new PartitionSpec(mesh.axisNames)
    const known = onMesh(params, () => withOutputs(split.known, keep, scalarOut))
    const knownOuts = bind(shardMapPrimitive, knownArgs, {
      ...params,
      jaxpr: known,
      in_specs: knownSpecs,
      out_specs: [
        ...out_specs.filter((_, i) => !split.unknownOut[i]),
        ...forwarded.filter((input) => input < 0).map(() => spread),
      ],
    })
    const computed = knownOuts.slice(numKnown).values()
    const residuals = forwarded.map((input) => (input < 0 ? next(computed) : knownArgs[input]))
    const residualSpecs = forwarded.map((input) => (input < 0 ? spread : knownSpecs[input]))
    const expanded = forwarded.map((input, i) => input < 0 && scalarOut[numKnown + i])
    const rest = onMesh(params, () => withScalarInputs(split.unknown, expanded))
    const unknownOuts = stage(shardMapPrimitive, [...residuals, ...args.filter((_, i) => unknown[i])], {
      ...params,
      jaxpr: rest,
      in_specs: [...residualSpecs, ...in_specs.filter((_, i) => unknown[i])],
      out_specs: out_specs.filter((_, i) => split.unknownOut[i]),
    }).values()
    const values = knownOuts.slice(0, numKnown).values()
    return split.unknownOut.map((isUnknown) => next(isUnknown ? unknownOuts : values))
  },

  transpose(cotangents, args, params) {
    const { in_specs, out_specs, mesh } = params
    const linear = args.map((arg) => arg instanceof UndefinedPrimal)
    const nonzero = cotangents.map((cotangent) => !(cotangent instanceof Zero))
    const transposed = onMesh(params, () => transposeJaxpr(params.jaxpr, linear, nonzero))
    const residuals = args.flatMap((arg) => (arg instanceof UndefinedPrimal ? [] : [arg]))
    const live = cotangents.flatMap((cotangent) => (cotangent instanceof Zero ? [] : [cotangent]))
    const liveSpecs = out_specs.filter((_, i) => nonzero[i])
    const linearSpecs = in_specs.filter((_, i) => linear[i])
    const givenSpecs = linearSpecs.filter((_, i) => !transposed.zeroOut[i])
    const jaxpr = onMesh(params, () => shareCotangents(transposed.jaxpr, residuals.length, liveSpecs, givenSpecs, mesh))
    const outs = bind(shardMapPrimitive, [...residuals, ...live], {
      ...params,
      jaxpr,
      in_specs: [...in_specs.filter((_, i) => !linear[i]), ...liveSpecs],
      out_specs: givenSpecs,
    }).values()
    const zeroOut = transposed.zeroOut.values()
    return args.map((arg) => {
      if (!(arg instanceof UndefinedPrimal)) return null
      return next(zeroOut) ? new Zero(arg.aval) : next(outs)
    })
  },
})

/** Mesh axes that a spec does not split over: along these all devices have the same part. */
function unmentioned(spec: PartitionSpec, mesh: Mesh): string[] {
  return mesh.axisNames.filter((name) => !spec.names.includes(name))
}

/**
 * The transposed program of one device with the cotangents that devices share: of a result that all have, each
 * takes its share, and an operand that all have collects what all give it.
 */
function shareCotangents(
  closed: ClosedJaxpr,
  numResiduals: number,
  cotangentSpecs: readonly PartitionSpec[],
  outSpecs: readonly PartitionSpec[],
  mesh: Mesh,
): ClosedJaxpr {
  return traceToJaxpr(
    (...inputs) => {
      const shares = inputs.slice(numResiduals).map((cotangent, i) => {
        const copies = unmentioned(cotangentSpecs[i], mesh).reduce((product, name) => product * mesh.sizeOf(name), 1)
        return copies === 1 ? cotangent : div(cotangent, operand(copies, cotangent.dtype))
      })
      return evalClosed(closed, [...inputs.slice(0, numResiduals), ...shares]).map((out, i) => {
        const axes = unmentioned(outSpecs[i], mesh)
        return axes.length === 0 ? out : bindOne(psumPrimitive, [out], { axes, axis_index_groups: null })
      })
    },
    closed.inAvals,
    'vjp',
  )
}

/** The program with some of its outputs; scalars among them get an axis, along which devices can be told apart. */
function withOutputs(closed: ClosedJaxpr, keep: readonly boolean[], scalars: readonly boolean[]): ClosedJaxpr {
  const { constvars, invars, eqns, outvars } = closed.jaxpr
  const kept = new ClosedJaxpr(
    new Jaxpr(
      constvars,
      invars,
      eqns,
      outvars.filter((_, i) => keep[i]),
    ),
    closed.consts,
  )
  const expanded = scalars.filter((_, i) => keep[i])
  if (!expanded.includes(true)) return kept
  return traceToJaxpr(
    (...inputs) => evalClosed(kept, inputs).map((out, i) => (expanded[i] ? expandDims(out, [0]) : out)),
    kept.inAvals,
    'linearize',
  )
}

/** The program that takes some leading scalars with an axis of length one. */
function withScalarInputs(closed: ClosedJaxpr, expanded: readonly boolean[]): ClosedJaxpr {
  if (!expanded.includes(true)) return closed
  const wide = (aval: ShapedArray, i: number): ShapedArray => (expanded[i] === true ? aval.with({ shape: [1] }) : aval)
  return traceToJaxpr(
    (...inputs: JaxArray[]) =>
      evalClosed(
        closed,
        inputs.map((input, i) => (expanded[i] === true ? squeeze(input, { dimensions: [0] }) : input)),
      ),
    closed.inAvals.map(wide),
    'linearize',
  )
}

/** Results by output, each with the parts of all devices one after another. */
function inLanes(args: readonly HostArray[], { jaxpr, mesh, in_specs }: ShardMapParams): HostArray[] {
  const axes = axesOf(mesh)
  const mapped = in_specs.map(({ names }) => axes.map(({ name }) => names.includes(name)))
  const stacked = args.map((arg, i) => stackedParts(arg, in_specs[i], mesh, mapped[i]))
  return runInLanes(jaxpr, axes, stacked, mapped)
}

/** The different parts of an operand, with the mesh axes that tell them apart in front. */
function stackedParts(arg: HostArray, spec: PartitionSpec, mesh: Mesh, mapped: readonly boolean[]): HostArray {
  const shape = shardShape(arg.shape, spec, mesh, 'shardMap')
  const sizes = mesh.axisSizes.filter((_, axis) => mapped[axis])
  const parts = mesh.devices.flatMap((_, position) => {
    const coordinates = mesh.coordinates(position)
    if (coordinates.some((index, axis) => !mapped[axis] && index > 0)) return []
    return [cutBlock(arg, shardStart(shape, spec, mesh, coordinates), shape)]
  })
  const result = hostArray([...sizes, ...shape], arg.dtype)
  parts.forEach((part, i) => result.data.set(part.data, i * part.data.length))
  return result
}

function onThreads(args: readonly HostArray[], { jaxpr, mesh, in_specs }: ShardMapParams): HostArray[] {
  const [axisName] = mesh.axisNames
  const devices = parallelDevices(mesh.size, 'shardMap')
  const shards = mesh.devices.map((_, position) =>
    args.map((arg, i) => {
      const shape = shardShape(arg.shape, in_specs[i], mesh, 'shardMap')
      return cutBlock(arg, shardStart(shape, in_specs[i], mesh, mesh.coordinates(position)), shape)
    }),
  )
  const results = devices.run({ jaxpr, axisName, outAvals: jaxpr.outAvals }, shards)
  return jaxpr.outAvals.map((aval, i) => {
    const all = hostArray([mesh.size, ...aval.shape], aval.dtype)
    results.forEach((result, device) => all.data.set(result[i].data, device * result[i].data.length))
    return all
  })
}

/** The whole from the parts of all devices. */
function assembled(parts: HostArray, aval: ShapedArray, spec: PartitionSpec, part: ShapedArray, mesh: Mesh): HostArray {
  const whole = hostArray(aval.shape, aval.dtype)
  const length = parts.data.length / mesh.size
  const copied = unmentioned(spec, mesh).map((name) => mesh.axisNames.indexOf(name))
  for (let position = 0; position < mesh.size; position++) {
    const coordinates = mesh.coordinates(position)
    if (copied.some((axis) => coordinates[axis] > 0)) continue
    const data = parts.data.subarray(position * length, (position + 1) * length)
    pasteBlock(whole, shardStart(part.shape, spec, mesh, coordinates), { shape: part.shape, dtype: part.dtype, data })
  }
  return whole
}
