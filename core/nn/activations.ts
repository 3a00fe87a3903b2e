import { calledAs } from '../numpy/called-as.ts'
import { power } from '../numpy/arithmetic.ts'
import { greater, greaterEqual, less } from '../numpy/logic.ts'
import { promoteToFloat } from '../numpy/promotion.ts'
import { where } from '../numpy/selection.ts'
import { maximum, minimum, multiply } from '../numpy/arithmetic.ts'
import { logaddexp } from '../numpy/transcendental.ts'
import { abs, add, div, max, min, mul, neg } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd } from '../primitives/elementwise-bitwise.ts'
import { gt, lt } from '../primitives/elementwise-comparison.ts'
import { sqrt } from '../primitives/elementwise-power.ts'
import { erfc } from '../primitives/elementwise-special.ts'
import { expm1, logistic, tanh as tangent } from '../primitives/elementwise-transcendental.ts'
import { constant, strongConstant, fullLike } from '../primitives/operand.ts'
import { select } from '../primitives/selection.ts'
import { split } from '../numpy/joining.ts'
import type { ArrayLike, JaxArray } from '../tracing/array.ts'
import { currentTrace } from '../tracing/trace.ts'

/**
 * The positive part: `max(x, 0)`, whose derivative at 0 is 0.
 *
 * @example
 * nn.relu(jnp.array([-1, 2])).tolist() // [0, 2]
 */
export function relu(x: ArrayLike): JaxArray {
  return clamped(
    'relu',
    x,
    (a) => max(a, 0),
    (a) => gt(a, 0),
  )
}

/** A piecewise function with slope 1 where `inside` holds and 0 elsewhere, also at the corners. */
function clamped(
  name: string,
  x: ArrayLike,
  value: (x: JaxArray) => JaxArray,
  inside: (x: JaxArray) => JaxArray,
): JaxArray {
  const fun = (a: JaxArray): JaxArray[] => [calledAs(name, value, a)]
  const jvp = (a: JaxArray, da: JaxArray): JaxArray[] => [
    clamped(name, a, value, inside),
    select(inside(a), da, fullLike(da, 0)),
  ]
  const [out] = currentTrace().processCustomJvp({ name, fun, jvp }, promoted(name, x))
  return out
}

/** Integers stay integers where the function maps them to integers. */
function promoted(name: string, x: ArrayLike): [JaxArray] {
  return typeof x === 'object' && x.dtype !== 'bool' ? [x] : [promoteToFloat(name, x)[0]]
}

/**
 * `min(max(x, 0), 6)`.
 *
 * @example
 * nn.relu6(7).item() // 6
 */
export function relu6(x: ArrayLike): JaxArray {
  return clamped(
    'relu6',
    x,
    (a) => min(max(a, constant(a, 0)), constant(a, 6)),
    (a) => bitwiseAnd(gt(a, constant(a, 0)), lt(a, constant(a, 6))),
  )
}

/**
 * The logistic function `1 / (1 + exp(-x))`.
 *
 * @example
 * nn.sigmoid(0).item() // 0.5
 */
export function sigmoid(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('sigmoid', x)
  return logistic(value)
}

/**
 * `log(1 + exp(x))`, a smooth `relu`.
 *
 * @example
 * nn.softplus(0).item() // 0.6931472
 */
export function softplus(x: ArrayLike): JaxArray {
  return calledAs('softplus', (a) => logaddexp(a, 0), ...promoteToFloat('softplus', x))
}

/**
 * `sqrt(x² + b) / 2 + x / 2`, a `softplus` without exponentials.
 *
 * @example
 * nn.squareplus(0).item() // 1
 */
export function squareplus(x: ArrayLike, b: ArrayLike = 4): JaxArray {
  const [value, smoothing] = promoteToFloat('squareplus', x, b)
  return mul(add(value, sqrt(add(mul(value, value), smoothing))), constant(value, 0.5))
}

/**
 * Logarithm of the sigmoid, without underflow on the way.
 *
 * @example
 * nn.logSigmoid(0).item() // -0.6931472
 */
export function logSigmoid(x: ArrayLike): JaxArray {
  return calledAs('log_sigmoid', (a) => neg(softplus(neg(a))), ...promoteToFloat('logSigmoid', x))
}

/**
 * `x * sigmoid(x)`.
 *
 * @example
 * nn.silu(0).item() // 0
 */
export function silu(x: ArrayLike): JaxArray {
  return calledAs('silu', (a) => mul(a, sigmoid(a)), ...promoteToFloat('silu', x))
}

/**
 * `x * tanh(softplus(x))`.
 *
 * @example
 * nn.mish(0).item() // 0
 */
export function mish(x: ArrayLike): JaxArray {
  return calledAs('mish', (a) => mul(a, tangent(softplus(a))), ...promoteToFloat('mish', x))
}

/**
 * `x / (|x| + 1)`.
 *
 * @example
 * nn.softSign(1).item() // 0.5
 */
export function softSign(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('softSign', x)
  return div(value, add(abs(value), constant(value, 1)))
}

