import { JaxTypeError } from '../errors.ts'
import { isInteger } from '../ir/dtype.ts'
import { whileLoop } from '../lax/loops.ts'
import { div, mul, rem } from '../primitives/elementwise-arithmetic.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { eq, ne } from '../primitives/elementwise-comparison.ts'
import { constant, fullLike } from '../primitives/operand.ts'
import { select } from '../primitives/selection.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { leaves } from '../tree/index.ts'
import { abs } from './arithmetic.ts'
import { promote } from './promotion.ts'
import { any } from './reductions.ts'
import { broadcastArrays } from './shape.ts'

function integerOperands(name: string, x: ArrayLike, y: ArrayLike): JaxArray[] {
  const operands = promote(name, x, y)
  if (isInteger(operands[0].dtype)) return broadcastArrays(...operands)
  throw new JaxTypeError(`jnp.${name} is defined on integers, got ${operands[0].dtype}.`, {
    hint: "Numbers are floats unless told otherwise: jnp.array([…], { dtype: 'int32' }).",
  })
}

/**
 * Greatest common divisor.
 *
 * @example
 * jnp.gcd(jnp.array([12, 7], { dtype: 'int32' }), 18).tolist() // [6, 1]
 */
export function gcd(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = integerOperands('gcd', x, y)
  const going = ([, rest]: [JaxArray, JaxArray]): JaxArray => any(ne(rest, constant(rest, 0)))
  const step = ([value, rest]: [JaxArray, JaxArray]): [JaxArray, JaxArray] => {
    const done = eq(rest, constant(rest, 0))
    return [select(done, value, rest), select(done, fullLike(rest, 0), rem(value, rest))]
  }
  const [divisor] = leaves(whileLoop(going, step, [abs(a), abs(b)]))
  if (!(divisor instanceof JaxArray)) throw new Error('internal: the loop of gcd lost its carry')
  return convertElementType(divisor, divisor.dtype)
}

/**
 * Least common multiple.
 *
 * @example
 * jnp.lcm(jnp.array([4, 6], { dtype: 'int32' }), 10).tolist() // [20, 30]
 */
export function lcm(x: ArrayLike, y: ArrayLike): JaxArray {
  const [a, b] = integerOperands('lcm', x, y).map(abs)
  const divisor = gcd(a, b)
  const none = eq(divisor, constant(divisor, 0))
  return select(none, fullLike(a, 0), mul(a, div(b, select(none, fullLike(b, 1), divisor))))
}
