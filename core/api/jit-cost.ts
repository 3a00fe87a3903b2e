import { type Cost, programCost } from '../ir/cost.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'

/** An estimate of what a program costs to run once; under pmap and shardMap, on each device. */
export interface CostAnalysis {
  /** Additions, multiplications and other simple operations on numbers; a matrix product counts both. */
  readonly flops: number
  /** Exponentials, logarithms, sines, powers and their like. */
  readonly transcendentals: number
  /** Bytes of operands and results of all equations. */
  readonly bytesAccessed: number
  /** While loops, of whose steps one is counted, and callbacks, which are not counted. */
  readonly unknown: number
}

/** Scans count their bodies `length` times, a cond its most expensive branch. */
export function costOf(closed: ClosedJaxpr): CostAnalysis {
  const cost: Cost = programCost(closed)
  return cost
}
