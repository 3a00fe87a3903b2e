import { rngBitGeneratorKernel, rngUniformKernel } from '../compiler/reference/rng-bits.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { type Shape, ShapedArray } from '../ir/aval.ts'
import { type DType, isFloat, isInteger } from '../ir/dtype.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { bind, bindOne } from '../tracing/trace.ts'
import { moveAxis } from './batch-axis.ts'
import { dynamicUpdateSlice } from './dynamic-slice.ts'
import { broadcastInDim, squeeze } from './movement.ts'
import { zeroJvp } from './rules.ts'
import { slice } from './slicing.ts'
import { hashes } from './costs.ts'

/** The generators by the names under which JAX prints them. The default one is Philox here. */
export type RngAlgorithm = 'RNG_DEFAULT' | 'RNG_THREE_FRY' | 'RNG_PHILOX'

type RngBitsParams = {
  readonly algorithm: RngAlgorithm
  readonly dtype: DType
  readonly out_sharding: null
  readonly shape: Shape
}

export const rngBitGeneratorPrimitive: Primitive<RngBitsParams> = definePrimitive<RngBitsParams>({
  name: 'rng_bit_generator',
  cost: hashes,

  abstractEval([state], { dtype, shape }) {
    const fits =
      (state.dtype === 'uint32' && state.shape.join() === '4') ||
      (state.dtype === 'uint64' && state.shape.join() === '2')
    if (!fits) {
      throw new JaxTypeError(`rng_bit_generator: the state is uint32[4] or uint64[2], got ${state.toString()}.`)
    }
    return [state, new ShapedArray(shape, dtype)]
  },

  impl: ([state], { algorithm, dtype, shape }) =>
    rngBitGeneratorKernel(state, algorithm === 'RNG_THREE_FRY' ? 'threefry' : 'philox', shape, dtype),

  jvp: zeroJvp(() => rngBitGeneratorPrimitive),

  // JAX draws for the whole batch from the first state, and moves on that one alone.
  batch([states], [dim], params) {
    const front = moveAxis(states, dim ?? 0, 0)
    const [size, ...own] = front.shape
    const first = slice(front, { start_indices: [0, ...own.map(() => 0)], limit_indices: [1, ...own], strides: null })
    const [state, values] = bind(rngBitGeneratorPrimitive, [squeeze(first, { dimensions: [0] })], {
      ...params,
      shape: [size, ...params.shape],
    })
    const row = broadcastInDim(state, { shape: [1, ...own], broadcast_dimensions: [1] })
    const zero = scalar(0, 'int32')
    return { outputs: [dynamicUpdateSlice(front, row, [zero, zero]), values], dims: [0, 0] }
  },
})

/** The state that follows, and random bits of the shape and dtype. */
export function rngBitGenerator(
  state: JaxArray,
  params: { readonly algorithm: RngAlgorithm; readonly dtype: DType; readonly shape: Shape },
): [state: JaxArray, values: JaxArray] {
  const [next, values] = bind(rngBitGeneratorPrimitive, [state], { ...params, out_sharding: null })
  return [next, values]
}

type RngUniformParams = { readonly shape: Shape }

export const rngUniformPrimitive: Primitive<RngUniformParams> = definePrimitive<RngUniformParams>({
  name: 'rng_uniform',
  cost: hashes,

  abstractEval([low, high], { shape }) {
    if (low.dtype !== high.dtype) {
      throw new ValueError(`rng_uniform: both bounds must have one dtype, got ${low.dtype} and ${high.dtype}.`)
    }
    if (low.ndim > 0 || high.ndim > 0) {
      throw new ValueError(`rng_uniform: the bounds must be scalars, got ${low.toString()} and ${high.toString()}.`)
    }
    if (!isFloat(low.dtype) && !isInteger(low.dtype)) {
      throw new JaxTypeError(`rng_uniform draws integers and floats, not ${low.dtype}.`)
    }
    return [new ShapedArray(shape, low.dtype, low.weakType && high.weakType)]
  },

  impl: ([low, high], _params, [out]) => [rngUniformKernel(low, high, out.shape, out.dtype)],
})

/** Uniform values between two scalars, others at every run. */
export function rngUniform(low: JaxArray, high: JaxArray, { shape }: RngUniformParams): JaxArray {
  return bindOne(rngUniformPrimitive, [low, high], { shape })
}

export const rngPrimitives: readonly Primitive[] = [rngBitGeneratorPrimitive, rngUniformPrimitive]
