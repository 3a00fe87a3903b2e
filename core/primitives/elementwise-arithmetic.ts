import {
  complexAbs,
  complexAdd,
  complexDivide,
  complexMaximum,
  complexMinimum,
  complexMultiply,
  complexNegative,
  complexSign,
  complexSubtract,
} from '../compiler/reference/complex-functions.ts'
import { binaryKernel, unaryKernel } from '../compiler/reference/elementwise.ts'
import { maximum, minimum } from '../compiler/reference/floating-point.ts'
import { divideIntegers, remainderOfIntegers } from '../compiler/reference/integer-arithmetic.ts'
import {
  absWide,
  divideWide,
  maximumWide,
  minimumWide,
  remainderWide,
  signWide,
} from '../compiler/reference/wide-elementwise.ts'
import { isComplex, realPartOf } from '../ir/dtype.ts'
import { sameAval } from '../ir/aval.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Primitive, type Tangent, UndefinedPrimal, Zero, definePrimitive } from '../tracing/primitive.ts'
import { broadcastTo, known, unbroadcast } from './rules.ts'
import { Tracer, bindOne } from '../tracing/trace.ts'
import { JaxTypeError } from '../errors.ts'
import { moveBatchAxis } from './batch-axis.ts'
import { spreadPointwise } from './sharding-rules.ts'
import { conj, real } from './complex.ts'
import { convertElementType } from './conversion.ts'
import { checkDTypes, elementwisePrimitive } from './elementwise.ts'
import { eq, ge } from './elementwise-comparison.ts'
import { integerPow } from './elementwise-power.ts'
import { floor } from './elementwise-rounding.ts'
import { constant, fullLike, operands } from './operand.ts'
import { select } from './selection.ts'
import { addTangents } from './zeros.ts'
import { oneEach } from './costs.ts'

/** The opposite of every element: `lax.neg(x)`. */
export function neg(x: ArrayLike): JaxArray {
  return bindOne(negPrimitive, operands(x), {})
}

/** Elementwise sum of arrays of one dtype: `lax.add(x, y)`. */
export function add(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(addPrimitive, operands(x, y), {})
}

/** Elementwise difference: `lax.sub(x, y)`. */
export function sub(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(subPrimitive, operands(x, y), {})
}

/** Elementwise product: `lax.mul(x, y)`. */
export function mul(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(mulPrimitive, operands(x, y), {})
}

/** Elementwise quotient; integers are truncated towards zero: `lax.div(x, y)`. */
export function div(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(divPrimitive, operands(x, y), {})
}

/** Elementwise remainder with the sign of the dividend: `lax.rem(-7, 3)` is -1. */
export function rem(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(remPrimitive, operands(x, y), {})
}

/** Elementwise larger of two; NaN wins: `lax.max(x, y)`. */
export function max(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(maxPrimitive, operands(x, y), {})
}

/** Elementwise smaller of two; NaN wins: `lax.min(x, y)`. */
export function min(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(minPrimitive, operands(x, y), {})
}

/** Elementwise magnitude: `lax.abs(x)`. */
export function abs(x: ArrayLike): JaxArray {
  return bindOne(absPrimitive, operands(x), {})
}

/** -1, 0 or 1 by the sign of every element: `lax.sign(x)`. */
export function sign(x: ArrayLike): JaxArray {
  return bindOne(signPrimitive, operands(x), {})
}

/** Every element times itself: `lax.square(x)`. */
export function square(x: ArrayLike): JaxArray {
  return bindOne(squarePrimitive, operands(x), {})
}

/** The sum of two tangents or cotangents of one value. What transformations write where gradients meet. */
export function addAny(x: JaxArray, y: JaxArray): JaxArray {
  // As in JAX: computed at once the sum is strongly typed where one operand is, staged it is as weak as its first.
  const swapped = x.weakType && !y.weakType && !(x instanceof Tracer) && !(y instanceof Tracer)
  return bindOne(addAnyPrimitive, swapped ? [y, x] : [x, y], {})
}

