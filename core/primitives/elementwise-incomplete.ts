import { incompleteBeta } from '../compiler/reference/incomplete-beta.ts'
import { ternaryKernel } from '../compiler/reference/ternary.ts'
import { binaryKernel } from '../compiler/reference/elementwise.ts'
import {
  gammaSampleDerivative,
  incompleteGamma,
  incompleteGammaComplement,
  incompleteGammaShapeDerivative,
} from '../compiler/reference/incomplete-gamma.ts'
import { ValueError } from '../errors.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import type { Primitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { convertElementType } from './conversion.ts'
import { add, mul, neg, sub } from './elementwise-arithmetic.ts'
import { lgamma } from './elementwise-special.ts'
import { exp, log, log1p } from './elementwise-transcendental.ts'
import { elementwisePrimitive } from './elementwise.ts'
import { constant, fullLike, operands } from './operand.ts'
import type { TangentRule } from './rules.ts'
import { transcendentalEach } from './costs.ts'

/**
 * The regularized lower incomplete gamma function: `lax.igamma(a, x)`.
 *
 * @example
 * lax.igamma(1, 2).item() // 0.8646647, which is 1 - exp(-2)
 */
export function igamma(a: ArrayLike, x: ArrayLike): JaxArray {
  return bindOne(igammaPrimitive, operands(a, x), {})
}

/**
 * One minus `igamma`, accurate where that is close to 1: `lax.igammac(a, x)`.
 *
 * @example
 * lax.igammac(1, 2).item() // 0.1353353
 */
export function igammac(a: ArrayLike, x: ArrayLike): JaxArray {
  return bindOne(igammacPrimitive, operands(a, x), {})
}

/**
 * The derivative of `igamma` with respect to its first argument: `lax.igamma_grad_a(a, x)`.
 *
 * @example
 * lax.igammaGradA(1, 2).item() // -0.2208
 */
export function igammaGradA(a: ArrayLike, x: ArrayLike): JaxArray {
  return bindOne(igammaGradAPrimitive, operands(a, x), {})
}

/**
 * The derivative of a sample `x` of the gamma distribution with respect to its shape `a`, at a fixed
 * probability: `lax.random_gamma_grad(a, x)`.
 *
 * @example
 * lax.randomGammaGrad(1, 2).item() // 1.632
 */
export function randomGammaGrad(a: ArrayLike, x: ArrayLike): JaxArray {
  return bindOne(randomGammaGradPrimitive, operands(a, x), {})
}

/**
 * The regularized incomplete beta function: `lax.betainc(a, b, x)`. It has a derivative in `x` only.
 *
 * @example
 * lax.betainc(2, 1, 0.5).item() // 0.25
 */
export function betainc(a: ArrayLike, b: ArrayLike, x: ArrayLike): JaxArray {
  return bindOne(betaincPrimitive, operands(a, b, x), {})
}

/** The density of the gamma distribution. */
function gammaDensity(a: JaxArray, x: JaxArray): JaxArray {
  return exp(sub(add(neg(x), mul(sub(a, fullLike(a, 1)), log(x))), lgamma(a)))
}

/** A product of numbers of equal dtype but perhaps of unequal weakness: strongly typed beside a strong one. */
function promotedProduct(g: JaxArray, slope: JaxArray): JaxArray {
  const weakType = g.weakType && slope.weakType
  return mul(convertElementType(g, g.dtype, weakType), convertElementType(slope, slope.dtype, weakType))
}

export const igammaPrimitive = elementwisePrimitive({
  name: 'igamma',
  cost: transcendentalEach,
  accepts: ['float', 'float'],
  kernel: binaryKernel({ any: incompleteGamma }),
  jvp: [
    (g, _ans, [a, x]) => promotedProduct(g, igammaGradA(a, x)),
    (g, _ans, [a, x]) => promotedProduct(g, gammaDensity(a, x)),
  ],
})

export const igammacPrimitive = elementwisePrimitive({
  name: 'igammac',
  cost: transcendentalEach,
  accepts: ['float', 'float'],
  kernel: binaryKernel({ any: incompleteGammaComplement }),
  jvp: [
    (g, _ans, [a, x]) => neg(promotedProduct(g, igammaGradA(a, x))),
    (g, _ans, [a, x]) => neg(promotedProduct(g, gammaDensity(a, x))),
  ],
})

export const igammaGradAPrimitive = elementwisePrimitive({
  name: 'igamma_grad_a',
  cost: transcendentalEach,
  accepts: ['float', 'float'],
  kernel: binaryKernel({ any: incompleteGammaShapeDerivative }),
})

export const randomGammaGradPrimitive = elementwisePrimitive({
  name: 'random_gamma_grad',
  cost: transcendentalEach,
  accepts: ['float', 'float'],
  kernel: binaryKernel({ any: gammaSampleDerivative }),
})

const betaincShape: TangentRule<Record<string, never>> = () => {
  throw new ValueError('betainc has no derivative with respect to a and b.', {
    hint: 'Hold the two parameters fixed with lax.stopGradient, and differentiate with respect to x alone.',
  })
}

export const betaincPrimitive = elementwisePrimitive({
  name: 'regularized_incomplete_beta',
  cost: transcendentalEach,
  accepts: ['float', 'float', 'float'],
  kernel: ternaryKernel(incompleteBeta),
  jvp: [
    betaincShape,
    betaincShape,
    (g, _ans, [a, b, x]) => {
      const lbeta = sub(add(lgamma(a), lgamma(b)), lgamma(add(a, b)))
      const falling = mul(sub(b, constant(b, 1)), log1p(neg(x)))
      const rising = mul(sub(a, constant(a, 1)), log(x))
      return mul(exp(sub(add(falling, rising), lbeta)), g)
    },
  ],
})

export const incompletePrimitives: readonly Primitive[] = [
  igammaPrimitive,
  igammacPrimitive,
  igammaGradAPrimitive,
  randomGammaGradPrimitive,
  betaincPrimitive,
]
