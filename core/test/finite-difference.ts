import { JaxTypeError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { isFloat } from '../ir/dtype.ts'
import { add, div, mul, sub } from '../primitives/elementwise-arithmetic.ts'
import { eq } from '../primitives/elementwise-comparison.ts'
import { constant, fullLike } from '../primitives/operand.ts'
import { select } from '../primitives/selection.ts'
import type { JaxArray } from '../tracing/array.ts'
import { FlatCall, callable, flattenArgs } from '../tree/leaves.ts'
import { checkOptions } from '../tree/options.ts'
import { unflatten } from '../tree/pytree.ts'

/** Half the distance between the two points that a finite difference compares, in units of the direction. */
export const defaultStep = 1e-4

/** A function of a list of arrays, as the checks take it. */
export type Flat = (arrays: readonly JaxArray[]) => JaxArray[]

/** `(f(x + eps t) - f(x - eps t)) / (2 eps)` on flat arrays. Equal infinities differ by nothing. */
export function centralDifference(
  f: Flat,
  primals: readonly JaxArray[],
  tangents: readonly JaxArray[],
  eps: number,
): JaxArray[] {
  const moved = (move: typeof add): JaxArray[] =>
    f(primals.map((x, i) => (isFloat(x.dtype) ? move(x, mul(tangents[i], constant(x, eps))) : x)))
  const [forward, backward] = [moved(add), moved(sub)]
  return forward.map((y, i) => {
    const difference = select(eq(y, backward[i]), fullLike(y, 0), sub(y, backward[i]))
    return isFloat(y.dtype) ? div(difference, constant(y, 2 * eps)) : difference
  })
}

/**
 * The derivative of `f` at the primals along the tangents, by central differences: two evaluations and no
 * differentiation, which is what automatic differentiation is checked against. It has the structure of the
 * value of `f`, and about half the digits of the dtype are right at best.
 *
 * @example
 * test.finiteDifference((x) => x.mul(x), [3], [1]) // near 6
 * test.finiteDifference((x) => jnp.sin(x), [0.5], [2], { eps: 1e-3 }) // near 2 cos 0.5
 */
export function finiteDifference(
  f: (...args: never[]) => unknown,
  primals: unknown[],
  tangents: unknown[],
  options: { readonly eps?: number } = {},
): unknown {
  checkOptions('test.finiteDifference', options, ['eps'])
  if (typeof f !== 'function' || !Array.isArray(primals) || !Array.isArray(tangents)) {
    throw new JaxTypeError('test.finiteDifference takes a function and two lists, one entry an argument.', {
      hint: 'For one argument: test.finiteDifference(f, [x], [t]).',
      lesson: 'D1',
    })
  }
  const at = flattenArgs(primals, 'test.finiteDifference')
  const along = flattenArgs(tangents, 'test.finiteDifference').arrays
  const shapes = (arrays: readonly JaxArray[]): string => arrays.map(({ shape }) => formatShape(shape)).join(', ')
  if (shapes(at.arrays) !== shapes(along)) {
    throw new ValueError(
      `test.finiteDifference: the primals have shapes ${shapes(at.arrays)}, the tangents ${shapes(along)}.`,
      { hint: 'A tangent says how far each element of its primal moves.', lesson: 'D1' },
    )
  }
  const call = new FlatCall(callable(f), at.tree, 'test.finiteDifference')
  const difference = centralDifference((arrays) => call.fun(...arrays), at.arrays, along, options.eps ?? defaultStep)
  return unflatten(call.outTree, difference)
}
