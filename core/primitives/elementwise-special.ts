import { binaryKernel, unaryKernel } from '../compiler/reference/elementwise.ts'
import { erf as erfOf, erfInverse, erfc as erfcOf } from '../compiler/reference/error-function.ts'
import {
  digamma as digammaOf,
  hurwitzZeta,
  logGamma,
  polygamma as polygammaOf,
} from '../compiler/reference/gamma-function.ts'
import { ValueError } from '../errors.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import type { Primitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { add, mul, neg, square } from './elementwise-arithmetic.ts'
import { elementwisePrimitive } from './elementwise.ts'
import { exp } from './elementwise-transcendental.ts'
import { constant, operands } from './operand.ts'
import { transcendentalEach } from './costs.ts'

/** The error function: `lax.erf(x)`. */
export function erf(x: ArrayLike): JaxArray {
  return bindOne(erfPrimitive, operands(x), {})
}

/** One minus the error function, accurate for large `x`: `lax.erfc(x)`. */
export function erfc(x: ArrayLike): JaxArray {
  return bindOne(erfcPrimitive, operands(x), {})
}

/** The inverse of the error function: `lax.erfInv(x)`. */
export function erfInv(x: ArrayLike): JaxArray {
  return bindOne(erfInvPrimitive, operands(x), {})
}

/** Logarithm of the magnitude of the gamma function: `lax.lgamma(x)`. */
export function lgamma(x: ArrayLike): JaxArray {
  return bindOne(lgammaPrimitive, operands(x), {})
}

/** Derivative of `lgamma`: `lax.digamma(x)`. */
export function digamma(x: ArrayLike): JaxArray {
  return bindOne(digammaPrimitive, operands(x), {})
}

/** The m-th derivative of `digamma` at `x`: `lax.polygamma(m, x)`. */
export function polygamma(m: ArrayLike, x: ArrayLike): JaxArray {
  return bindOne(polygammaPrimitive, operands(m, x), {})
}

/**
 * The Hurwitz zeta function, the sum of `(q + k)^-x` over k = 0, 1, 2, …: `lax.zeta(x, q)`.
 *
 * @example
 * lax.zeta(2, 1).item() // 1.644934, which is π²/6
 */
export function zeta(x: ArrayLike, q: ArrayLike): JaxArray {
  return bindOne(zetaPrimitive, operands(x, q), {})
}

/** The derivative of erf at x, up to its constant: exp(-x²). */
function bell(x: JaxArray): JaxArray {
  return exp(neg(square(x)))
}

export const erfPrimitive = elementwisePrimitive({
  name: 'erf',
  cost: transcendentalEach,
  accepts: ['float'],
  kernel: unaryKernel({ any: erfOf }),
  jvp: [(g, _ans, [x]) => mul(constant(x, 2 / Math.sqrt(Math.PI)), mul(g, bell(x)))],
})

export const erfcPrimitive = elementwisePrimitive({
  name: 'erfc',
  cost: transcendentalEach,
  accepts: ['float'],
  kernel: unaryKernel({ any: erfcOf }),
  jvp: [(g, _ans, [x]) => mul(constant(x, -2 / Math.sqrt(Math.PI)), mul(g, bell(x)))],
})

export const erfInvPrimitive = elementwisePrimitive({
  name: 'erf_inv',
  cost: transcendentalEach,
  accepts: ['float'],
  kernel: unaryKernel({ any: erfInverse }),
  jvp: [(g, ans, [x]) => mul(constant(x, Math.sqrt(Math.PI) / 2), mul(g, exp(square(ans))))],
})

export const lgammaPrimitive = elementwisePrimitive({
  name: 'lgamma',
  cost: transcendentalEach,
  accepts: ['float'],
  kernel: unaryKernel({ any: logGamma }),
  jvp: [(g, _ans, [x]) => mul(g, digamma(x))],
})

export const digammaPrimitive = elementwisePrimitive({
  name: 'digamma',
  cost: transcendentalEach,
  accepts: ['float'],
  kernel: unaryKernel({ any: digammaOf }),
  jvp: [(g, _ans, [x]) => mul(g, polygamma(constant(x, 1), x))],
})

export const polygammaPrimitive = elementwisePrimitive({
  name: 'polygamma',
  cost: transcendentalEach,
  accepts: ['float', 'float'],
  kernel: binaryKernel({ any: polygammaOf }),
  jvp: [
    () => {
      throw new ValueError('polygamma has no derivative with respect to its order m.', {
        hint: 'Hold the order fixed with lax.stopGradient, and differentiate with respect to x alone.',
      })
    },
    (g, _ans, [m, x]) => mul(g, polygamma(add(m, constant(m, 1)), x)),
  ],
})

export const zetaPrimitive = elementwisePrimitive({
  name: 'zeta',
  cost: transcendentalEach,
  accepts: ['float', 'float'],
  kernel: binaryKernel({ any: hurwitzZeta }),
})

export const specialPrimitives: readonly Primitive[] = [
  erfPrimitive,
  erfcPrimitive,
  erfInvPrimitive,
  lgammaPrimitive,
  digammaPrimitive,
  polygammaPrimitive,
  zetaPrimitive,
]
