import { bindJit } from '../control/jit.ts'
import { shardMapPrimitive } from '../control/shard-map.ts'
import { JaxTypeError, RuntimeError, ValueError } from '../errors.ts'
import { hoistConstants, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import type { ShapedArray } from '../ir/aval.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { expandDims, squeeze } from '../primitives/movement.ts'
import { assertEnoughDevices } from '../runtime/parallel.ts'
import { type Device, devices } from '../sharding/device.ts'
import { Mesh } from '../sharding/mesh.ts'
import { NamedSharding } from '../sharding/named-sharding.ts'
import { PartitionSpec } from '../sharding/partition-spec.ts'
import { placementOf, putAt } from '../sharding/put.ts'
import { withAxis } from '../tracing/axis-env.ts'
import type { JaxArray } from '../tracing/array.ts'
import { recorded } from '../tracing/recorder.ts'
import { onInterruption } from '../tracing/restore.ts'
import { Tracer, bind } from '../tracing/trace.ts'
import { transformed } from '../tracing/transformed.ts'
import { FlatCall, flattenArgs } from '../tree/leaves.ts'
import { checkOptions } from '../tree/options.ts'
import { type TreeDef, broadcastPrefix, leafPaths, typedTree, unflatten } from '../tree/pytree.ts'
import { assertDonatedOnce, deleteTaken, offeredLeaves, takenInputs } from './donation.ts'
import { argumentsNamed } from './argument-names.ts'
import { type MappedAxis, axisInRange, axisSizeOf } from './device-axis.ts'
import { ProgramCache } from './program-cache.ts'
import { programKey } from './program-key.ts'
import { StaticArguments } from './static-arguments.ts'
import type { AxisTree } from './vmap.ts'

/** How `pmap` spreads arguments over devices. */
export interface PmapOptions {
  /** The name by which collectives refer to the devices. */
  readonly axisName?: string
  /** Which axis of each argument is spread over the devices; null for an argument that all get whole. Default 0. */
  readonly inAxes?: AxisTree
  /** Where the axis of devices goes in each result; null for a result that all devices have alike. Default 0. */
  readonly outAxes?: AxisTree
  /** Arguments that are part of the program rather than its data: all devices get them, a new value is a new program. */
  readonly staticBroadcastedArgnums?: number | readonly number[]
  /** On which devices it runs, in their order. Default: the first ones. */
  readonly devices?: readonly Device[]
  /** The platform of the devices. */
  readonly backend?: string
  /** How many devices it is meant for, where that is to be checked. */
  readonly axisSize?: number
  /** Arguments that lie on the devices already and are deleted by the call, where a result fits their memory. */
  readonly donateArgnums?: number | readonly number[]
}

const optionNames = [
  'axisName',
  'inAxes',
  'outAxes',
  'staticBroadcastedArgnums',
  'devices',
  'backend',
  'axisSize',
  'donateArgnums',
]

/** What JAX calls the axis of devices that has no name. */
const unnamedAxis = '_internal_pmap_axis_name'

/** What JAX calls the jit around what a pmap runs. */
export const nameOfMapped = '_fun'

interface Program {
  readonly jaxpr: ClosedJaxpr
  readonly outTree: TreeDef
  /** Inputs whose memory results take over. */
  readonly taken: readonly number[]
}

/** Whether the function of a pmap is being traced: devices are not divided any further. */
let mapping = false
onInterruption(() => {
  mapping = false
})

/**
 * Runs a function on several devices at once, one entry of the leading axis on each: `shardMap` over a mesh of one axis,
 * which is taken off on the way in and put on the results. JAX: `jax.pmap`.
 *
 * @example
 * pmap((x) => x.div(lax.psum(x, 'i')), { axisName: 'i' })(jnp.array([1, 3])) // [0.25, 0.75]
 */
export function pmap<A extends unknown[], R>(f: (...args: A) => R, options?: PmapOptions): (...args: A) => R
export function pmap<A extends unknown[], R>(
  f: (...args: A) => R,
  axisName: string,
  options?: Omit<PmapOptions, 'axisName'>,
): (...args: A) => R
export function pmap<A extends unknown[], R>(
  f: (...args: A) => R,
  axisNameOrOptions: string | PmapOptions = {},
  rest: PmapOptions = {},
): (...args: A) => R {
  if (typeof f !== 'function') throw new JaxTypeError(`pmap: expected a function, got ${typeof f}`)
  const options = typeof axisNameOrOptions === 'string' ? { ...rest, axisName: axisNameOrOptions } : axisNameOrOptions
  checkOptions('pmap', options, optionNames)
  const where = `pmap(${f.name === '' ? '<lambda>' : f.name})`
  const axisName = options.axisName ?? unnamedAxis
  if (typeof axisName !== 'string') throw new JaxTypeError(`${where}: axisName is a string, got ${typeof axisName}.`)
  const statics = new StaticArguments(
    [options.staticBroadcastedArgnums ?? []].flat(),
    argumentsNamed('staticArgnames', undefined, null),
  )
  const donated = [options.donateArgnums ?? []].flat()
  const both = donated.find((position) => statics.names(position))
  if (both !== undefined) throw new ValueError(`${where}: argument ${both} is both static and donated.`)
  assertPlatform(where, options)
  const programs = new ProgramCache<Program>()

  const pmapped = (...args: A): R =>
    recorded('pmap', f, (record) => {
      assertStaticsGiven(where, options, args.length)
      const { arrays, tree } = flattenArgs([...statics.data(args)], where)
      record?.given(arrays, tree, statics.positionsOfData(args.length))
      const axes = broadcastPrefix(dataAxes(options.inAxes, args.length), tree, isAxis, 'pmap: inAxes').map((axis, i) =>
        axisInRange(axis, arrays[i], () => `${where}: argument ${leafPaths(tree)[i]}`),
      )
      const size = axisSizeOf(where, arrays, axes, options.axisSize)
      const mesh = new Mesh(devicesFor(where, size, options.devices), axisName)
      const specs = axes.map((axis) => specOf(axis, axisName))
      const key = programKey(arrays, tree, [
        { place: 'axes', key: `${axes.join()} ${size}` },
        ...statics.parts(args, where),
      ])
      const known = programs.get(key)
      const program = known ?? trace(args, arrays, tree, axes, mesh)
      if (known === undefined && !program.jaxpr.consts.some((value) => value instanceof Tracer))
        programs.add(key, program)
      const there = arrays.map((array, i) => onMesh(array, new NamedSharding(mesh, specs[i]), where))
      assertDonatedOnce(arrays, program.taken, where)
      const outs = bindJit(program.jaxpr, there, nameOfMapped)
      deleteTaken(
        arrays,
        program.taken.filter((i) => placementOf(arrays[i]) !== null),
      )
      record?.returned(outs)
      return unflatten(typedTree<R>(program.outTree), outs)
    })

  /** The axes of arguments that are data: those given for static ones say nothing. */
  function dataAxes(axes: AxisTree | undefined, count: number): AxisTree {
    if (axes === undefined) return 0
    if (!Array.isArray(axes) || axes.length !== count || statics.none) return axes
    const given: readonly AxisTree[] = axes
    return statics.positionsOfData(count).map((position) => given[position])
  }

  function trace(
    args: A,
    arrays: readonly JaxArray[],
    tree: TreeDef<unknown[]>,
    axes: readonly MappedAxis[],
    mesh: Mesh,
  ): Program {
    const call = new FlatCall((...data: unknown[]) => f(...statics.withData(args, data)), tree, where)
    const parts = arrays.map(({ aval }, i) => withLength(aval, axes[i], 1))
    let outAxes: readonly MappedAxis[] = []
    const perDevice = (...inputs: JaxArray[]): JaxArray[] => {
      const own = inputs.map((input, i) => (axes[i] === null ? input : squeeze(input, { dimensions: [axes[i]] })))
      const outs = call.fun(...own)
      const targets = broadcastPrefix(
        options.outAxes === undefined ? 0 : options.outAxes,
        call.outTree,
        isAxis,
        'pmap: outAxes',
      )
      outAxes = targets.map((axis, i) =>
        axisInRange(axis, { ndim: outs[i].ndim + 1, shape: [1, ...outs[i].shape] }, () => `${where}: result ${i}`),
      )
      return outs.map((out, i) => (outAxes[i] === null ? out : expandDims(out, [outAxes[i]])))
    }
    const traced = alone(where, () =>
      withAxis({ name: mesh.axisNames[0], size: mesh.size }, () => traceToJaxpr(perDevice, parts, 'pmap')),
    )
    const { jaxpr, consts } = hoistConstants(traced)
    const whole = traceToJaxpr(
      (...inputs) =>
        bind(shardMapPrimitive, [...consts, ...inputs], {
          check_vma: false,
          in_specs: [...consts.map(() => new PartitionSpec()), ...axes.map((axis) => specOf(axis, axisName))],
          jaxpr,
          mesh,
          newly_manual_axes: `frozenset({'${axisName}'})`,
          out_specs: outAxes.map((axis) => specOf(axis, axisName)),
        }),
      arrays.map(({ aval }) => aval),
      'pmap',
    )
    const offered = offeredLeaves(tree, (i) => donated.includes(statics.positionsOfData(args.length)[i]), [])
    const { taken, unused } = takenInputs(whole, offered)
    if (unused.length > 0) console.warn(`Some donated buffers were not usable: ${unused.join(', ')}.`)
    return { jaxpr: whole, outTree: call.outTree, taken }
  }

  return transformed(pmapped, f, 'pmap')
}

function isAxis(value: unknown): boolean {
  return typeof value === 'number'
}

function specOf(axis: MappedAxis, name: string): PartitionSpec {
  return axis === null ? new PartitionSpec() : new PartitionSpec(...new Array<null>(axis).fill(null), name)
}

function withLength(aval: ShapedArray, axis: MappedAxis, length: number): ShapedArray {
  return axis === null ? aval : aval.with({ shape: aval.shape.with(axis, length) })
}

/** Runs `body` as the function of a pmap; one within another is refused. */
function alone<T>(where: string, body: () => T): T {
  if (mapping) {
    throw new ValueError(
      `${where} was called in the function of another pmap, whose devices are not divided further.`,
      {
        hint: 'Map the inner function with vmap, or use shardMap over a mesh with two axes.',
      },
    )
  }
  mapping = true
  try {
    return body()
  } finally {
    mapping = false
  }
}

function assertPlatform(where: string, { backend, devices: given }: PmapOptions): void {
  if (given?.length === 0) throw new ValueError(`${where}: devices must not be empty; leave it out for the first ones.`)
  if (given !== undefined && new Set(given).size < given.length) {
    throw new ValueError(`${where}: devices names a device twice.`)
  }
  if (backend === undefined || backend === 'cpu') return
  throw new RuntimeError(`${where}: backend is 'cpu', whose devices there are several of; got '${backend}'.`)
}

function devicesFor(where: string, size: number, given: readonly Device[] | undefined): readonly Device[] {
  assertEnoughDevices(size, where)
  if (given === undefined) return devices('cpu').slice(0, size)
  if (given.length >= size) return given.slice(0, size)
  throw new ValueError(`${where} needs ${size} devices, and ${given.length} are given as devices.`)
}

function assertStaticsGiven(where: string, options: PmapOptions, count: number): void {
  for (const position of [options.staticBroadcastedArgnums ?? []].flat()) {
    if (Number.isInteger(position) && position < count && position >= -count) continue
    throw new ValueError(
      `${where}: staticBroadcastedArgnums names argument ${position}, but the function was called with ${count}.`,
    )
  }
}

/** An argument where the devices get it. One that was put elsewhere, or in other parts, is not moved silently. */
function onMesh(array: JaxArray, wanted: NamedSharding, where: string): JaxArray {
  const placement = placementOf(array)
  if (placement === null) return array
  const fits =
    placement.devices.length === wanted.devices.length &&
    sameParts(placement.shardShape(array.shape), wanted.shardShape(array.shape))
  if (fits) return putAt(array, wanted)
  throw new ValueError(
    `${where}: an argument of ${array.aval.toString()} lies as ${placement.toString()}, where the devices get it as ${wanted.toString()}.`,
    { hint: 'Put it there with devicePut(x, sharding), or take it back with deviceGet(x).' },
  )
}

function sameParts(a: readonly number[], b: readonly number[]): boolean {
  return a.every((length, axis) => length === b[axis])
}
