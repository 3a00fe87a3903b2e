import { allocate } from '../ir/dtype.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import { batchJaxpr } from '../interpreters/batching.ts'

const batched = new WeakMap<ClosedJaxpr, Map<number, ClosedJaxpr>>()

/** A program of scalars as one of vectors of the given length. */
function forLanes(reducer: ClosedJaxpr, size: number): ClosedJaxpr {
  let known = batched.get(reducer)
  if (known === undefined) batched.set(reducer, (known = new Map()))
  let program = known.get(size)
  if (program === undefined) {
    const all = reducer.inAvals.map(() => true)
    program = batchJaxpr(reducer, { size, name: null }, all, true).jaxpr
    known.set(size, program)
  }
  return program
}

/**
 * Folds elements into one accumulator a lane: step `s` offers lane `l` the element `places[l * steps + s]`
 * of every operand, or nothing where that is -1.
 */
export function foldLanes(
  reducer: ClosedJaxpr,
  operands: readonly HostArray[],
  inits: readonly HostArray[],
  places: Int32Array,
  lanes: number,
): HostArray[] {
  const steps = lanes === 0 ? 0 : places.length / lanes
  const program = lanes === 0 ? reducer : forLanes(reducer, lanes)
  let sums = operands.map((operand, n) =>
    hostArray([lanes], operand.dtype, allocate(operand.dtype, lanes).fill(inits[n].data[0])),
  )
  for (let step = 0; step < steps; step++) {
    const offered = operands.map((operand) => hostArray([lanes], operand.dtype))
    for (const [n, operand] of operands.entries()) {
      for (let lane = 0; lane < lanes; lane++) {
        const place = places[lane * steps + step]
        if (place >= 0) offered[n].data[lane] = operand.data[place]
      }
    }
    const next = runOnHost(program, [...sums, ...offered])
    sums = sums.map((before, n) => {
      const after = hostArray([lanes], before.dtype, next[n].data.slice())
      for (let lane = 0; lane < lanes; lane++) {
        if (places[lane * steps + step] < 0) after.data[lane] = before.data[lane]
      }
      return after
    })
  }
  return sums
}
