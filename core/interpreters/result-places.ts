import type { ShapedArray } from '../ir/aval.ts'
import type { ConcreteArray } from '../runtime/concrete-array.ts'
import { assertSameDevices } from '../sharding/common-devices.ts'
import type { Mesh } from '../sharding/mesh.ts'
import { NamedSharding, type Sharding } from '../sharding/named-sharding.ts'
import { PartitionSpec } from '../sharding/partition-spec.ts'
import { specOver } from '../sharding/translated-spec.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'

/**
 * Where the results of an equation lie whose operands were put somewhere, or which is for a mesh itself; null where
 * neither is so. Operands on different devices are a ValueError.
 */
export function placesOfResults(
  primitive: Primitive,
  operands: readonly ConcreteArray[],
  params: Params,
  outAvals: readonly ShapedArray[],
): readonly (Sharding | null)[] | null {
  const asked = primitive.meshOf?.(params) ?? null
  const name = typeof params.name === 'string' ? params.name : primitive.name
  const named = asked === null ? null : { mesh: asked, named: `the mesh of ${name}` }
  assertSameDevices(name, operands, (i) => `args[${i}]`, named)
  const mesh = meshOfOperands(operands) ?? asked
  if (mesh === null) {
    const one = operands.find(({ placement }) => placement !== null)?.placement ?? null
    return one === null ? null : outAvals.map(() => one)
  }
  const spread = operands.map(({ aval, placement }) => ({
    aval,
    spec: placement instanceof NamedSharding ? specOver(mesh, placement, aval.shape) : new PartitionSpec(),
  }))
  const specs = primitive.inferSharding?.(spread, params, outAvals, mesh)
  return outAvals.map((_, i) => new NamedSharding(mesh, specs?.[i] ?? new PartitionSpec()))
}

function meshOfOperands(operands: readonly ConcreteArray[]): Mesh | null {
  for (const { placement } of operands) if (placement instanceof NamedSharding) return placement.mesh
  return null
}
