import type { ShapedArray } from '../ir/aval.ts'
import { type AxisFactors, type ShardingRule, spreadBy } from '../sharding/spread.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'

type Avals = readonly ShapedArray[]
type InferSharding<P extends Params> = NonNullable<Primitive<P>['inferSharding']>

/** The rule of a record that says which axes of operands and results run together. */
export function spreadAlong<P extends Params>(
  ruleOf: (avals: Avals, params: P, outAvals: Avals) => ShardingRule,
): InferSharding<P> {
  return (operands, params, outAvals, mesh) => {
    const rule = ruleOf(
      operands.map(({ aval }) => aval),
      params,
      outAvals,
    )
    return spreadBy(rule, operands, outAvals, mesh)
  }
}

/** The axes of an array, each with what `factor` says of it. */
function axesOf(aval: ShapedArray, factor: (axis: number) => AxisFactors): AxisFactors[] {
  return aval.shape.map((_, axis) => factor(axis))
}

/** Element by element: every axis with the same of the others, but not where an operand is repeated along it. */
export function spreadPointwise<P extends Params>(): InferSharding<P> {
  return spreadAlong((avals, _params, outAvals) => ({
    operands: avals.map((aval) => axesOf(aval, (axis) => (aval.shape[axis] === outAvals[0].shape[axis] ? axis : null))),
    results: outAvals.map((aval) => axesOf(aval, (axis) => axis)),
  }))
}

/** Every axis with the same of the others, also where its length changes, but for those that need all their elements. */
export function spreadExcept<P extends Params>(
  excepted: (avals: Avals, params: P, outAvals: Avals) => readonly number[],
): InferSharding<P> {
  return spreadAlong((avals, params, outAvals) => {
    const apart = excepted(avals, params, outAvals)
    const axes = (aval: ShapedArray): AxisFactors[] => axesOf(aval, (axis) => (apart.includes(axis) ? null : axis))
    return { operands: avals.map(axes), results: outAvals.map(axes) }
  })
}

/** Every axis with the same of the others. */
export function spreadAlike<P extends Params>(): InferSharding<P> {
  return spreadExcept(() => [])
}

/** Results without the axes over which the first operands are reduced. */
export function spreadReduced<P extends Params>(reduced: (params: P) => readonly number[]): InferSharding<P> {
  return spreadAlong((avals, params, outAvals) => {
    const axes = reduced(params)
    const kept = avals[0].shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
    return {
      operands: avals.map((aval) => axesOf(aval, (axis) => axis)),
      results: outAvals.map((aval) => axesOf(aval, (axis) => kept[axis] ?? null)),
    }
  })
}

/** Matrix by matrix: the axes of a stack of matrices, which the first operand is. */
export function spreadMatrices<P extends Params>(): InferSharding<P> {
  return spreadAlong((avals, _params, outAvals) => {
    const axes = (aval: ShapedArray): AxisFactors[] => axesOf(aval, (axis) => (axis < avals[0].ndim - 2 ? axis : null))
    return { operands: avals.map(axes), results: outAvals.map(axes) }
  })
}

/** The factors that two shapes of one size have in common, slowest first, as far as there are such. */
export function commonFactors(from: readonly number[], to: readonly number[]): ShardingRule {
  const lengths: number[] = []
  const operand: number[][] = from.map(() => [])
  const result: number[][] = to.map(() => [])
  let [i, j] = [0, 0]
  let [left, right] = [from[0] ?? 1, to[0] ?? 1]
  while (i < from.length && j < to.length) {
    const shared = greatestCommonDivisor(left, right)
    if (shared === 1 && left !== 1 && right !== 1) break
    if (shared > 1) {
      operand[i].push(lengths.length)
      result[j].push(lengths.length)
      lengths.push(shared)
    }
    left /= shared
    right /= shared
    if (left === 1) left = from[++i] ?? 1
    else right = to[++j] ?? 1
  }
  return { operands: [operand], results: [result], lengths }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
