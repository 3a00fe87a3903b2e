import { clampKernel, selectKernel } from '../compiler/reference/selection.ts'
import { type Shape, ShapedArray, formatShape, sameShape } from '../ir/aval.ts'
import { isInteger } from '../ir/dtype.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import {
  type BatchDim,
  type Primitive,
  type Tangent,
  UndefinedPrimal,
  Zero,
  definePrimitive,
} from '../tracing/primitive.ts'
import { jvpOf, known } from './rules.ts'
import { bindOne } from '../tracing/trace.ts'
import { JaxTypeError } from '../errors.ts'
import { batchAtFront, batchSize, moveAxis } from './batch-axis.ts'
import { checkSameDTypes, listShapes } from './elementwise.ts'
import { bitwiseAnd } from './elementwise-bitwise.ts'
import { eq, gt, lt } from './elementwise-comparison.ts'
import { broadcastInDim } from './movement.ts'
import { constant, fullLike, operands } from './operand.ts'
import { zerosOf } from './zeros.ts'
import { oneEach } from './costs.ts'
import { spreadPointwise } from './sharding-rules.ts'

/** Elements of the case that `which` names: `cases[which]`, where false is 0 and true is 1. */
export function selectN(which: JaxArray, ...cases: ArrayLike[]): JaxArray {
  return bindOne(selectNPrimitive, [which, ...operands(...cases)], {})
}

/** `onTrue` where the predicate holds, else `onFalse`; all of one shape. */
export function select(predicate: JaxArray, onTrue: ArrayLike, onFalse: ArrayLike): JaxArray {
  return selectN(predicate, onFalse, onTrue)
}

/** `x` limited to the range from `min` to `max`. */
export function clamp(min: ArrayLike, x: ArrayLike, max: ArrayLike): JaxArray {
  const [value] = x instanceof JaxArray ? [x] : operands(x, min, max)
  const [, low, high] = operands(value, min, max)
  return bindOne(clampPrimitive, [low, value, high], {})
}

export const selectNPrimitive: Primitive = definePrimitive({
  name: 'select_n',
  cost: oneEach,
  inferSharding: spreadPointwise(),

  abstractEval([which, ...cases]) {
    if (cases.length === 0) throw new JaxTypeError('select_n must have at least one case')
    if (cases.some((aval) => !sameShape(aval.shape, cases[0].shape))) {
      throw new JaxTypeError(`select_n cases must have the same shapes, got ${listShapes(cases)}.`)
    }
    if (which.ndim > 0 && !sameShape(which.shape, cases[0].shape)) {
      throw new JaxTypeError(
        `select_n: the selector must be a scalar or have the shape of the cases, ` +
          `got ${formatShape(which.shape)} for cases of shape ${formatShape(cases[0].shape)}.`,
      )
    }
    checkSameDTypes('select_n', cases)
    if (which.dtype !== 'bool' && !isInteger(which.dtype)) {
      throw new JaxTypeError(`select_n: the selector must be boolean or integer, got ${which.dtype}.`)
    }
    if (which.dtype === 'bool' && cases.length > 2) {
      throw new JaxTypeError(`select_n: a boolean selector tells two cases apart, got ${cases.length}.`)
    }
    return [
      new ShapedArray(
        cases[0].shape,
        cases[0].dtype,
        cases.every((aval) => aval.weakType),
      ),
    ]
  },

  impl: ([which, ...cases]) => [selectKernel(which, cases)],

  jvp([which, ...cases], [, ...tangents]) {
    const out = selectN(which, ...cases)
    const given = tangents.find((tangent): tangent is JaxArray => !(tangent instanceof Zero))
    if (given === undefined) return { primals: [out], tangents: [new Zero(out.aval)] }
    const zeros = zerosOf(given.aval)
    return { primals: [out], tangents: [selectN(which, ...tangents.map((t) => (t instanceof Zero ? zeros : t)))] }
  },

  transpose([ct], [selector, ...cases]) {
    if (ct instanceof Zero) return [null, ...cases.map((arg) => (arg instanceof UndefinedPrimal ? ct : null))]
    const which = known(selector, 'select_n')
    const zeros = zerosOf(ct.aval)
    const share = (i: number): Tangent => {
      if (which.dtype !== 'bool') return select(eq(which, constant(which, i)), ct, zeros)
      return i === 0 ? select(which, zeros, ct) : select(which, ct, zeros)
    }
    return [null, ...cases.map((arg, i) => (arg instanceof UndefinedPrimal ? share(i) : null))]
  },

  batch([which, ...cases], [whichDim, ...caseDims]) {
    const [first] = cases
    const [firstDim] = caseDims
    if (firstDim !== null && caseDims.every((dim) => dim === firstDim)) {
      if (whichDim === firstDim) {
        return { outputs: [selectN(repeated(which, whichDim, first.shape), ...cases)], dims: [firstDim] }
      }
      if (which.ndim === 0) return { outputs: [selectN(which, ...cases)], dims: [firstDim] }
    }
    if (which.ndim === 0 && firstDim !== null && caseDims.every((dim) => dim !== null)) {
      const moved = cases.map((value, i) => moveAxis(value, caseDims[i] ?? firstDim, firstDim))
      return { outputs: [selectN(which, ...moved)], dims: [firstDim] }
    }
    const size = batchSize([which, ...cases], [whichDim, ...caseDims])
    const selector = which.ndim === 0 && whichDim === null ? which : batchAtFront(which, whichDim, size)
    const fronted = cases.map((value, i) => batchAtFront(value, caseDims[i], size))
    return { outputs: [selectN(repeated(selector, 0, fronted[0].shape), ...fronted)], dims: [0] }
  },
})