/** One over every element, as a division: `lax.reciprocal(x)`. */
export function reciprocal(x: ArrayLike): JaxArray {
  const [value] = operands(x)
  return integerPow(value, { y: -1 })
}

export const negPrimitive = elementwisePrimitive({
  name: 'neg',
  accepts: ['number'],
  kernel: unaryKernel({ any: (x) => -x }, { wide: (x) => -x, complex: complexNegative }),
  jvp: 'linear',
  transpose: ([ct]) => [ct instanceof Zero ? ct : neg(ct)],
})

/** The cotangent of an operand that the equation passes on as it is, or with `change` applied. */
function passed(ct: Tangent, operand: JaxArray | UndefinedPrimal, change: (ct: JaxArray) => JaxArray): Tangent | null {
  if (!(operand instanceof UndefinedPrimal)) return null
  return ct instanceof Zero ? new Zero(operand.aval) : unbroadcast(operand.aval, change(ct))
}

const same = (ct: JaxArray): JaxArray => ct

/** The jvp of a sum or difference: one equation of its own kind on the tangents, or the one tangent there is. */
function sumJvp(combine: (x: JaxArray, y: JaxArray) => JaxArray, ofRight: (t: JaxArray) => JaxArray) {
  return ([x, y]: readonly JaxArray[], [dx, dy]: readonly Tangent[]) => {
    const out = combine(x, y)
    const tangent = ((): Tangent => {
      if (dx instanceof Zero) return dy instanceof Zero ? new Zero(out.aval) : broadcastTo(ofRight(dy), out.shape)
      return dy instanceof Zero ? broadcastTo(dx, out.shape) : combine(dx, dy)
    })()
    return { primals: [out], tangents: [tangent] }
  }
}

const sumOf = binaryKernel({ any: (x, y) => x + y }, { wide: (x, y) => x + y, complex: complexAdd })

export const addPrimitive = elementwisePrimitive({
  name: 'add',
  accepts: ['number', 'number'],
  kernel: sumOf,
  jvp: sumJvp(add, same),
  transpose: ([ct], [x, y]) => [passed(ct, x, same), passed(ct, y, same)],
})

export const subPrimitive = elementwisePrimitive({
  name: 'sub',
  accepts: ['number', 'number'],
  kernel: binaryKernel({ any: (x, y) => x - y }, { wide: (x, y) => x - y, complex: complexSubtract }),
  jvp: sumJvp(sub, neg),
  transpose: ([ct], [x, y]) => [passed(ct, x, same), passed(ct, y, neg)],
})

export const mulPrimitive = elementwisePrimitive({
  name: 'mul',
  accepts: ['number', 'number'],
  kernel: binaryKernel({ float: (x, y) => x * y, any: Math.imul }, { wide: (x, y) => x * y, complex: complexMultiply }),
  jvp: [(g, _ans, [, y]) => mul(g, y), (g, _ans, [x]) => mul(x, g)],
  transpose: ([ct], [x, y]) =>
    x instanceof UndefinedPrimal
      ? [passed(ct, x, (t) => mul(t, known(y, 'mul'))), null]
      : [null, passed(ct, y, (t) => mul(x, t))],
})

export const divPrimitive = elementwisePrimitive({
  name: 'div',
  accepts: ['number', 'number'],
  kernel: binaryKernel({ float: (x, y) => x / y, any: divideIntegers }, { wide: divideWide, complex: complexDivide }),
  jvp: [(g, _ans, [, y]) => div(g, y), (g, _ans, [x, y]) => mul(mul(neg(g), x), integerPow(y, { y: -2 }))],
  transpose: ([ct], [x, y]) => [passed(ct, x, (t) => div(t, known(y, 'div'))), null],
})

export const remPrimitive = elementwisePrimitive({
  name: 'rem',
  accepts: ['real', 'real'],
  kernel: binaryKernel({ float: (x, y) => x % y, any: remainderOfIntegers }, { wide: remainderWide }),
  jvp: [
    (g, ans) => broadcastTo(g, ans.shape),
    (g, _ans, [x, y]) => mul(neg(g), mul(sign(div(x, y)), floor(abs(div(x, y))))),
  ],
})