/**
 * `x` where positive, else `alpha * (exp(x) - 1)`.
 *
 * @example
 * nn.elu(1).item() // 1
 */
export function elu(x: ArrayLike, alpha: ArrayLike = 1): JaxArray {
  return calledAs(
    'elu',
    (a, scale) => {
      // Only negative values reach the exponential, which would overflow and spoil the derivative elsewhere.
      const negative = where(greater(a, 0), 0, a)
      return where(greater(a, 0), a, multiply(scale, expm1(negative)))
    },
    ...promoteToFloat('elu', x, alpha),
  )
}

/**
 * `max(x, 0) + alpha * (exp(min(x, 0) / alpha) - 1)`.
 *
 * @example
 * nn.celu(1).item() // 1
 */
export function celu(x: ArrayLike, alpha: ArrayLike = 1): JaxArray {
  const [value, scale] = promoteToFloat('celu', x, alpha)
  return add(maximum(value, 0), mul(scale, expm1(div(minimum(value, 0), scale))))
}

/**
 * The self-normalising `elu`.
 *
 * @example
 * nn.selu(1).item() // 1.050701
 */
export function selu(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('selu', x)
  return mul(constant(value, 1.0507009873554805), elu(value, 1.6732632423543772))
}

/**
 * `x` where positive, else `negativeSlope * x`.
 *
 * @example
 * nn.leakyRelu(-1).item() // -0.01
 */
export function leakyRelu(
  x: ArrayLike,
  negativeSlope: number | JaxArray | { readonly negativeSlope?: ArrayLike } = 0.01,
): JaxArray {
  const slope =
    typeof negativeSlope === 'object' && 'negativeSlope' in negativeSlope ? negativeSlope.negativeSlope : null
  const [value, factor] = promoteToFloat('leakyRelu', x, slope ?? slopeOf(negativeSlope))
  return calledAs('leaky_relu', (a, b) => where(greaterEqual(a, 0), a, multiply(b, a)), value, factor)
}

function slopeOf(slope: number | JaxArray | { readonly negativeSlope?: ArrayLike }): ArrayLike {
  return typeof slope === 'number' || 'aval' in slope ? slope : 0.01
}

/**
 * `x` limited to the range from -1 to 1.
 *
 * @example
 * nn.hardTanh(3).item() // 1
 */
export function hardTanh(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('hardTanh', x)
  return calledAs('hard_tanh', (a) => where(greater(a, 1), 1, where(less(a, -1), -1, a)), value)
}

/**
 * `relu6(x + 3) / 6`.
 *
 * @example
 * nn.hardSigmoid(0).item() // 0.5
 */
export function hardSigmoid(x: ArrayLike): JaxArray {
  const [value] = promoteToFloat('hardSigmoid', x)
  return calledAs('hard_sigmoid', (a) => div(relu6(add(a, constant(a, 3))), constant(a, 6)), value)
}

/**
 * `x * hardSigmoid(x)`.
 *
 * @example
 * nn.hardSilu(3).item() // 3
 */
export function hardSilu(x: ArrayLike): JaxArray {
  return calledAs('hard_silu', (a) => mul(a, hardSigmoid(a)), ...promoteToFloat('hardSilu', x))
}

/**
 * `x` times the probability that a standard normal variable is below `x`; by a tanh unless `approximate` is false.
 *
 * @example
 * nn.gelu(1).item() // 0.841192
 */
export function gelu(x: ArrayLike, approximate: boolean | { readonly approximate?: boolean } = true): JaxArray {
  const byTanh = typeof approximate === 'boolean' ? approximate : (approximate.approximate ?? true)
  const [value] = promoteToFloat('gelu', x)
  if (!byTanh) {
    const half = mul(constant(value, 0.5), value)
    return multiply(half, erfc(multiply(neg(value), strongConstant(value, Math.SQRT1_2))))
  }
  const inner = add(value, mul(constant(value, 0.044715), power(value, 3)))
  const scaled = multiply(strongConstant(value, Math.sqrt(2 / Math.PI)), inner)
  return multiply(value, mul(constant(scaled, 0.5), add(constant(scaled, 1), tangent(scaled))))
}

/**
 * The first half of an axis, gated by the sigmoid of the second.
 *
 * @example
 * nn.glu(jnp.array([2, 0])).tolist() // [1]
 */
export function glu(x: ArrayLike, axis: number | { readonly axis?: number } = -1): JaxArray {
  const [value] = promoteToFloat('glu', x)
  const [first, gate] = split(value, 2, typeof axis === 'number' ? axis : (axis.axis ?? -1))
  return mul(first, sigmoid(gate))
}

/**
 * The array itself.
 *
 * @example
 * nn.identity(3).item() // 3
 */
export function identity(x: ArrayLike): JaxArray {
  return promoted('identity', x)[0]
}

/**
 * Hyperbolic tangent.
 *
 * @example
 * nn.tanh(0).item() // 0
 */
export function tanh(x: ArrayLike): JaxArray {
  return tangent(promoteToFloat('tanh', x)[0])
}

export { hardSilu as hardSwish, silu as swish }
