import { add, div, mul } from '../../primitives/elementwise-arithmetic.ts'
import { constant, fullLike } from '../../primitives/operand.ts'
import type { JaxArray } from '../../tracing/array.ts'

/** A quotient of polynomials, by their coefficients from the highest power down. */
export interface Rational {
  readonly over: readonly number[]
  readonly under: readonly number[]
}

/** The value of a polynomial by Horner's rule. */
export function polynomial(coefficients: readonly number[], x: JaxArray): JaxArray {
  const [first, ...rest] = coefficients
  return rest.reduce((sum, coefficient) => add(mul(sum, x), constant(x, coefficient)), fullLike(x, first))
}

/** The value of a quotient of polynomials. */
export function rational({ over, under }: Rational, x: JaxArray): JaxArray {
  return under.length === 1 ? polynomial(over, x) : div(polynomial(over, x), polynomial(under, x))
}
