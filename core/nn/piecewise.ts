import { calledAs } from '../numpy/called-as.ts'
import { greaterEqual, less, lessEqual } from '../numpy/logic.ts'
import { promoteToFloat } from '../numpy/promotion.ts'
import { where } from '../numpy/selection.ts'
import { clip } from '../numpy/arithmetic.ts'
import { add, div, mul, neg, square } from '../primitives/elementwise-arithmetic.ts'
import { exp, expm1, log, log1p } from '../primitives/elementwise-transcendental.ts'
import { constant } from '../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { currentTrace } from '../tracing/trace.ts'

/**
 * A `relu` with a parabola around its corner: 0 up to -1, `(x + 1)² / 4` to 1, then `x`.
 *
 * @example
 * nn.sparsePlus(0).item() // 0.25
 */
export function sparsePlus(x: ArrayLike): JaxArray {
  return calledAs(
    'sparse_plus',
    (a) => {
      const parabola = div(square(add(a, constant(a, 1))), constant(a, 4))
      return where(lessEqual(a, -1), 0, where(greaterEqual(a, 1), a, parabola))
    },
    ...promoteToFloat('sparsePlus', x),
  )
}

/**
 * The derivative of `sparsePlus`: a line from 0 at -1 to 1 at 1, flat elsewhere.
 *
 * @example
 * nn.sparseSigmoid(jnp.array([-2, 0, 3])).tolist() // [0, 0.5, 1]
 */
export function sparseSigmoid(x: ArrayLike): JaxArray {
  return calledAs(
    'sparse_sigmoid',
    (a) => mul(constant(a, 0.5), clip(add(a, constant(a, 1)), 0, 2)),
    ...promoteToFloat('sparseSigmoid', x),
  )
}

/**
 * `log(1 - exp(-x))` for positive `x`, accurate at both ends.
 *
 * @example
 * nn.log1mexp(1).item() // -0.4586751
 */
export function log1mexp(x: ArrayLike): JaxArray {
  const fun = (a: JaxArray): JaxArray[] => {
    const near = log(neg(expm1(neg(a))))
    return [where(less(a, Math.LN2), near, log1p(neg(exp(neg(a)))))]
  }
  const jvp = (a: JaxArray, da: JaxArray): JaxArray[] => [log1mexp(a), div(da, expm1(a))]
  const [out] = currentTrace().processCustomJvp({ name: 'log1mexp', fun, jvp }, promoteToFloat('log1mexp', x))
  return out
}