/** A value that has only a batch axis, repeated to a shape whose axis `dim` it is. */
function repeated(value: JaxArray, dim: BatchDim, shape: Shape): JaxArray {
  if (dim === null || value.ndim === 0 || value.ndim === shape.length) return value
  return broadcastInDim(value, { shape, broadcast_dimensions: [dim] })
}

export const clampPrimitive: Primitive = definePrimitive({
  name: 'clamp',
  cost: oneEach,
  inferSharding: spreadPointwise(),

  abstractEval(avals) {
    const [min, x, max] = avals
    checkSameDTypes('clamp', avals)
    if (x.dtype === 'key<fry>') throw new JaxTypeError('clamp does not accept dtype key<fry>.')
    for (const [name, bound] of [['min', min] as const, ['max', max] as const]) {
      if (bound.ndim > 0 && !sameShape(bound.shape, x.shape)) {
        throw new JaxTypeError(
          `clamp requires ${name} to be a scalar or of the operand's shape, ` +
            `got ${formatShape(bound.shape)} for an operand of shape ${formatShape(x.shape)}.`,
        )
      }
    }
    return [
      new ShapedArray(
        x.shape,
        x.dtype,
        avals.every((aval) => aval.weakType),
      ),
    ]
  },

  impl: ([min, x, max]) => [clampKernel(min, x, max)],

  jvp: jvpOf(
    () => clampPrimitive,
    [
      (g, _ans, [min, x, max]) => select(bitwiseAnd(gt(min, x), lt(min, max)), likeOperand(g, x), fullLike(x, 0)),
      (g, _ans, [min, x, max]) => select(bitwiseAnd(gt(x, min), lt(x, max)), g, fullLike(x, 0)),
      (g, _ans, [, x, max]) => select(lt(max, x), likeOperand(g, x), fullLike(x, 0)),
    ],
  ),

  batch(args, dims) {
    const [min, x, max] = args
    const [minDim, xDim, maxDim] = dims
    if (xDim !== null && minDim === null && maxDim === null && min.ndim === 0 && max.ndim === 0) {
      return { outputs: [clamp(min, x, max)], dims: [xDim] }
    }
    const size = batchSize(args, dims)
    const value = batchAtFront(x, xDim, size)
    const bound = (limit: JaxArray, dim: BatchDim): JaxArray =>
      limit.ndim === 0 ? limit : repeated(batchAtFront(limit, dim, size), 0, value.shape)
    return { outputs: [clamp(bound(min, minDim), value, bound(max, maxDim))], dims: [0] }
  },
})

/** The tangent of a scalar bound, repeated for every element that it bounds. */
function likeOperand(g: JaxArray, x: JaxArray): JaxArray {
  return g.ndim === x.ndim ? g : broadcastInDim(g, { shape: x.shape, broadcast_dimensions: [] })
}

export const selectionPrimitives: readonly Primitive[] = [selectNPrimitive, clampPrimitive]
