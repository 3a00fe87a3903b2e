import { isnan, logicalOr, notEqual } from '../../numpy/logic.ts'
import { promoteToFloat } from '../../numpy/promotion.ts'
import { where } from '../../numpy/selection.ts'
import { convertElementType } from '../../primitives/conversion.ts'
import { add, div, mul, neg, sub } from '../../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd } from '../../primitives/elementwise-bitwise.ts'
import { eq, ge, gt, lt } from '../../primitives/elementwise-comparison.ts'
import { log, log1p } from '../../primitives/elementwise-transcendental.ts'
import { constant, fullLike } from '../../primitives/operand.ts'
import { select } from '../../primitives/selection.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { currentTrace } from '../../tracing/trace.ts'
import { withDerivative } from './with-derivative.ts'

/** A product that is 0 where `x` is 0, whatever the other factor; NaN in `y` comes through. */
function productUnlessZero(f: (y: JaxArray) => JaxArray): (x: JaxArray, y: JaxArray) => JaxArray {
  return (x, y) => where(logicalOr(notEqual(x, 0), isnan(y)), mul(x, f(y)), 0)
}

/** Such a product with its slopes; the tangent is strongly typed, as JAX's rule converts it. */
function product(
  name: string,
  f: (y: JaxArray) => JaxArray,
  inverse: (y: JaxArray) => JaxArray,
  both: JaxArray[],
): JaxArray {
  const jvp = (x: JaxArray, y: JaxArray, dx: JaxArray, dy: JaxArray): JaxArray[] => {
    const tangent = add(mul(dx, f(y)), div(mul(dy, x), inverse(y)))
    return [product(name, f, inverse, [x, y]), convertElementType(tangent, tangent.dtype)]
  }
  const fun = (x: JaxArray, y: JaxArray): JaxArray[] => [productUnlessZero(f)(x, y)]
  const [out] = currentTrace().processCustomJvp({ name, fun, jvp }, both)
  return out
}

/**
 * `x * log(y)`, and 0 where `x` is 0.
 *
 * @example
 * scipy.special.xlogy(0, 0).item() // 0
 */
export function xlogy(x: ArrayLike, y: ArrayLike): JaxArray {
  return product('xlogy', log, (b) => b, promoteToFloat('xlogy', x, y))
}

/**
 * `x * log1p(y)`, and 0 where `x` is 0.
 *
 * @example
 * scipy.special.xlog1py(0, -1).item() // 0
 */
export function xlog1py(x: ArrayLike, y: ArrayLike): JaxArray {
  return product('xlog1py', log1p, (b) => add(1, b), promoteToFloat('xlog1py', x, y))
}

function xlogx(x: JaxArray): JaxArray {
  return withDerivative('_xlogx', (a) => xlogy(a, a), [(_ans, a) => add(log(a), constant(a, 1))], x)
}

/**
 * `-x * log(x)`, 0 at 0 and `-Infinity` below.
 *
 * @example
 * scipy.special.entr(0).item() // 0
 */
export function entr(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('entr', x)
  return select(lt(value, constant(value, 0)), fullLike(value, -Infinity), neg(xlogx(value)))
}

/**
 * `x * log(x / y)`, 0 where `x` is 0, and `Infinity` where an argument is negative: the terms of the
 * Kullback–Leibler divergence.
 *
 * @example
 * scipy.special.relEntr(0, 1).item() // 0
 */
export function relEntr(x: ArrayLike, y: ArrayLike): JaxArray {
  const [p, q] = promoteToFloat('relEntr', x, y)
  const zero = constant(p, 0)
  const regular = bitwiseAnd(gt(p, zero), gt(q, zero))
  const vanishes = bitwiseAnd(eq(p, zero), ge(q, zero))
  const safeP = where(regular, p, 1)
  const safeQ = where(regular, q, 1)
  const value = sub(xlogx(safeP), xlogy(safeP, safeQ))
  return where(regular, value, where(vanishes, zero, Infinity))
}

/**
 * `x * log(x / y) - x + y`: the terms of the divergence that are never negative.
 *
 * @example
 * scipy.special.klDiv(1, 1).item() // 0
 */
export function klDiv(x: ArrayLike, y: ArrayLike): JaxArray {
  const [p, q] = promoteToFloat('klDiv', x, y)
  return add(sub(relEntr(p, q), p), q)
}
