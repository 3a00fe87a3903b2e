import { type TypedArray, allocate, storageWidth } from '../ir/dtype.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { runOnHost } from '../compiler/reference/run.ts'
import { batchJaxpr } from '../interpreters/batching.ts'
import { countWork, inBlocks } from '../runtime/interruption.ts'

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
  let sums = operands.map((operand, n) => hostArray([lanes], operand.dtype, repeated(inits[n], lanes)))
  for (let step = 0; step < steps; step++) {
    const offered = operands.map((operand) => hostArray([lanes], operand.dtype))
    for (const [n, operand] of operands.entries()) {
      inBlocks(lanes, (from, to) => {
        for (let lane = from; lane < to; lane++) {
          const place = places[lane * steps + step]
          if (place >= 0) copyElement(offered[n], lane, operand, place)
        }
      })
    }
    const next = runOnHost(program, [...sums, ...offered])
    sums = sums.map((before, n) => {
      const after = hostArray([lanes], before.dtype, next[n].data.slice())
      inBlocks(lanes, (from, to) => {
        for (let lane = from; lane < to; lane++) {
          if (places[lane * steps + step] < 0) copyElement(after, lane, before, lane)
        }
      })
      return after
    })
  }
  return sums
}

/** One value, whatever number of typed-array elements it takes. */
function copyElement(target: HostArray, to: number, source: HostArray, from: number): void {
  const width = storageWidth(source.dtype)
  for (let word = 0; word < width; word++) target.data[to * width + word] = source.data[from * width + word]
}

/** A scalar's value `count` times over. */
function repeated(value: HostArray, count: number): TypedArray {
  const data = allocate(value.dtype, count)
  for (let i = 0; i < data.length; i += value.data.length) {
    countWork(1)
    data.set(value.data, i)
  }
  return data
}
