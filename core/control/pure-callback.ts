import type { ShapedArray } from '../ir/aval.ts'
import { formatShape } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type BatchDim, type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { asHostCode } from '../tracing/recorder.ts'
import { bind } from '../tracing/trace.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { broadcastInDim } from '../primitives/movement.ts'
import { scanPrimitive } from './scan.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { assertNoHostCall } from '../tracing/looking.ts'

/** How a host function is run for many lanes: one call a lane, or one call for all. */
export const vmapMethods = ['sequential', 'expand_dims', 'broadcast_all'] as const
export type VmapMethod = (typeof vmapMethods)[number]

export type PureCallbackParams = {
  callback: (...values: ConcreteArray[]) => readonly ConcreteArray[]
  result_avals: readonly ShapedArray[]
  vmap_method: VmapMethod | null
}

/** A function of the host as an equation: called whenever the program runs. JAX: `pure_callback`. */
export const pureCallbackPrimitive: Primitive<PureCallbackParams> = definePrimitive<PureCallbackParams>({
  name: 'pure_callback',
  cost: () => ({ unknown: 1 }),
  abstractEval: (_avals, { result_avals }) => [...result_avals],

  impl(args, { callback, result_avals }) {
    assertNoHostCall('pure_callback')
    const results = asHostCode(() => callback(...args.map((host) => new ConcreteArray(host))))
    if (results.length !== result_avals.length) {
      throw new ValueError(
        `pureCallback: the function returned ${results.length} arrays, ${result_avals.length} were announced.`,
      )
    }
    return results.map((result, i) => checked(result, result_avals[i]))
  },

  jvp(primals, tangents, params) {
    if (tangents.some((tangent) => !(tangent instanceof Zero))) {
      throw new ValueError(
        'Pure callbacks do not support JVP. Please use customJvp to use callbacks while taking gradients.',
        {
          hint: 'A host function cannot be looked into: wrap it in customJvp or customVjp and give its derivative.',
          lesson: 'A1',
        },
      )
    }
    const outs = bind(pureCallbackPrimitive, primals, params)
    return { primals: outs, tangents: outs.map((out) => new Zero(out.aval)) }
  },

  batch(args, dims, params, axis) {
    const { vmap_method, result_avals } = params
    switch (vmap_method) {
      case null:
        throw new ValueError('vmap is only supported for pureCallback with vmapMethod set.', {
          hint: "Say how the host function takes a batch: { vmapMethod: 'sequential' } calls it once a lane, 'expand_dims' and 'broadcast_all' call it once with the batch axis in front.",
          lesson: 'A1',
        })
      case 'sequential':
        return sequentially(args, dims, params, axis.size)
      case 'expand_dims':
      case 'broadcast_all': {
        const front = args.map((arg, i) => {
          if (dims[i] !== null) return moveBatchAxis(arg, dims[i], 0, axis.size)
          const length = vmap_method === 'broadcast_all' ? axis.size : 1
          return broadcastInDim(arg, {
            shape: [length, ...arg.shape],
            broadcast_dimensions: arg.shape.map((_, d) => d + 1),
          })
        })
        const batched = result_avals.map((aval) => aval.with({ shape: [axis.size, ...aval.shape] }))
        const outputs = bind(pureCallbackPrimitive, front, { ...params, result_avals: batched })
        return { outputs, dims: outputs.map(() => 0) }
      }
    }
  },
})

/** One call a lane, as a scan over the lanes. */
function sequentially(
  args: readonly JaxArray[],
  dims: readonly BatchDim[],
  params: PureCallbackParams,
  size: number,
): { outputs: JaxArray[]; dims: BatchDim[] } {
  const shared = args.filter((_, i) => dims[i] === null)
  const mapped = args.flatMap((arg, i) => (dims[i] === null ? [] : [moveBatchAxis(arg, dims[i], 0, size)]))
  const jaxpr = traceToJaxpr(
    (...inputs) => {
      const consts = inputs.slice(0, shared.length).values()
      const lane = inputs.slice(shared.length).values()
      const operands = dims.map((dim) => (dim === null ? consts : lane).next().value)
      return bind(
        pureCallbackPrimitive,
        operands.filter((operand) => operand !== undefined),
        params,
      )
    },
    [...shared.map((value) => value.aval), ...mapped.map(({ aval }) => aval.with({ shape: aval.shape.slice(1) }))],
    'vmap',
  )
  const outputs = bind(scanPrimitive, [...shared, ...mapped], {
    jaxpr,
    length: size,
    num_carry: 0,
    num_consts: shared.length,
    reverse: false,
    unroll: 1,
  })
  return { outputs, dims: outputs.map(() => 0) }
}

function checked(result: ConcreteArray, aval: ShapedArray): HostArray {
  if (formatShape(result.shape) !== formatShape(aval.shape)) {
    throw new JaxTypeError(
      `pureCallback: the function returned ${result.aval.toString()} where ${aval.toString()} was announced.`,
      {
        hint: 'Shape and dtype of the result must be known before the function runs; return exactly what was announced.',
      },
    )
  }
  if (result.dtype === aval.dtype) return result.host
  throw new JaxTypeError(
    `pureCallback: the function returned ${result.aval.toString()} where ${aval.toString()} was announced.`,
    { hint: `Convert the result, as by x.astype('${aval.dtype}'), or announce ${result.dtype}.` },
  )
}
