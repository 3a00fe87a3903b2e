import { ConcretizationTypeError } from '../errors.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'

function concrete(x: JaxArray, method: string): ConcreteArray {
  if (x instanceof ConcreteArray) return x
  throw new ConcretizationTypeError(`${method}() was called on a traced array, ${x.aval.toString()}.`, {
    hint: 'A tracer has no memory: call it on an array that a function was given or returned, outside the transformed function.',
    lesson: 'L0',
  })
}

/** `x.delete()`: gives the memory back at once; doing so twice is no mistake. A tracer has none to give. */
export function deleteArray(x: JaxArray): void {
  concrete(x, 'delete').release()
}

/** `x.isDeleted()` */
export function isArrayDeleted(x: JaxArray): boolean {
  return concrete(x, 'isDeleted').released
}

/** `x.blockUntilReady()`: the values are there as soon as a call returns, unless they were deleted. */
export function awaitArray(x: JaxArray): void {
  if (x instanceof ConcreteArray) void x.host
}
