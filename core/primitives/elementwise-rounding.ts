import { unaryKernel, binaryKernel } from '../compiler/reference/elementwise.ts'
import {
  nextAfter,
  reducePrecision as reducePrecisionOp,
  roundAway,
  roundEven,
} from '../compiler/reference/floating-point.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { type Primitive, Zero } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { ValueError } from '../errors.ts'
import { elementwisePrimitive } from './elementwise.ts'
import { operands } from './operand.ts'

/** The largest whole number not above each element: `lax.floor(x)`. */
export function floor(x: ArrayLike): JaxArray {
  return bindOne(floorPrimitive, operands(x), {})
}

/** The smallest whole number not below each element: `lax.ceil(x)`. */
export function ceil(x: ArrayLike): JaxArray {
  return bindOne(ceilPrimitive, operands(x), {})
}

/** How `round` treats halves: 0 takes them away from zero, 1 to the even neighbour. */
export const RoundingMethod = { AWAY_FROM_ZERO: 0, TO_NEAREST_EVEN: 1 } as const

type RoundParams = { readonly rounding_method: 0 | 1 }

/** The nearest whole number. */
export function round(x: ArrayLike, params: RoundParams): JaxArray {
  return bindOne(roundPrimitive, operands(x), params)
}

/** The next number after `x` that the dtype can represent, towards `y`: `lax.nextafter(x, y)`. */
export function nextafter(x: ArrayLike, y: ArrayLike): JaxArray {
  return bindOne(nextafterPrimitive, operands(x, y), {})
}

type ReducePrecisionParams = { readonly exponent_bits: number; readonly mantissa_bits: number }

/** Rounds to a float format with fewer bits, keeping the dtype. */
export function reducePrecision(x: ArrayLike, params: ReducePrecisionParams): JaxArray {
  return bindOne(reducePrecisionPrimitive, operands(x), params)
}

export const floorPrimitive = elementwisePrimitive({
  name: 'floor',
  accepts: ['float'],
  kernel: unaryKernel({ any: Math.floor }),
  jvp: 'zero',
})

export const ceilPrimitive = elementwisePrimitive({
  name: 'ceil',
  accepts: ['float'],
  kernel: unaryKernel({ any: Math.ceil }),
  jvp: 'zero',
})

const awayKernel = unaryKernel({ any: roundAway })
const evenKernel = unaryKernel({ any: roundEven })

export const roundPrimitive = elementwisePrimitive<RoundParams>({
  name: 'round',
  accepts: ['float'],
  kernel: (args, shape, dtype, { rounding_method }) =>
    rounding_method === RoundingMethod.TO_NEAREST_EVEN
      ? evenKernel(args, shape, dtype)
      : awayKernel(args, shape, dtype),
  jvp: 'zero',
})

const nextafterKernel = binaryKernel(nextAfter)
// Kernels compute a bfloat16 in float32, whose next number is another.
const nextafterOfHalvesKernel = binaryKernel(() => nextAfter('bfloat16'))

export const nextafterPrimitive = elementwisePrimitive({
  name: 'nextafter',
  accepts: ['float', 'float'],
  kernel: (args, shape, dtype) =>
    (dtype === 'bfloat16' ? nextafterOfHalvesKernel : nextafterKernel)(args, shape, dtype),
})

export const reducePrecisionPrimitive = elementwisePrimitive<ReducePrecisionParams>({
  name: 'reduce_precision',
  accepts: ['float'],
  kernel: (args, shape, dtype, { exponent_bits, mantissa_bits }) =>
    unaryKernel({ any: reducePrecisionOp(exponent_bits, mantissa_bits) })(args, shape, dtype),
  check(_avals, { exponent_bits, mantissa_bits }) {
    if (exponent_bits < 1 || mantissa_bits < 0) {
      throw new ValueError(
        `reduce_precision: exponent_bits must be positive and mantissa_bits not negative; ` +
          `got exponent_bits=${exponent_bits}, mantissa_bits=${mantissa_bits}`,
      )
    }
  },
  jvp: 'linear',
  transpose: ([ct], _args, params) => [ct instanceof Zero ? ct : reducePrecision(ct, params)],
})

export const roundingPrimitives: readonly Primitive[] = [
  floorPrimitive,
  ceilPrimitive,
  roundPrimitive,
  nextafterPrimitive,
  reducePrecisionPrimitive,
]
