import { argReduce, reduceKernel } from '../compiler/reference/reduction.ts'
import { type Shape, ShapedArray, formatShape } from '../ir/aval.ts'
import { type DType, isInteger } from '../ir/dtype.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Primitive, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { jvpOf, linearJvp, zeroJvp } from './rules.ts'
import { bindOne } from '../tracing/trace.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { upTo } from './axes.ts'
import { convertElementType } from './conversion.ts'
import { addAny, div, mul } from './elementwise-arithmetic.ts'
import { eq } from './elementwise-comparison.ts'
import { type Accepted, checkDTypes } from './elementwise.ts'
import { broadcastInDim, onlyDim, reshape, squeeze, transpose } from './movement.ts'
import { constant, operands } from './operand.ts'
import { pad, slice } from './slicing.ts'
import { combines } from './costs.ts'
import { spreadReduced } from './sharding-rules.ts'

export type AxesParams = { readonly axes: readonly number[] }
type SumParams = { readonly axes: readonly number[]; readonly out_sharding: null }
type ArgParams = { readonly axes: readonly number[]; readonly index_dtype: DType }

/** Sum over the given axes. */
export function reduceSum(x: ArrayLike, { axes }: AxesParams): JaxArray {
  return bindOne(reduceSumPrimitive, operands(x), { axes, out_sharding: null })
}

/** Product over the given axes. */
export function reduceProd(x: ArrayLike, { axes }: AxesParams): JaxArray {
  return bindOne(reduceProdPrimitive, operands(x), { axes })
}

/** Largest element over the given axes; NaN wins. */
export function reduceMax(x: ArrayLike, { axes }: AxesParams): JaxArray {
  return bindOne(reduceMaxPrimitive, operands(x), { axes })
}

/** Smallest element over the given axes; NaN wins. */
export function reduceMin(x: ArrayLike, { axes }: AxesParams): JaxArray {
  return bindOne(reduceMinPrimitive, operands(x), { axes })
}

/** Logical or bitwise and over the given axes. */
export function reduceAnd(x: ArrayLike, { axes }: AxesParams): JaxArray {
  return bindOne(reduceAndPrimitive, operands(x), { axes })
}

/** Logical or bitwise or over the given axes. */
export function reduceOr(x: ArrayLike, { axes }: AxesParams): JaxArray {
  return bindOne(reduceOrPrimitive, operands(x), { axes })
}

/** Logical or bitwise exclusive or over the given axes. */
export function reduceXor(x: ArrayLike, { axes }: AxesParams): JaxArray {
  return bindOne(reduceXorPrimitive, operands(x), { axes })
}

/** Position of the largest element along one axis; the first of several, and NaN before numbers. */
export function argmax(x: ArrayLike, { axis, index_dtype }: { axis: number; index_dtype: DType }): JaxArray {
  return bindOne(argmaxPrimitive, operands(x), { axes: [axis], index_dtype })
}

/** Position of the smallest element along one axis; the first of several, and NaN before numbers. */
export function argmin(x: ArrayLike, { axis, index_dtype }: { axis: number; index_dtype: DType }): JaxArray {
  return bindOne(argminPrimitive, operands(x), { axes: [axis], index_dtype })
}

/** The shape that is left, after checking that the axes exist and differ. */
function reducedShape(name: string, operand: ShapedArray, axes: readonly number[]): Shape {
  if (new Set(axes).size !== axes.length) {
    throw new ValueError(`${name}: duplicate value in axes ${formatShape(axes)}`)
  }
  const outside = axes.find((axis) => !(Number.isInteger(axis) && axis >= 0 && axis < operand.ndim))
  if (outside !== undefined) {
    throw new ValueError(
      `${name}: axis ${outside} is out of bounds for an operand of shape ${formatShape(operand.shape)}.`,
    )
  }
  return operand.shape.filter((_, axis) => !axes.includes(axis))
}

