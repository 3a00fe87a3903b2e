import type { HostArray } from '../ir/host-array.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { asHostCode } from '../tracing/recorder.ts'
import { bind } from '../tracing/trace.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { squeeze } from '../primitives/movement.ts'
import { slice } from '../primitives/slicing.ts'
import { isLooking } from '../tracing/looking.ts'

export type DebugCallbackParams = { callback: (...values: ConcreteArray[]) => void; ordered: boolean }
export type DebugPrintParams = DebugCallbackParams & { fmt: string }

/** Calls a function of the host with the values that flow by, for its effect. JAX: `debug_callback`. */
export const debugCallbackPrimitive: Primitive<DebugCallbackParams> = hostEffect('debug_callback')

/** The same where what the function does is known: it prints. JAX: `debug_print`. */
export const debugPrintPrimitive: Primitive<DebugPrintParams> = hostEffect('debug_print')

function hostEffect<P extends DebugCallbackParams>(name: string): Primitive<P> {
  const primitive: Primitive<P> = definePrimitive<P>({
    name,
    cost: () => ({ unknown: 1 }),
    effectful: true,
    abstractEval: () => [],
    impl(args, { callback }) {
      if (isLooking()) return []
      asHostCode(() => callback(...args.map((host: HostArray) => new ConcreteArray(host))))
      return []
    },
    jvp(primals, _tangents, params) {
      bind(primitive, primals, params)
      return { primals: [], tangents: [] }
    },
    // Once a lane, in order: the callback sees what it would see without vmap.
    batch(args, dims, params, axis) {
      const front = args.map((arg, i) => (dims[i] === null ? arg : moveBatchAxis(arg, dims[i], 0, axis.size)))
      for (let lane = 0; lane < axis.size; lane++) {
        const values = front.map((arg, i) => {
          if (dims[i] === null) return arg
          const one = slice(arg, {
            start_indices: arg.shape.map((_, d) => (d === 0 ? lane : 0)),
            limit_indices: arg.shape.map((length, d) => (d === 0 ? lane + 1 : length)),
            strides: arg.shape.map(() => 1),
          })
          return squeeze(one, { dimensions: [0] })
        })
        bind(primitive, values, params)
      }
      return { outputs: [], dims: [] }
    },
  })
  return primitive
}
