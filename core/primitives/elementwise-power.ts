import {
  complexIntegerPower,
  complexPower,
  complexRsqrt,
  complexSqrt,
} from '../compiler/reference/complex-functions.ts'
import { powerWide } from '../compiler/reference/wide-elementwise.ts'
import { type ElementwiseKernel, unaryKernel } from '../compiler/reference/elementwise.ts'
import { binaryKernel } from '../compiler/reference/elementwise.ts'
import { power } from '../compiler/reference/floating-point.ts'
import { powerOfInteger } from '../compiler/reference/integer-arithmetic.ts'
import { convertHost } from '../compiler/reference/convert.ts'
import { ShapedArray } from '../ir/aval.ts'
import { isInexact, isInteger } from '../ir/dtype.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { broadcastTo, broadcastingBatch, jvpOf } from './rules.ts'
import { bindOne } from '../tracing/trace.ts'
import { JaxTypeError } from '../errors.ts'
import { convertElementType } from './conversion.ts'
import { div, mul, sub } from './elementwise-arithmetic.ts'
import { eq } from './elementwise-comparison.ts'
import { log } from './elementwise-transcendental.ts'
import { broadcastShapes, elementwisePrimitive } from './elementwise.ts'
import { spreadPointwise } from './sharding-rules.ts'
import { constant, fullLike, operands } from './operand.ts'
import { select } from './selection.ts'
import { transcendentalEach } from './costs.ts'

/** `x` to the power `y`; a float base, a float or integer exponent: `lax.pow(x, y)`. */
export function pow(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(powPrimitive, operands(x, y), {})
}

type IntegerPowParams = { readonly y: number }

/** `x` to a fixed whole power, by repeated multiplication. */
export function integerPow(x: ArrayLike, params: IntegerPowParams): JaxArray {
  return bindOne(integerPowPrimitive, operands(x), params)
}

/** Square root: `lax.sqrt(x)`. */
export function sqrt(x: ArrayLike): JaxArray {
  return bindOne(sqrtPrimitive, operands(x), {})
}

/** One over the square root: `lax.rsqrt(x)`. */
export function rsqrt(x: ArrayLike): JaxArray {
  return bindOne(rsqrtPrimitive, operands(x), {})
}

/** Cube root: `lax.cbrt(x)`. */
export function cbrt(x: ArrayLike): JaxArray {
  return bindOne(cbrtPrimitive, operands(x), {})
}

/** `x`, with zeros replaced by ones so that a logarithm or quotient stays finite. */
function withoutZeros(x: JaxArray): JaxArray {
  return select(eq(x, constant(x, 0)), fullLike(x, 1), x)
}

const powKernel = binaryKernel({ any: power }, { complex: complexPower })

export const powPrimitive: Primitive = definePrimitive({
  name: 'pow',
  cost: transcendentalEach,
  inferSharding: spreadPointwise(),
  abstractEval([x, y]) {
    if (!isInexact(x.dtype) || !(isInteger(y.dtype) || y.dtype === x.dtype)) {
      throw new JaxTypeError(
        `pow takes a float or complex base and an exponent of the same dtype or of an integer one, got ${x.dtype} and ${y.dtype}.`,
      )
    }
    return [new ShapedArray(broadcastShapes('pow', [x, y]), x.dtype, x.weakType && y.weakType)]
  },
  impl: ([x, y], _params, [out]) => [powKernel([x, convertHost(y, x.dtype)], out.shape, out.dtype)],
  jvp: jvpOf(
    () => powPrimitive,
    [
      (g, ans, [weakX, weakY]) => {
        const x = convertElementType(weakX, weakX.dtype)
        if (!isInteger(weakY.dtype)) {
          const y = convertElementType(weakY, weakY.dtype)
          return mul(g, mul(y, pow(x, sub(y, fullLike(y, 1)))))
        }
        const y = weakY
        const base = broadcastTo(x, ans.shape)
        const exponent = broadcastTo(convertElementType(y, x.dtype), ans.shape)
        const slope = select(
          eq(exponent, constant(exponent, 0)),
          fullLike(exponent, 0),
          mul(withoutZeros(exponent), pow(base, sub(exponent, fullLike(exponent, 1)))),
        )
        return mul(g, slope)
      },
      (g, ans, [x, y]) => convertElementType(mul(g, mul(log(withoutZeros(x)), ans)), y.dtype),
    ],
  ),
  batch: broadcastingBatch(() => powPrimitive),
})

const integerPowKernels = new Map<number, ElementwiseKernel>()

function integerPowKernel(exponent: number): ElementwiseKernel {
  let kernel = integerPowKernels.get(exponent)
  if (kernel === undefined) {
    kernel = unaryKernel(
      { float: floatPower(exponent), any: (x) => powerOfInteger(x, exponent) },
      { wide: (x) => powerWide(x, BigInt(exponent)), complex: (z) => complexIntegerPower(z, exponent) },
    )
    integerPowKernels.set(exponent, kernel)
  }
  return kernel
}

function floatPower(exponent: number): (x: number) => number {
  switch (exponent) {
    case 2:
      return (x) => x * x
    case 3:
      return (x) => x * x * x
    case -1:
      return (x) => 1 / x
    case -2:
      return (x) => 1 / (x * x)
    default:
      return (x) => x ** exponent
  }
}

export const integerPowPrimitive = elementwisePrimitive<IntegerPowParams>({
  name: 'integer_pow',
  cost: (_avals, { y }, [out]) => ({
    flops: out.size * Math.max(1, Math.ceil(Math.log2(Math.max(1, Math.abs(y)))) + (y < 0 ? 1 : 0)),
  }),
  accepts: ['number'],
  kernel: (args, shape, dtype, { y }) => integerPowKernel(y)(args, shape, dtype),
  check([x], { y }) {
    if (y < 0 && isInteger(x.dtype)) {
      throw new JaxTypeError(`Integers cannot be raised to negative powers, got integer_pow(${x.toString()}, ${y}).`, {
        hint: 'Make the base a float.',
      })
    }
  },
  jvp: [
    (g, _ans, [x], { y }) => {
      if (y === 0) return fullLike(g, 0)
      if (y === 1) return g
      if (y === 2) return mul(g, mul(constant(x, 2), x))
      return mul(g, mul(constant(x, y), integerPow(x, { y: y - 1 })))
    },
  ],
})

export const sqrtPrimitive = elementwisePrimitive({
  name: 'sqrt',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.sqrt }, { complex: complexSqrt }),
  jvp: [(g, ans, [x]) => mul(g, div(constant(x, 0.5), ans))],
})

export const rsqrtPrimitive = elementwisePrimitive({
  name: 'rsqrt',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: (x) => 1 / Math.sqrt(x) }, { complex: complexRsqrt }),
  jvp: [(g, ans, [x]) => mul(g, mul(constant(x, -0.5), div(ans, x)))],
})

export const cbrtPrimitive = elementwisePrimitive({
  name: 'cbrt',
  cost: transcendentalEach,
  accepts: ['float'],
  kernel: unaryKernel({ any: Math.cbrt }),
  jvp: [(g, ans, [x]) => mul(g, mul(constant(x, 1 / 3), integerPow(ans, { y: -2 })))],
})

export const powerPrimitives: readonly Primitive[] = [
  powPrimitive,
  integerPowPrimitive,
  sqrtPrimitive,
  rsqrtPrimitive,
  cbrtPrimitive,
]
