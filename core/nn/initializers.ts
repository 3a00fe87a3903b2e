/**
 * Initializers of weights, each of which makes a function `(key, shape, dtype) => array`: JAX's
 * `jax.nn.initializers`.
 */
import { ValueError } from '../errors.ts'
import { type Shape, formatShape, sizeOf } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import { canonicalAxis, shapeArgument } from '../lax/arguments.ts'
import { type DTypeLike, array, full, ones as onesOf, requestedDType, zeros as zerosOf } from '../numpy/creation.ts'
import { slice } from '../numpy/index-expression.ts'
import { defaultFloatDType } from '../numpy/promotion.ts'
import { moveaxis } from '../numpy/shape.ts'
import type { Key } from '../random/arguments.ts'
import { normal as normalDraws, truncatedNormal as truncatedDraws } from '../random/continuous.ts'
import { orthogonal as orthogonalDraws } from '../random/multivariate.ts'
import { uniform as uniformDraws } from '../random/uniform.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'

/** Weights of a shape from a key. */
export type Initializer = (key: Key, shape: number | readonly number[], dtype?: DTypeLike | null) => JaxArray

/** Which axes of the weights are what. */
export interface FanOptions {
  /** Axes that are summed over when the weights are applied; -2 unless said. */
  readonly inAxis?: number | readonly number[]
  /** Axes of the result; -1 unless said. */
  readonly outAxis?: number | readonly number[]
  /** Axes of weights that are independent of one another; none unless said. */
  readonly batchAxis?: number | readonly number[]
  readonly dtype?: DTypeLike | null
}

type FanMode = 'fan_in' | 'fan_out' | 'fan_avg' | 'fan_geo_avg'
type Distribution = 'truncated_normal' | 'normal' | 'uniform'
type Make = (key: Key, shape: Shape, dtype: DType) => JaxArray

/** An initializer with its dtype settled: that of the call, else that of the making, else the default. */
function initializer(name: string, preset: DTypeLike | null | undefined, make: Make): Initializer {
  return (key, shape, dtype) => {
    const where = `nn.initializers.${name}`
    const wanted = requestedDType(where, { dtype: dtype ?? preset ?? null }) ?? defaultFloatDType()
    return make(key, shapeArgument(where, shape), wanted)
  }
}

/**
 * Zeros.
 *
 * @example
 * nn.initializers.zeros(random.key(0), [2]).tolist() // [0, 0]
 */
export const zeros = initializer('zeros', null, (_key, shape, dtype) => zerosOf(shape, { dtype }))

/**
 * Ones.
 *
 * @example
 * nn.initializers.ones(random.key(0), [2]).tolist() // [1, 1]
 */
export const ones = initializer('ones', null, (_key, shape, dtype) => onesOf(shape, { dtype }))

/**
 * One value everywhere.
 *
 * @example
 * nn.initializers.constant(0.5)(random.key(0), [2]).tolist() // [0.5, 0.5]
 */
export function constant(value: ArrayLike, dtype: DTypeLike | null = null): Initializer {
  return initializer('constant', dtype, (_key, shape, wanted) => full(shape, value, { dtype: wanted }))
}

/**
 * Even draws from [0, scale).
 *
 * @example
 * nn.initializers.uniform(2)(random.key(0), [3]).shape // [3]
 */
export function uniform(scale = 0.01, dtype: DTypeLike | null = null): Initializer {
  return initializer('uniform', dtype, (key, shape, wanted) =>
    uniformDraws(key, shape, wanted).mul(array(scale, { dtype: wanted })),
  )
}

/**
 * Normal draws of the given standard deviation.
 *
 * @example
 * nn.initializers.normal(0.1)(random.key(0), [3]).shape // [3]
 */
export function normal(stddev = 0.01, dtype: DTypeLike | null = null): Initializer {
  return initializer('normal', dtype, (key, shape, wanted) =>
    normalDraws(key, shape, wanted).mul(array(stddev, { dtype: wanted })),
  )
}