/** 1 where `x` is the chosen one, a half where both operands are, else 0. */
export function chosenShare(x: JaxArray, ans: JaxArray, other: JaxArray): JaxArray {
  return div(
    select(eq(x, ans), fullLike(ans, 1), fullLike(ans, 0)),
    select(eq(other, ans), fullLike(ans, 2), fullLike(ans, 1)),
  )
}

export const maxPrimitive = elementwisePrimitive({
  name: 'max',
  accepts: ['bool or number', 'bool or number'],
  kernel: binaryKernel({ any: maximum }, { wide: maximumWide, complex: complexMaximum }),
  jvp: [(g, ans, [x, y]) => mul(g, chosenShare(x, ans, y)), (g, ans, [x, y]) => mul(g, chosenShare(y, ans, x))],
})

export const minPrimitive = elementwisePrimitive({
  name: 'min',
  accepts: ['bool or number', 'bool or number'],
  kernel: binaryKernel({ any: minimum }, { wide: minimumWide, complex: complexMinimum }),
  jvp: [(g, ans, [x, y]) => mul(g, chosenShare(x, ans, y)), (g, ans, [x, y]) => mul(g, chosenShare(y, ans, x))],
})

export const absPrimitive = elementwisePrimitive({
  name: 'abs',
  accepts: ['signed'],
  result: realPartOf,
  kernel: unaryKernel({ any: Math.abs }, { wide: absWide, complex: complexAbs }),
  jvp: [
    (g, ans, [x]) =>
      isComplex(x.dtype)
        ? real(mul(g, div(conj(x), replaceZero(convertElementType(ans, x.dtype)))))
        : select(ge(x, constant(x, 0)), g, neg(g)),
  ],
})

/** One in place of zero, for a divisor whose zeros do not matter. */
function replaceZero(x: JaxArray): JaxArray {
  return select(eq(x, constant(x, 0)), fullLike(x, 1), x)
}

export const signPrimitive = elementwisePrimitive({
  name: 'sign',
  accepts: ['number'],
  kernel: unaryKernel({ any: Math.sign }, { wide: signWide, complex: complexSign }),
  jvp: 'zero',
})

export const squarePrimitive = elementwisePrimitive({
  name: 'square',
  accepts: ['number'],
  kernel: unaryKernel(
    { float: (x) => x * x, any: (x) => Math.imul(x, x) },
    { wide: (x) => x * x, complex: (z) => complexMultiply(z, z) },
  ),
  jvp: [(g, _ans, [x]) => mul(g, mul(constant(x, 2), x))],
})

export const addAnyPrimitive: Primitive = definePrimitive({
  name: 'add_any',
  cost: oneEach,
  inferSharding: spreadPointwise(),
  abstractEval([x, y]) {
    checkDTypes('add_any', [x, y], ['number', 'number'])
    if (sameAval(x, y)) return [x]
    throw new JaxTypeError(`internal: cannot sum tangents of types ${x.toString()} and ${y.toString()}.`)
  },
  impl: (args, _params, [out]) => [sumOf(args, out.shape, out.dtype)],
  jvp: (primals, [dx, dy]) => ({ primals: [addAny(primals[0], primals[1])], tangents: [addTangents(dx, dy)] }),
  transpose: ([ct], [x, y]) => [passed(ct, x, same), passed(ct, y, same)],
  batch([x, y], [dx, dy]) {
    const dim = dy ?? dx
    if (dim === null) throw new Error('internal: batching rule called without a mapped operand')
    const size = dy === null ? x.shape[dim] : y.shape[dim]
    return { outputs: [addAny(moveBatchAxis(x, dx, dim, size), moveBatchAxis(y, dy, dim, size))], dims: [dim] }
  },
})

export const arithmeticPrimitives: readonly Primitive[] = [
  negPrimitive,
  addPrimitive,
  subPrimitive,
  mulPrimitive,
  divPrimitive,
  remPrimitive,
  maxPrimitive,
  minPrimitive,
  absPrimitive,
  signPrimitive,
  squarePrimitive,
  addAnyPrimitive,
]
