import { type CumulativeKind, cumulativeKernel } from '../compiler/reference/cumulative.ts'
import { type ShapedArray, formatShape } from '../ir/aval.ts'
import { isFloat } from '../ir/dtype.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { linearJvp } from './rules.ts'
import { bindOne } from '../tracing/trace.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { associativeScan } from './associative-scan.ts'
import { addAny, chosenShare, max, min, mul } from './elementwise-arithmetic.ts'
import { logaddexpTangent } from './log-add-exp.ts'
import { onlyDim } from './movement.ts'
import { operands } from './operand.ts'
import { oneEach, transcendentalEach } from './costs.ts'
import { spreadAlike } from './sharding-rules.ts'

type CumulativeParams = { readonly axis: number; readonly reverse: boolean }

/** Running sums along an axis. */
export function cumsum(x: ArrayLike, params: CumulativeParams): JaxArray {
  return bindOne(cumsumPrimitive, operands(x), params)
}

/** Running products along an axis. */
export function cumprod(x: ArrayLike, params: CumulativeParams): JaxArray {
  return bindOne(cumprodPrimitive, operands(x), params)
}

/** Running maxima along an axis. */
export function cummax(x: ArrayLike, params: CumulativeParams): JaxArray {
  return bindOne(cummaxPrimitive, operands(x), params)
}

/** Running minima along an axis. */
export function cummin(x: ArrayLike, params: CumulativeParams): JaxArray {
  return bindOne(cumminPrimitive, operands(x), params)
}

/** Running log-sum-exps along an axis. */
export function cumlogsumexp(x: ArrayLike, params: CumulativeParams): JaxArray {
  return bindOne(cumlogsumexpPrimitive, operands(x), params)
}

function cumulative(
  name: string,
  kind: CumulativeKind,
  rules: Pick<Primitive<CumulativeParams>, 'jvp' | 'transpose'>,
): Primitive<CumulativeParams> {
  const primitive: Primitive<CumulativeParams> = definePrimitive<CumulativeParams>({
    name,
    cost: kind === 'logsumexp' ? transcendentalEach : oneEach,
    inferSharding: spreadAlike(),
    abstractEval([x], { axis }) {
      checkOperand(name, kind, x)
      if (!(axis >= 0 && axis < x.ndim)) {
        throw new ValueError(`${name}: axis ${axis} is out of bounds for an array of shape ${formatShape(x.shape)}.`)
      }
      return [x]
    },
    impl: ([x], { axis, reverse }) => [cumulativeKernel(kind, x, axis, reverse)],
    ...rules,
    batch([x], dims, { axis, reverse }) {
      const dim = onlyDim(dims)
      return {
        outputs: [bindOne(primitive, [x], { axis: axis < dim ? axis : axis + 1, reverse })],
        dims: [dim],
      }
    },
  })
  return primitive
}

function checkOperand(name: string, kind: CumulativeKind, x: ShapedArray): void {
  if (kind === 'logsumexp' ? isFloat(x.dtype) : x.dtype !== 'bool' && x.dtype !== 'key<fry>') return
  throw new JaxTypeError(`${name} does not accept dtype ${x.dtype}.`)
}

/** Two runs combined into one, with their tangents. */
type CombineTangents = (x: JaxArray, y: JaxArray, dx: JaxArray, dy: JaxArray) => readonly JaxArray[]

/** The derivative of the same prefixes computed by an associative scan of values with their tangents. */
function jvpByScan(
  self: () => Primitive<CumulativeParams>,
  combine: CombineTangents,
): Pick<Primitive<CumulativeParams>, 'jvp'> {
  return {
    jvp([x], [dx], params) {
      if (dx instanceof Zero) {
        const out = bindOne(self(), [x], params)
        return { primals: [out], tangents: [new Zero(out.aval)] }
      }
      const [primal, tangent] = associativeScan(([a, da], [b, db]) => combine(a, b, da, db), [x, dx], params)
      return { primals: [primal], tangents: [tangent] }
    },
  }
}

/** The larger or smaller of two; the tangents of equal ones are averaged. */
function choice(choose: (x: JaxArray, y: JaxArray) => JaxArray): CombineTangents {
  return (x, y, dx, dy) => {
    const out = choose(x, y)
    return [out, addAny(mul(dx, chosenShare(x, out, y)), mul(dy, chosenShare(y, out, x)))]
  }
}

export const cumsumPrimitive: Primitive<CumulativeParams> = cumulative('cumsum', 'sum', {
  jvp: linearJvp(() => cumsumPrimitive),
  transpose: ([ct], _args, { axis, reverse }) => [ct instanceof Zero ? ct : cumsum(ct, { axis, reverse: !reverse })],
})

export const cumprodPrimitive: Primitive<CumulativeParams> = cumulative(
  'cumprod',
  'product',
  jvpByScan(
    () => cumprodPrimitive,
    (x, y, dx, dy) => [mul(x, y), addAny(mul(dx, y), mul(x, dy))],
  ),
)
export const cummaxPrimitive: Primitive<CumulativeParams> = cumulative(
  'cummax',
  'max',
  jvpByScan(() => cummaxPrimitive, choice(max)),
)
export const cumminPrimitive: Primitive<CumulativeParams> = cumulative(
  'cummin',
  'min',
  jvpByScan(() => cumminPrimitive, choice(min)),
)
export const cumlogsumexpPrimitive: Primitive<CumulativeParams> = cumulative(
  'cumlogsumexp',
  'logsumexp',
  jvpByScan(() => cumlogsumexpPrimitive, logaddexpTangent),
)

export const cumulativePrimitives: readonly Primitive[] = [
  cumsumPrimitive,
  cumprodPrimitive,
  cummaxPrimitive,
  cumminPrimitive,
  cumlogsumexpPrimitive,
]