/** Batching of a reduction: the batch axis stays, the reduced axes are renumbered around it. */
function batchReduction<P extends AxesParams>(
  self: () => Primitive<P>,
  withAxes: (params: P, axes: readonly number[]) => P,
): NonNullable<Primitive<P>['batch']> {
  return ([x], dims, params) => {
    const dim = onlyDim(dims)
    const axes = params.axes.map((axis) => (axis < dim ? axis : axis + 1))
    const outDim = dim - axes.filter((axis) => axis < dim).length
    return { outputs: [bindOne(self(), [x], withAxes(params, axes))], dims: [outDim] }
  }
}

function reduction(
  name: string,
  accepts: Accepted,
  kind: Parameters<typeof reduceKernel>[0],
  rules: Pick<Primitive<AxesParams>, 'jvp'>,
): Primitive<AxesParams> {
  const primitive: Primitive<AxesParams> = definePrimitive<AxesParams>({
    name,
    cost: combines,
    inferSharding: spreadReduced(({ axes }) => axes),
    abstractEval([x], { axes }) {
      checkDTypes(name, [x], [accepts])
      return [new ShapedArray(reducedShape(name, x, axes), x.dtype, x.weakType)]
    },
    impl: ([x], { axes }, [out]) => [reduceKernel(kind, x, axes, out.shape)],
    ...rules,
    batch: batchReduction(
      () => primitive,
      (_params, axes) => ({ axes }),
    ),
  })
  return primitive
}

export const reduceSumPrimitive: Primitive<SumParams> = definePrimitive<SumParams>({
  name: 'reduce_sum',
  cost: combines,
  inferSharding: spreadReduced(({ axes }) => axes),
  abstractEval([x], { axes }) {
    checkDTypes('reduce_sum', [x], ['number'])
    return [new ShapedArray(reducedShape('reduce_sum', x, axes), x.dtype, x.weakType)]
  },
  impl: ([x], { axes }, [out]) => [reduceKernel('sum', x, axes, out.shape)],
  jvp: linearJvp(() => reduceSumPrimitive),
  transpose([ct], [x], { axes }) {
    if (!(x instanceof UndefinedPrimal)) return [null]
    if (ct instanceof Zero) return [new Zero(x.aval)]
    const kept = upTo(x.aval.ndim).filter((axis) => !axes.includes(axis))
    return [broadcastInDim(ct, { shape: x.aval.shape, broadcast_dimensions: kept })]
  },
  batch: batchReduction(
    () => reduceSumPrimitive,
    (_params, axes) => ({ axes, out_sharding: null }),
  ),
})

/**
 * The product and its tangent by halving: every factor's tangent meets the product of the others
 * with no division, so that zeros among the factors do no harm.
 */
function productByHalving(x: JaxArray, dx: JaxArray, axes: readonly number[]): [primal: JaxArray, tangent: JaxArray] {
  const kept = upTo(x.ndim).filter((axis) => !axes.includes(axis))
  const shape = kept.map((axis) => x.shape[axis])
  const count = axes.reduce((product, axis) => product * x.shape[axis], 1)
  if (count === 0) {
    const fill = (value: number): JaxArray => broadcastInDim(constant(x, value), { shape, broadcast_dimensions: [] })
    return [fill(1), fill(0)]
  }
  const inFront = (value: JaxArray): JaxArray =>
    reshape(transpose(value, { permutation: [...axes, ...kept] }), { new_sizes: [count, ...shape] })
  let [primal, tangent] = [inFront(x), inFront(dx)]
  while (primal.shape[0] > 1) {
    const length = primal.shape[0]
    const half = Math.ceil(length / 2)
    const missing = 2 * half - length
    const [low, lowTangent] = [sliceFront(primal, 0, half), sliceFront(tangent, 0, half)]
    const [rest, restTangent] = [sliceFront(primal, half, length), sliceFront(tangent, half, length)]
    const [high, highTangent] = [padFront(rest, 1, missing), padFront(restTangent, 0, missing)]
    primal = mul(low, high)
    tangent = addAny(mul(lowTangent, high), mul(low, highTangent))
  }
  return [squeeze(primal, { dimensions: [0] }), squeeze(tangent, { dimensions: [0] })]
}

