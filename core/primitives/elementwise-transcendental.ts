import {
  complexAcos,
  complexAcosh,
  complexAsin,
  complexAsinh,
  complexAtan,
  complexAtanh,
  complexCos,
  complexCosh,
  complexExp,
  complexExpm1,
  complexLog,
  complexLog1p,
  complexLogistic,
  complexSin,
  complexSinh,
  complexTan,
  complexTanh,
} from '../compiler/reference/complex-functions.ts'
import { binaryKernel, unaryKernel } from '../compiler/reference/elementwise.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import type { Primitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { add, div, mul, neg, reciprocal, square, sub } from './elementwise-arithmetic.ts'
import { elementwisePrimitive } from './elementwise.ts'
import { rsqrt } from './elementwise-power.ts'
import { constant, operands } from './operand.ts'
import { transcendentalEach } from './costs.ts'

/** e to the power of every element: `lax.exp(x)`. */
export function exp(x: ArrayLike): JaxArray {
  return bindOne(expPrimitive, operands(x), {})
}

/** 2 to the power of every element: `lax.exp2(x)`. */
export function exp2(x: ArrayLike): JaxArray {
  return bindOne(exp2Primitive, operands(x), {})
}

/** `exp(x) - 1`, accurate near 0: `lax.expm1(x)`. */
export function expm1(x: ArrayLike): JaxArray {
  return bindOne(expm1Primitive, operands(x), {})
}

/** Natural logarithm: `lax.log(x)`. */
export function log(x: ArrayLike): JaxArray {
  return bindOne(logPrimitive, operands(x), {})
}

/** `log(1 + x)`, accurate near 0: `lax.log1p(x)`. */
export function log1p(x: ArrayLike): JaxArray {
  return bindOne(log1pPrimitive, operands(x), {})
}

/** Sine: `lax.sin(x)`. */
export function sin(x: ArrayLike): JaxArray {
  return bindOne(sinPrimitive, operands(x), {})
}

/** Cosine: `lax.cos(x)`. */
export function cos(x: ArrayLike): JaxArray {
  return bindOne(cosPrimitive, operands(x), {})
}

/** Tangent: `lax.tan(x)`. */
export function tan(x: ArrayLike): JaxArray {
  return bindOne(tanPrimitive, operands(x), {})
}

/** Inverse sine: `lax.asin(x)`. */
export function asin(x: ArrayLike): JaxArray {
  return bindOne(asinPrimitive, operands(x), {})
}

/** Inverse cosine: `lax.acos(x)`. */
export function acos(x: ArrayLike): JaxArray {
  return bindOne(acosPrimitive, operands(x), {})
}

/** Inverse tangent: `lax.atan(x)`. */
export function atan(x: ArrayLike): JaxArray {
  return bindOne(atanPrimitive, operands(x), {})
}

/** Hyperbolic sine: `lax.sinh(x)`. */
export function sinh(x: ArrayLike): JaxArray {
  return bindOne(sinhPrimitive, operands(x), {})
}

/** Hyperbolic cosine: `lax.cosh(x)`. */
export function cosh(x: ArrayLike): JaxArray {
  return bindOne(coshPrimitive, operands(x), {})
}

/** Hyperbolic tangent: `lax.tanh(x)`. */
export function tanh(x: ArrayLike): JaxArray {
  return bindOne(tanhPrimitive, operands(x), {})
}

/** Inverse hyperbolic sine: `lax.asinh(x)`. */
export function asinh(x: ArrayLike): JaxArray {
  return bindOne(asinhPrimitive, operands(x), {})
}

/** Inverse hyperbolic cosine: `lax.acosh(x)`. */
export function acosh(x: ArrayLike): JaxArray {
  return bindOne(acoshPrimitive, operands(x), {})
}

/** Inverse hyperbolic tangent: `lax.atanh(x)`. */
export function atanh(x: ArrayLike): JaxArray {
  return bindOne(atanhPrimitive, operands(x), {})
}

/** The logistic function `1 / (1 + exp(-x))`: `lax.logistic(x)`. */
export function logistic(x: ArrayLike): JaxArray {
  return bindOne(logisticPrimitive, operands(x), {})
}

/** The angle of the point (y, x) seen from the origin: `lax.atan2(y, x)`. */
export function atan2(y: ArrayLike, x: ArrayLike): JaxArray {
  return bindOne(atan2Primitive, operands(y, x), {})
}

export const expPrimitive = elementwisePrimitive({
  name: 'exp',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.exp }, { complex: complexExp }),
  jvp: [(g, ans) => mul(g, ans)],
})

export const exp2Primitive = elementwisePrimitive({
  name: 'exp2',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel(
    { any: (x) => 2 ** x },
    { complex: (z) => complexExp({ re: z.re * Math.LN2, im: z.im * Math.LN2 }) },
  ),
  jvp: [(g, ans, [x]) => mul(log(constant(x, 2)), mul(g, ans))],
})

