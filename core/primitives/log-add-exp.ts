import { isComplex } from '../ir/dtype.ts'
import type { JaxArray } from '../tracing/array.ts'
import { currentTrace } from '../tracing/trace.ts'
import { complex, imag, real } from './complex.ts'
import { abs, add, max, mul, neg, rem, sub } from './elementwise-arithmetic.ts'
import { eq, lt, ne } from './elementwise-comparison.ts'
import { exp, log1p } from './elementwise-transcendental.ts'
import { constant, fullLike } from './operand.ts'
import { select } from './selection.ts'

/** log(exp(x) + exp(y)), with a derivative of its own since the two operands are symmetric at a tie. */
export function logaddexp(x: JaxArray, y: JaxArray): JaxArray {
  const [out] = currentTrace().processCustomJvp(
    { name: 'logaddexp', fun: value, jvp: logaddexpTangent, ruleNames: { jvp: '_logaddexp_jvp' } },
    [x, y],
  )
  return out
}

function value(x: JaxArray, y: JaxArray): JaxArray[] {
  const larger = max(x, y)
  if (isComplex(x.dtype)) {
    const rest = sub(add(x, y), mul(larger, constant(larger, 2)))
    const sum = add(larger, log1p(exp(rest)))
    return [complex(real(sum), principalAngle(imag(sum)))]
  }
  const difference = sub(x, y)
  // Infinities of one sign have no difference: their sum is the answer, and NaN passes through it too.
  const undefinedDifference = ne(difference, difference)
  return [select(undefinedDifference, add(x, y), add(larger, log1p(exp(neg(abs(difference))))))]
}

/** The same angle between -π and π. */
function principalAngle(angle: JaxArray): JaxArray {
  const [half, turn] = [constant(angle, Math.PI), constant(angle, 2 * Math.PI)]
  const turned = rem(add(angle, half), turn)
  return sub(select(lt(turned, constant(turned, 0)), add(turned, turn), turned), half)
}

/** Value and tangent of `logaddexp`. */
export function logaddexpTangent(x: JaxArray, y: JaxArray, dx: JaxArray, dy: JaxArray): JaxArray[] {
  const out = logaddexp(x, y)
  const share = (operand: JaxArray, tangent: JaxArray): JaxArray => mul(tangent, exp(sub(finite(operand), finite(out))))
  return [out, add(share(x, dx), share(y, dy))]
}

/** The value, with +∞ replaced by 0 so that differences of infinities do not make NaN. */
function finite(operand: JaxArray): JaxArray {
  return select(eq(operand, constant(operand, Infinity)), fullLike(operand, 0), operand)
}
