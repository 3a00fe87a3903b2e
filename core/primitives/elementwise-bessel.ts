import { besselI0e as besselI0eOf, besselI1e as besselI1eOf } from '../compiler/reference/bessel-function.ts'
import { unaryKernel } from '../compiler/reference/elementwise.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import type { Primitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { abs, add, mul, reciprocal, sign, sub } from './elementwise-arithmetic.ts'
import { gt } from './elementwise-comparison.ts'
import { elementwisePrimitive } from './elementwise.ts'
import { machineEpsilon } from './float-limits.ts'
import { constant, fullLike, operands } from './operand.ts'
import { select } from './selection.ts'
import { transcendentalEach } from './costs.ts'

/**
 * The modified Bessel function of order 0 times `exp(-|x|)`: `lax.bessel_i0e(x)`.
 *
 * @example
 * lax.besselI0e(0).item() // 1
 */
export function besselI0e(x: ArrayLike): JaxArray {
  return bindOne(besselI0ePrimitive, operands(x), {})
}

/**
 * The modified Bessel function of order 1 times `exp(-|x|)`: `lax.bessel_i1e(x)`.
 *
 * @example
 * lax.besselI1e(1).item() // 0.2079104
 */
export function besselI1e(x: ArrayLike): JaxArray {
  return bindOne(besselI1ePrimitive, operands(x), {})
}

export const besselI0ePrimitive = elementwisePrimitive({
  name: 'bessel_i0e',
  cost: transcendentalEach,
  accepts: ['float'],
  kernel: unaryKernel({ any: besselI0eOf }),
  jvp: [(g, ans, [x]) => mul(g, sub(besselI1e(x), mul(sign(x), ans)))],
})

export const besselI1ePrimitive = elementwisePrimitive({
  name: 'bessel_i1e',
  cost: transcendentalEach,
  accepts: ['float'],
  kernel: unaryKernel({ any: besselI1eOf }),
  jvp: [
    (g, ans, [x]) => {
      // I₁(x) / x has no numerical value at 0, where the derivative is 1/2.
      const epsilon = machineEpsilon(x.dtype)
      const regular = gt(abs(x), constant(x, epsilon))
      const safe = select(regular, x, fullLike(x, epsilon))
      const slope = sub(besselI0e(safe), mul(ans, add(sign(safe), reciprocal(safe))))
      return mul(g, select(regular, slope, fullLike(x, 0.5)))
    },
  ],
})

export const besselPrimitives: readonly Primitive[] = [besselI0ePrimitive, besselI1ePrimitive]
