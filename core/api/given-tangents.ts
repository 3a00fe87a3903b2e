import { JaxTypeError, ValueError } from '../errors.ts'
import { sameShape } from '../ir/aval.ts'
import { isInexact } from '../ir/dtype.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type Tangent, Zero } from '../tracing/primitive.ts'
import { arrayOf } from '../tree/leaves.ts'

const float0Hint =
  'The tangent of an integer, a boolean or a key is float0, since it cannot move by a little: pass jnp.zeros(x.shape, dtypes.float0), or close over the value.'
const sameHint = 'Shapes and dtypes of primal and tangent (or output and cotangent) must be the same.'

/** A tangent that the user gives, checked against its primal. What has no tangent is to be given a float0. */
export function givenTangent(leaf: unknown, primal: JaxArray, where: 'jvp' | 'linearize'): Tangent {
  const moves = isInexact(primal.dtype)
  const array = asGiven(leaf, primal, `${where}: tangent`)
  const expected = moves ? primal.dtype : 'float0'
  const [type, shape] = [array.dtype === expected, sameShape(array.shape, primal.shape)]
  if (type && shape) return moves ? array : new Zero(primal.aval)
  const hint = moves ? sameHint : float0Hint
  if (where === 'linearize') {
    throw new ValueError(
      `linearize: the linear function was called on tangent values inconsistent with the original primal values: got tangent ${array.aval.toString()} for primal ${primal.aval.toString()}, but expected ${primal.aval.with({ dtype: expected }).toString()}.`,
      { hint, lesson: 'D1' },
    )
  }
  if (type) {
    throw new ValueError(
      `jvp called with different primal and tangent shapes: the tangent is ${array.aval.toString()}, but the value it belongs to is ${primal.aval.toString()}`,
      { hint, lesson: 'D1' },
    )
  }
  const rule = moves ? 'dtypes must be equal.' : 'of an int or bool primal the tangent dtype must be float0.'
  throw new JaxTypeError(
    `jvp: primal and tangent do not match: ${rule} The primal is ${primal.aval.toString()}, so ${expected} was expected, but the tangent is ${array.aval.toString()}.`,
    { hint, lesson: 'D1' },
  )
}

/** A cotangent that the user gives. Whatever number belongs to an integer changes nothing, and passes as in JAX. */
export function givenCotangent(leaf: unknown, output: JaxArray, where: string): Tangent {
  const moves = isInexact(output.dtype)
  const array = asGiven(leaf, output, `${where}: cotangent`)
  if (sameShape(array.shape, output.shape) && (!moves || array.dtype === output.dtype)) {
    return moves ? array : new Zero(output.aval)
  }
  const expected = output.aval.with({ dtype: moves ? output.dtype : 'float0' }).toString()
  throw new ValueError(
    `${where}: the cotangent is ${array.aval.toString()}, but ${expected} was expected, because the output it belongs to is ${output.aval.toString()}`,
    { hint: moves ? sameHint : float0Hint, lesson: 'D1' },
  )
}

/** A bare number takes the type of the number that it belongs to. */
function asGiven(leaf: unknown, value: JaxArray, where: string): JaxArray {
  if (typeof leaf === 'number' && value.ndim === 0 && isInexact(value.dtype))
    return scalar(leaf, value.dtype, value.weakType)
  return arrayOf(leaf, where)
}