export const expm1Primitive = elementwisePrimitive({
  name: 'expm1',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.expm1 }, { complex: complexExpm1 }),
  jvp: [(g, ans) => mul(g, add(ans, constant(ans, 1)))],
})

export const logPrimitive = elementwisePrimitive({
  name: 'log',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.log }, { complex: complexLog }),
  jvp: [(g, _ans, [x]) => div(g, x)],
})

export const log1pPrimitive = elementwisePrimitive({
  name: 'log1p',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.log1p }, { complex: complexLog1p }),
  jvp: [(g, _ans, [x]) => div(g, add(x, constant(x, 1)))],
})

export const sinPrimitive = elementwisePrimitive({
  name: 'sin',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.sin }, { complex: complexSin }),
  jvp: [(g, _ans, [x]) => mul(g, cos(x))],
})

export const cosPrimitive = elementwisePrimitive({
  name: 'cos',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.cos }, { complex: complexCos }),
  jvp: [(g, _ans, [x]) => neg(mul(g, sin(x)))],
})

export const tanPrimitive = elementwisePrimitive({
  name: 'tan',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.tan }, { complex: complexTan }),
  jvp: [(g, ans, [x]) => mul(g, add(constant(x, 1), square(ans)))],
})

export const asinPrimitive = elementwisePrimitive({
  name: 'asin',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.asin }, { complex: complexAsin }),
  jvp: [(g, _ans, [x]) => mul(g, rsqrt(sub(constant(x, 1), square(x))))],
})

export const acosPrimitive = elementwisePrimitive({
  name: 'acos',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.acos }, { complex: complexAcos }),
  jvp: [(g, _ans, [x]) => mul(g, neg(rsqrt(sub(constant(x, 1), square(x)))))],
})

export const atanPrimitive = elementwisePrimitive({
  name: 'atan',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.atan }, { complex: complexAtan }),
  jvp: [(g, _ans, [x]) => div(g, add(constant(x, 1), square(x)))],
})

export const sinhPrimitive = elementwisePrimitive({
  name: 'sinh',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.sinh }, { complex: complexSinh }),
  jvp: [(g, _ans, [x]) => mul(g, cosh(x))],
})

export const coshPrimitive = elementwisePrimitive({
  name: 'cosh',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.cosh }, { complex: complexCosh }),
  jvp: [(g, _ans, [x]) => mul(g, sinh(x))],
})

export const tanhPrimitive = elementwisePrimitive({
  name: 'tanh',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.tanh }, { complex: complexTanh }),
  jvp: [(g, ans, [x]) => mul(add(g, mul(g, ans)), sub(constant(x, 1), ans))],
})

export const asinhPrimitive = elementwisePrimitive({
  name: 'asinh',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.asinh }, { complex: complexAsinh }),
  jvp: [(g, _ans, [x]) => mul(g, rsqrt(add(square(x), constant(x, 1))))],
})

export const acoshPrimitive = elementwisePrimitive({
  name: 'acosh',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.acosh }, { complex: complexAcosh }),
  jvp: [(g, _ans, [x]) => mul(g, rsqrt(sub(square(x), constant(x, 1))))],
})

export const atanhPrimitive = elementwisePrimitive({
  name: 'atanh',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: Math.atanh }, { complex: complexAtanh }),
  jvp: [(g, _ans, [x]) => mul(reciprocal(add(constant(x, 1), x)), div(g, sub(constant(x, 1), x)))],
})

export const logisticPrimitive = elementwisePrimitive({
  name: 'logistic',
  cost: transcendentalEach,
  accepts: ['inexact'],
  kernel: unaryKernel({ any: (x) => 1 / (1 + Math.exp(-x)) }, { complex: complexLogistic }),
  jvp: [(g, ans) => mul(g, mul(ans, sub(constant(ans, 1), ans)))],
})

export const atan2Primitive = elementwisePrimitive({
  name: 'atan2',
  cost: transcendentalEach,
  accepts: ['float', 'float'],
  kernel: binaryKernel({ any: Math.atan2 }),
  jvp: [
    (g, _ans, [x, y]) => mul(g, div(y, add(square(x), square(y)))),
    (g, _ans, [x, y]) => mul(g, div(neg(x), add(square(x), square(y)))),
  ],
})

export const transcendentalPrimitives: readonly Primitive[] = [
  expPrimitive,
  exp2Primitive,
  expm1Primitive,
  logPrimitive,
  log1pPrimitive,
  sinPrimitive,
  cosPrimitive,
  tanPrimitive,
  asinPrimitive,
  acosPrimitive,
  atanPrimitive,
  sinhPrimitive,
  coshPrimitive,
  tanhPrimitive,
  asinhPrimitive,
  acoshPrimitive,
  atanhPrimitive,
  logisticPrimitive,
  atan2Primitive,
]
