import { config } from '../config.ts'
import { RuntimeError } from '../errors.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { Var } from '../ir/jaxpr.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { runsUnderWay } from '../runtime/memory.ts'
import { offering } from '../runtime/offered.ts'
import type { JaxArray } from '../tracing/array.ts'
import { baseTrace, currentTrace } from '../tracing/trace.ts'
import type { TreeDef } from '../tree/pytree.ts'

/** Which leaves of the arguments were offered: all of an argument, or named entries of the trailing object. */
export function offeredLeaves(
  tree: TreeDef,
  donatesArgument: (position: number) => boolean,
  names: readonly string[],
): boolean[] {
  return tree.children.flatMap((child, i) => {
    const whole = donatesArgument(i)
    if (whole || child.kind !== 'dict' || i < tree.children.length - 1) {
      return Array.from({ length: child.numLeaves }, () => whole)
    }
    return child.keys.flatMap((key, k) =>
      Array.from({ length: child.children[k].numLeaves }, () => names.includes(key)),
    )
  })
}

/**
 * The inputs whose memory results can take over: each result takes the first input that was offered, is read by the
 * program, has the shape and dtype of the result, and is not taken yet. The others stay whole, as in JAX.
 */
export function takenInputs(closed: ClosedJaxpr, offered: readonly boolean[]): { taken: number[]; unused: string[] } {
  const { invars, eqns, outvars } = closed.jaxpr
  const read = new Set([...eqns.flatMap((eqn) => eqn.inputs), ...outvars])
  const kinds = closed.inAvals.map((aval) => `${aval.dtype}[${aval.shape.join(',')}]`)
  const left = new Set(invars.flatMap((invar, i) => (offered[i] && invar instanceof Var && read.has(invar) ? [i] : [])))
  const taken = closed.outAvals.flatMap((aval) => {
    const kind = `${aval.dtype}[${aval.shape.join(',')}]`
    const input = [...left].find((i) => kinds[i] === kind)
    if (input === undefined) return []
    left.delete(input)
    return [input]
  })
  return { taken, unused: [...left].map((i) => kinds[i]) }
}

/** Refuses a call that hands the memory of a donated array in twice. */
export function assertDonatedOnce(arrays: readonly JaxArray[], taken: readonly number[], where: string): void {
  if (taken.length === 0 || new Set(arrays).size === arrays.length) return
  for (const i of taken) {
    if (!(arrays[i] instanceof ConcreteArray)) continue
    const again = arrays.findIndex((array, j) => j !== i && array === arrays[i])
    if (again < 0) continue
    throw new RuntimeError(
      `${where}: ${arrays[i].aval.toString()} is donated and is also argument ${again} (counting leaves from 0) of the same call.`,
      { hint: 'Give a copy, x.copy(), or do not donate it.' },
    )
  }
}

/**
 * Runs a program that may write its results into what it takes over, unless something looks at its operands
 * afterwards: a tap, or the program whose callback this is, which may have them in its variables.
 */
export function donating<T>(arrays: readonly JaxArray[], taken: readonly number[], body: () => T): T {
  const watched = config.debugNans || config.debugInfs || config.debugKeyReuse
  if (watched || runsUnderWay() > 0 || currentTrace() !== baseTrace()) return body()
  const concrete = arrays.filter((array) => array instanceof ConcreteArray)
  if (concrete.length < arrays.length) return body()
  return offering(
    taken.map((i) => concrete[i]),
    body,
  )
}

/** Deletes what a program has taken over. A tracer has no memory that could be taken. */
export function deleteTaken(arrays: readonly JaxArray[], taken: readonly number[]): void {
  for (const i of taken) {
    const array = arrays[i]
    if (array instanceof ConcreteArray) array.release()
  }
}