/**
 * Normal draws cut to (lower, upper), times `stddev`.
 *
 * @example
 * nn.initializers.truncatedNormal(0.1)(random.key(0), [3]).shape // [3]
 */
export function truncatedNormal(
  stddev = 0.01,
  dtype: DTypeLike | null = null,
  lower: ArrayLike = -2,
  upper: ArrayLike = 2,
): Initializer {
  return initializer('truncatedNormal', dtype, (key, shape, wanted) =>
    truncatedDraws(key, lower, upper, shape, wanted).mul(array(stddev, { dtype: wanted })),
  )
}

function axesSize(shape: Shape, axes: number | readonly number[]): number {
  const list = typeof axes === 'number' ? [axes] : axes
  return list.reduce((size, axis) => size * shape[canonicalAxis('nn.initializers', axis, shape.length)], 1)
}

/** How many inputs an output is the sum of, and how many outputs an input goes to. */
function fansOf(shape: Shape, options: FanOptions): { fanIn: number; fanOut: number } {
  const { inAxis = -2, outAxis = -1, batchAxis = [] } = options
  if (inAxis === -2 && shape.length < 2) {
    throw new ValueError(
      `nn.initializers cannot tell inputs from outputs in weights of shape ${formatShape(shape)}: at least two axes are needed.`,
      { hint: 'Say { inAxis: … } for weights of another layout, or use nn.initializers.zeros for biases.' },
    )
  }
  const [inSize, outSize] = [axesSize(shape, inAxis), axesSize(shape, outAxis)]
  const receptive = sizeOf(shape) / inSize / outSize / axesSize(shape, batchAxis)
  return { fanIn: inSize * receptive, fanOut: outSize * receptive }
}

function denominator(mode: FanMode, { fanIn, fanOut }: { fanIn: number; fanOut: number }): number {
  switch (mode) {
    case 'fan_in':
      return fanIn
    case 'fan_out':
      return fanOut
    case 'fan_avg':
      return (fanIn + fanOut) / 2
    case 'fan_geo_avg':
      return Math.sqrt(fanIn * fanOut)
    default:
      throw new ValueError(`nn.initializers.varianceScaling has no mode '${String(mode)}'.`, {
        hint: 'Modes are fan_in, fan_out, fan_avg and fan_geo_avg.',
      })
  }
}

/** Standard deviation of a standard normal variable cut to (-2, 2). */
const truncatedDeviation = 0.8796256610342398

/**
 * Draws whose variance is `scale` over the number of inputs, of outputs, or a mean of both, so that signals
 * keep their size from layer to layer.
 *
 * @example
 * nn.initializers.varianceScaling(2, 'fan_in', 'normal')(random.key(0), [3, 4]).shape // [3, 4]
 */
export function varianceScaling(
  scale: number,
  mode: FanMode,
  distribution: Distribution,
  options: FanOptions = {},
): Initializer {
  return initializer('varianceScaling', options.dtype, (key, shape, dtype) => {
    const variance = scale / denominator(mode, fansOf(shape, options))
    const root = (value: number): JaxArray => array(value, { dtype }).pow(0.5)
    switch (distribution) {
      case 'truncated_normal':
        return truncatedDraws(key, -2, 2, shape, dtype).mul(root(variance).div(array(truncatedDeviation, { dtype })))
      case 'normal':
        return normalDraws(key, shape, dtype).mul(root(variance))
      case 'uniform':
        return uniformDraws(key, shape, { dtype, minval: -1 }).mul(array(variance, { dtype }).mul(3).pow(0.5))
      default:
        throw new ValueError(`nn.initializers.varianceScaling has no distribution '${String(distribution)}'.`, {
          hint: 'Distributions are truncated_normal, normal and uniform.',
        })
    }
  })
}

type Scaled = (options?: FanOptions) => Initializer

const scaledBy =
  (scale: number, mode: FanMode, distribution: Distribution): Scaled =>
  (options) =>
    varianceScaling(scale, mode, distribution, options)

/**
 * Glorot's (Xavier's) uniform initializer: variance 1 over the mean of inputs and outputs.
 *
 * @example
 * nn.initializers.glorotUniform()(random.key(0), [3, 4]).shape // [3, 4]
 */
