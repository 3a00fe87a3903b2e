import type { ShapedArray } from '../ir/aval.ts'
import { sizeOf } from '../ir/aval.ts'
import { innerJaxprs } from '../ir/check.ts'
import type { ClosedJaxpr, JaxprEqn } from '../ir/jaxpr.ts'

/** An estimate of what a program costs to run once. */
export interface CostAnalysis {
  /** Additions, multiplications and other operations on numbers; a matrix product counts both. */
  readonly flops: number
  /** Bytes of operands and results of all equations. */
  readonly bytesAccessed: number
}

const movesOnly =
  /^(broadcast_in_dim|reshape|transpose|slice|squeeze|concatenate|copy|copy_p|iota|rev|pad|gather|name|pvary|convert_element_type)$/

/** Operations and bytes of a program, equation by equation; loops count their bodies `length` times. */
export function costOf(closed: ClosedJaxpr): CostAnalysis {
  const costs = closed.eqns.map(costOfEqn)
  return {
    flops: costs.reduce((sum, cost) => sum + cost.flops, 0),
    bytesAccessed: costs.reduce((sum, cost) => sum + cost.bytesAccessed, 0),
  }
}

function costOfEqn(eqn: JaxprEqn): CostAnalysis {
  const inner = innerJaxprs(eqn.params)
  if (inner.length > 0) {
    const times = typeof eqn.params.length === 'number' ? eqn.params.length : 1
    const costs = inner.map(costOf)
    return {
      flops: times * costs.reduce((sum, cost) => sum + cost.flops, 0),
      bytesAccessed: times * costs.reduce((sum, cost) => sum + cost.bytesAccessed, 0),
    }
  }
  const avals = [...eqn.inputs, ...eqn.outputs].map((atom) => atom.aval)
  const bytesAccessed = avals.reduce((sum, aval) => sum + aval.nbytes, 0)
  return { flops: flopsOf(eqn), bytesAccessed }
}

function flopsOf({ primitive, inputs, outputs, params }: JaxprEqn): number {
  if (movesOnly.test(primitive.name)) return 0
  const results = outputs.reduce((sum, output) => sum + output.aval.size, 0)
  if (primitive.name === 'dot_general') return 2 * results * contracted(inputs[0].aval, params.dimension_numbers)
  // A reduction works on every operand value, an elementwise operation on every result.
  return primitive.name.startsWith('reduce') ? sizeOf(inputs[0].aval.shape) : results
}

function contracted(aval: ShapedArray, dimensionNumbers: unknown): number {
  const axes: unknown = Array.isArray(dimensionNumbers) ? dimensionNumbers.flat(2).length : 0
  if (axes === 0 || !Array.isArray(dimensionNumbers)) return 1
  const [left]: unknown[] = Array.isArray(dimensionNumbers[0]) ? dimensionNumbers[0] : []
  return Array.isArray(left)
    ? left.reduce((product: number, axis: unknown) => product * aval.shape[Number(axis)], 1)
    : 1
}
