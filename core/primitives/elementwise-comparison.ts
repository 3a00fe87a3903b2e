import { real } from '../compiler/reference/complex-functions.ts'
import { predicate } from '../compiler/reference/wide-elementwise.ts'
import { type ElementwiseKernel, binaryKernel, unaryKernel } from '../compiler/reference/elementwise.ts'
import { hostArray } from '../ir/host-array.ts'
import { kindOf, storageWidth } from '../ir/dtype.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import type { Primitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { expandTo } from '../compiler/reference/broadcast.ts'
import { type Accepted, elementwisePrimitive } from './elementwise.ts'
import { operands } from './operand.ts'
import { inBlocks } from '../runtime/interruption.ts'

/** Where two arrays are equal: `lax.eq(x, y)`. NaN equals nothing. */
export function eq(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(eqPrimitive, operands(x, y), {})
}

/** Where two arrays differ: `lax.ne(x, y)`. */
export function ne(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(nePrimitive, operands(x, y), {})
}

/** Where `x` is less than `y`: `lax.lt(x, y)`. */
export function lt(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(ltPrimitive, operands(x, y), {})
}

/** Where `x` is at most `y`: `lax.le(x, y)`. */
export function le(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(lePrimitive, operands(x, y), {})
}

/** Where `x` is greater than `y`: `lax.gt(x, y)`. */
export function gt(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(gtPrimitive, operands(x, y), {})
}

/** Where `x` is at least `y`: `lax.ge(x, y)`. */
export function ge(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(gePrimitive, operands(x, y), {})
}

/** Where elements are neither infinite nor NaN: `lax.isFinite(x)`. */
export function isFinite(x: ArrayLike): JaxArray {
  return bindOne(isFinitePrimitive, operands(x), {})
}

function comparison(name: string, kernel: ElementwiseKernel, accepts: Accepted = 'ordered'): Primitive {
  return elementwisePrimitive({ name, accepts: [accepts, accepts], kernel, result: 'bool', jvp: 'zero' })
}

/** Keys are equal when all their words are. */
function overKeys(kernel: ElementwiseKernel, whenEqual: number): ElementwiseKernel {
  return (args, shape, dtype) => {
    const width = storageWidth(args[0].dtype)
    if (kindOf(args[0].dtype) !== 'key') return kernel(args, shape, dtype)
    const [x, y] = args.map((arg) => expandTo(arg, shape).data)
    const out = hostArray(shape, dtype)
    inBlocks(out.data.length, (from, to) => {
      for (let i = from; i < to; i++) {
        let equal = true
        for (let word = i * width; word < (i + 1) * width; word++) equal &&= x[word] === y[word]
        out.data[i] = equal ? whenEqual : 1 - whenEqual
      }
    })
    return out
  }
}

export const eqPrimitive = comparison(
  'eq',
  overKeys(
    binaryKernel(
      { any: (x, y) => (x === y ? 1 : 0) },
      { wide: predicate((x, y) => x === y), complex: (z, w) => real(z.re === w.re && z.im === w.im ? 1 : 0) },
    ),
    1,
  ),
  'any',
)

export const nePrimitive = comparison(
  'ne',
  overKeys(
    binaryKernel(
      { any: (x, y) => (x !== y ? 1 : 0) },
      { wide: predicate((x, y) => x !== y), complex: (z, w) => real(z.re === w.re && z.im === w.im ? 0 : 1) },
    ),
    0,
  ),
  'any',
)

export const ltPrimitive = comparison(
  'lt',
  binaryKernel({ any: (x, y) => (x < y ? 1 : 0) }, { wide: predicate((x, y) => x < y) }),
)
export const lePrimitive = comparison(
  'le',
  binaryKernel({ any: (x, y) => (x <= y ? 1 : 0) }, { wide: predicate((x, y) => x <= y) }),
)
export const gtPrimitive = comparison(
  'gt',
  binaryKernel({ any: (x, y) => (x > y ? 1 : 0) }, { wide: predicate((x, y) => x > y) }),
)
export const gePrimitive = comparison(
  'ge',
  binaryKernel({ any: (x, y) => (x >= y ? 1 : 0) }, { wide: predicate((x, y) => x >= y) }),
)

export const isFinitePrimitive = elementwisePrimitive({
  name: 'is_finite',
  accepts: ['float'],
  kernel: unaryKernel({ any: (x) => (x - x === 0 ? 1 : 0) }),
  result: 'bool',
  jvp: 'zero',
})

export const comparisonPrimitives: readonly Primitive[] = [
  eqPrimitive,
  nePrimitive,
  ltPrimitive,
  lePrimitive,
  gtPrimitive,
  gePrimitive,
  isFinitePrimitive,
]