function sliceFront(x: JaxArray, start: number, stop: number): JaxArray {
  return slice(x, {
    start_indices: x.shape.map((_, axis) => (axis === 0 ? start : 0)),
    limit_indices: x.shape.map((length, axis) => (axis === 0 ? stop : length)),
    strides: x.shape.map(() => 1),
  })
}

function padFront(x: JaxArray, value: number, count: number): JaxArray {
  if (count === 0) return x
  return pad(x, constant(x, value), {
    padding_config: x.shape.map((_, axis) => [0, axis === 0 ? count : 0, 0] as const),
  })
}

export const reduceProdPrimitive = reduction('reduce_prod', 'number', 'product', {
  jvp([x], [dx], params) {
    if (dx instanceof Zero) {
      const out = reduceProd(x, params)
      return { primals: [out], tangents: [new Zero(out.aval)] }
    }
    const [primal, tangent] = productByHalving(x, dx, params.axes)
    return { primals: [primal], tangents: [tangent] }
  },
})

/** The tangent of an extremum: shared evenly by all elements that attain it. */
const jvpOfExtremum = (self: () => Primitive<AxesParams>): Pick<Primitive<AxesParams>, 'jvp'> => ({
  jvp: jvpOf(self, [
    (g, ans, [x], { axes }) => {
      const shape = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
      const attains = convertElementType(eq(x, reshape(ans, { new_sizes: shape })), g.dtype)
      const count = reduceSum(attains, { axes })
      return div(reduceSum(mul(g, attains), { axes }), count)
    },
  ]),
})

export const reduceMaxPrimitive: Primitive<AxesParams> = reduction(
  'reduce_max',
  'bool or number',
  'max',
  jvpOfExtremum(() => reduceMaxPrimitive),
)

export const reduceMinPrimitive: Primitive<AxesParams> = reduction(
  'reduce_min',
  'bool or number',
  'min',
  jvpOfExtremum(() => reduceMinPrimitive),
)

export const reduceAndPrimitive: Primitive<AxesParams> = reduction('reduce_and', 'bool or integer', 'and', {
  jvp: zeroJvp(() => reduceAndPrimitive),
})

export const reduceOrPrimitive: Primitive<AxesParams> = reduction('reduce_or', 'bool or integer', 'or', {
  jvp: zeroJvp(() => reduceOrPrimitive),
})

export const reduceXorPrimitive: Primitive<AxesParams> = reduction('reduce_xor', 'bool or integer', 'xor', {
  jvp: zeroJvp(() => reduceXorPrimitive),
})

function argReduction(name: 'argmax' | 'argmin'): Primitive<ArgParams> {
  const primitive: Primitive<ArgParams> = definePrimitive<ArgParams>({
    name,
    cost: combines,
    inferSharding: spreadReduced(({ axes }) => axes),
    abstractEval([x], { axes, index_dtype }) {
      checkDTypes(name, [x], ['ordered'])
      const shape = reducedShape(name, x, axes)
      if (!isInteger(index_dtype)) {
        throw new JaxTypeError(`${name}: index_dtype must be an integer dtype, got ${index_dtype}.`)
      }
      if (x.shape[axes[0]] < 1) {
        throw new ValueError(`${name}: axis ${axes[0]} of an operand of shape ${formatShape(x.shape)} is empty.`)
      }
      return [new ShapedArray(shape, index_dtype)]
    },
    impl: ([x], { axes, index_dtype }, [out]) => [argReduce(name, x, axes[0], out.shape, index_dtype)],
    jvp: zeroJvp(() => primitive),
    batch: batchReduction(
      () => primitive,
      (params, axes) => ({ axes, index_dtype: params.index_dtype }),
    ),
  })
  return primitive
}

export const argmaxPrimitive = argReduction('argmax')
export const argminPrimitive = argReduction('argmin')

export const reductionPrimitives: readonly Primitive[] = [
  reduceSumPrimitive,
  reduceProdPrimitive,
  reduceMaxPrimitive,
  reduceMinPrimitive,
  reduceAndPrimitive,
  reduceOrPrimitive,
  reduceXorPrimitive,
  argmaxPrimitive,
  argminPrimitive,
]
