import { type CumulativeKind, cumulativeKernel } from '../compiler/reference/cumulative.ts'
import { type ShapedArray, formatShape } from '../ir/aval.ts'
import { isFloat } from '../ir/dtype.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Primitive, Zero, definePrimitive } from '../tracing/primitive.ts'
import { linearJvp } from '../tracing/rules.ts'
import { bindOne } from '../tracing/trace.ts'
import { jvpFlat } from '../interpreters/jvp.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { associativeScan } from './associative-scan.ts'
import { max, min, mul } from './elementwise-arithmetic.ts'
import { logaddexp } from './log-add-exp.ts'
import { onlyDim } from './movement.ts'
import { operands } from './operand.ts'

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

/** The derivative of the same prefixes computed by an associative scan. */
function jvpByScan(combine: (x: JaxArray, y: JaxArray) => JaxArray): Pick<Primitive<CumulativeParams>, 'jvp'> {
  return {
    jvp: (primals, tangents, params) =>
      jvpFlat(
        (x) => [...associativeScan(([earlier], [later]) => [combine(earlier, later)], [x], params)],
        primals,
        tangents,
      ),
  }
}

export const cumsumPrimitive: Primitive<CumulativeParams> = cumulative('cumsum', 'sum', {
  jvp: linearJvp(() => cumsumPrimitive),
  transpose: ([ct], _args, { axis, reverse }) => [ct instanceof Zero ? ct : cumsum(ct, { axis, reverse: !reverse })],
})

export const cumprodPrimitive = cumulative('cumprod', 'product', jvpByScan(mul))
export const cummaxPrimitive = cumulative('cummax', 'max', jvpByScan(max))
export const cumminPrimitive = cumulative('cummin', 'min', jvpByScan(min))
export const cumlogsumexpPrimitive = cumulative('cumlogsumexp', 'logsumexp', jvpByScan(logaddexp))

export const cumulativePrimitives: readonly Primitive[] = [
  cumsumPrimitive,
  cumprodPrimitive,
  cummaxPrimitive,
  cumminPrimitive,
  cumlogsumexpPrimitive,
]
