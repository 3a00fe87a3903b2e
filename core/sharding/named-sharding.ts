import type { Shape } from '../ir/aval.ts'
import type { Device } from './device.ts'
import type { Mesh } from './mesh.ts'
import { type PartitionSpec, shardShape, shardStart } from './partition-spec.ts'

/** How an array is spread over a mesh. JAX: `jax.NamedSharding`. */
export class NamedSharding {
  readonly mesh: Mesh
  readonly spec: PartitionSpec

  /** @example new NamedSharding(makeMesh([1], ['x']), P('x')) */
  constructor(mesh: Mesh, spec: PartitionSpec) {
    spec.names.forEach((name) => mesh.sizeOf(name))
    this.mesh = mesh
    this.spec = spec
  }

  /** The shape of one device's part of an array. */
  shardShape(shape: Shape): number[] {
    return shardShape(shape, this.spec, this.mesh, 'NamedSharding')
  }

  get devices(): readonly Device[] {
    return this.mesh.devices
  }

  /** The same spec over the same mesh. */
  equals(other: NamedSharding): boolean {
    return this.mesh.equals(other.mesh) && this.spec.equals(other.spec)
  }

  toString(): string {
    return `NamedSharding(mesh=${this.mesh.toString()}, spec=${this.spec.toString()}, memory_kind=device)`
  }
}

/** An array that lies whole on one device. JAX: `SingleDeviceSharding`. */
export class SingleDeviceSharding {
  readonly device: Device

  constructor(device: Device) {
    this.device = device
  }

  shardShape(shape: Shape): number[] {
    return [...shape]
  }

  get devices(): readonly Device[] {
    return [this.device]
  }

  equals(other: SingleDeviceSharding): boolean {
    return this.device === other.device
  }

  toString(): string {
    return `SingleDeviceSharding(device=CpuDevice(id=${this.device.id}), memory_kind=device)`
  }
}

export type Sharding = NamedSharding | SingleDeviceSharding

/** Which part of an array a device has: where it starts, and the how manieth copy of that part it is. */
export interface ShardPlace {
  readonly device: Device
  readonly start: readonly number[]
  readonly shape: readonly number[]
  readonly replicaId: number
}

/** The parts of an array of a shape, one a device, in the order of the mesh. */
export function shardPlaces(shape: Shape, sharding: Sharding): ShardPlace[] {
  if (sharding instanceof SingleDeviceSharding) {
    return [{ device: sharding.device, start: shape.map(() => 0), shape: [...shape], replicaId: 0 }]
  }
  const { mesh, spec } = sharding
  const part = sharding.shardShape(shape)
  const copies = new Map<string, number>()
  return mesh.devices.map((device, position) => {
    const start = shardStart(part, spec, mesh, mesh.coordinates(position))
    const replicaId = copies.get(start.join()) ?? 0
    copies.set(start.join(), replicaId + 1)
    return { device, start, shape: part, replicaId }
  })
}
