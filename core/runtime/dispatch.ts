import type { ShapedArray } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'
import type { ConcreteArray } from './concrete-array.ts'

/** Runs one primitive on concrete operands. */
export function execute(
  primitive: Primitive,
  operands: readonly ConcreteArray[],
  params: Params,
  outAvals: readonly ShapedArray[],
): HostArray[] {
  return primitive.impl(
    operands.map((operand) => operand.host),
    params,
    outAvals,
  )
}
