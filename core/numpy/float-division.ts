import * as lax from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd } from '../primitives/elementwise-bitwise.ts'
import { eq, ne } from '../primitives/elementwise-comparison.ts'
import { RoundingMethod, round } from '../primitives/elementwise-rounding.ts'
import { constant } from '../primitives/operand.ts'
import { select } from '../primitives/selection.ts'
import type { JaxArray } from '../tracing/array.ts'
import { calledAs } from './called-as.ts'
import { broadcastArrays } from './shape.ts'

/** Quotient rounded down, and the rest with the sign of the divisor, of floats. */
export function floatDivmod(a: JaxArray, b: JaxArray): [quotient: JaxArray, rest: JaxArray] {
  const truncated = lax.rem(a, b)
  // The remainder by zero is NaN, but the quotient is an infinity with a sign.
  const byZero = eq(b, constant(b, 0))
  const dividend = calledAs('_where', chosen, byZero, a, lax.sub(a, truncated))
  const quotient = lax.div(dividend, b)
  const wrongSign = bitwiseAnd(ne(truncated, constant(truncated, 0)), ne(lax.sign(b), lax.sign(truncated)))
  const [over, divisor] = [wrongSign, broadcastLike(b, truncated)]
  const rest = select(over, lax.add(truncated, divisor), truncated)
  const floored = select(over, lax.sub(quotient, 1), quotient)
  return [round(floored, { rounding_method: RoundingMethod.AWAY_FROM_ZERO }), rest]
}

/** One condition for all, or one for each element. */
function chosen(condition: JaxArray, x: JaxArray, y: JaxArray): JaxArray {
  return select(condition.ndim === 0 ? condition : broadcastLike(condition, y), broadcastLike(x, y), y)
}

function broadcastLike(x: JaxArray, like: JaxArray): JaxArray {
  return broadcastArrays(x, like)[0]
}
