import type { ShapedArray } from './aval.ts'
import type { ClosedJaxpr, JaxprEqn } from './jaxpr.ts'

/** What it takes to run something once. */
export interface Cost {
  /** Additions, multiplications and other simple operations on numbers; a matrix product counts both. */
  readonly flops: number
  /** Exponentials, logarithms, sines, powers and their like. */
  readonly transcendentals: number
  /** Bytes of operands and results. */
  readonly bytesAccessed: number
  /** Loops whose number of steps is not known before they run, and callbacks: their bodies are counted once, or not at all. */
  readonly unknown: number
}

export const noCost: Cost = { flops: 0, transcendentals: 0, bytesAccessed: 0, unknown: 0 }

/** What a primitive's record says: what it leaves out is none, and bytes are those of operands and results. */
export type EquationCost = Partial<Cost>

/** The cost of the whole program, equation by equation. */
export function programCost(closed: ClosedJaxpr): Cost {
  return closed.eqns.map(equationCost).reduce(sumOfCosts, noCost)
}

function equationCost({ primitive, inputs, outputs, params }: JaxprEqn): Cost {
  const avals = inputs.map((input) => input.aval)
  const outAvals = outputs.map((output) => output.aval)
  const bytesAccessed = bytesOf([...avals, ...outAvals])
  return { ...noCost, bytesAccessed, ...primitive.cost(avals, params, outAvals) }
}

export function sumOfCosts(a: Cost, b: Cost): Cost {
  return mapped((field) => a[field] + b[field])
}

/** The most expensive in each respect: one of several branches runs. */
export function largestCost(costs: readonly Cost[]): Cost {
  return mapped((field) => Math.max(0, ...costs.map((cost) => cost[field])))
}

/** The cost of so many runs. */
export function repeatedCost(cost: Cost, times: number): Cost {
  return { ...mapped((field) => times * cost[field]), unknown: times === 0 ? 0 : cost.unknown }
}

function mapped(value: (field: keyof Cost) => number): Cost {
  return {
    flops: value('flops'),
    transcendentals: value('transcendentals'),
    bytesAccessed: value('bytesAccessed'),
    unknown: value('unknown'),
  }
}

export function bytesOf(avals: readonly ShapedArray[]): number {
  return avals.reduce((sum, aval) => sum + aval.nbytes, 0)
}

export function sizesOf(avals: readonly ShapedArray[]): number {
  return avals.reduce((sum, aval) => sum + aval.size, 0)
}