export const glorotUniform = scaledBy(1, 'fan_avg', 'uniform')

/**
 * Glorot's (Xavier's) normal initializer: variance 1 over the mean of inputs and outputs.
 *
 * @example
 * nn.initializers.glorotNormal()(random.key(0), [3, 4]).shape // [3, 4]
 */
export const glorotNormal = scaledBy(1, 'fan_avg', 'truncated_normal')

/**
 * Lecun's uniform initializer: variance 1 over inputs.
 *
 * @example
 * nn.initializers.lecunUniform()(random.key(0), [3, 4]).shape // [3, 4]
 */
export const lecunUniform = scaledBy(1, 'fan_in', 'uniform')

/**
 * Lecun's normal initializer: variance 1 over inputs.
 *
 * @example
 * nn.initializers.lecunNormal()(random.key(0), [3, 4]).shape // [3, 4]
 */
export const lecunNormal = scaledBy(1, 'fan_in', 'truncated_normal')

/**
 * He's (Kaiming's) uniform initializer, for relu: variance 2 over inputs.
 *
 * @example
 * nn.initializers.heUniform()(random.key(0), [3, 4]).shape // [3, 4]
 */
export const heUniform = scaledBy(2, 'fan_in', 'uniform')

/**
 * He's (Kaiming's) normal initializer, for relu: variance 2 over inputs.
 *
 * @example
 * nn.initializers.heNormal()(random.key(0), [3, 4]).shape // [3, 4]
 */
export const heNormal = scaledBy(2, 'fan_in', 'truncated_normal')

export {
  glorotNormal as xavierNormal,
  glorotUniform as xavierUniform,
  heNormal as kaimingNormal,
  heUniform as kaimingUniform,
}

/**
 * Matrices with orthonormal rows or columns, whichever are fewer, times `scale`.
 *
 * @example
 * nn.initializers.orthogonal()(random.key(0), [3, 2]).shape // [3, 2]
 */
export function orthogonal(scale = 1, columnAxis = -1, dtype: DTypeLike | null = null): Initializer {
  return initializer('orthogonal', dtype, (key, shape, wanted) => {
    if (shape.length < 2) {
      throw new ValueError(`nn.initializers.orthogonal needs at least two axes, got shape ${formatShape(shape)}.`)
    }
    if (shape.includes(0)) return zerosOf(shape, { dtype: wanted })
    const axis = canonicalAxis('nn.initializers.orthogonal', columnAxis, shape.length)
    const columns = shape[axis]
    const matrix = orthogonalDraws(key, sizeOf(shape) / columns, { dtype: wanted, m: columns })
    const weights = moveaxis(matrix.reshape([...shape.toSpliced(axis, 1), columns]), -1, axis)
    return array(scale, { dtype: wanted }).mul(weights)
  })
}

/**
 * Convolution kernels that are an orthogonal matrix in the middle and zero elsewhere; the last two axes are
 * inputs and outputs.
 *
 * @example
 * nn.initializers.deltaOrthogonal()(random.key(0), [3, 2, 2]).shape // [3, 2, 2]
 */
export function deltaOrthogonal(scale = 1, columnAxis = -1, dtype: DTypeLike | null = null): Initializer {
  return initializer('deltaOrthogonal', dtype, (key, shape, wanted) => {
    const [inputs, outputs] = shape.slice(-2)
    if (shape.length < 3 || shape.length > 5 || outputs < inputs) {
      throw new ValueError(
        `nn.initializers.deltaOrthogonal needs a shape of 3 to 5 axes with no more inputs than outputs, got ${formatShape(shape)}.`,
      )
    }
    const matrix = orthogonal(scale, columnAxis, wanted)(key, [inputs, outputs])
    const middle = shape.slice(0, -2).map((length) => Math.floor((length - 1) / 2))
    return zerosOf(shape, { dtype: wanted })
      .at(...middle, slice(null), slice(null))
      .set(matrix)
  })
}
