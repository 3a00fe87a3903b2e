import { JaxTypeError } from '../errors.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { Device } from './device.ts'
import { NamedSharding, type Sharding, SingleDeviceSharding, shardPlaces } from './named-sharding.ts'
import { PartitionSpec } from './partition-spec.ts'

/** A device, or how an array is spread over several. */
export type Place = Device | Sharding

/** Whether a value is a place, not a container of places. */
export function isPlace(value: unknown): value is Place {
  return value instanceof Device || value instanceof NamedSharding || value instanceof SingleDeviceSharding
}

/** The sharding that a place stands for; null for none. */
export function shardingOf(where: string, place: unknown): Sharding | null {
  if (place === null || place === undefined) return null
  if (!isPlace(place)) throw new JaxTypeError(`${where}: a place is a device or a sharding, got ${typeof place}.`)
  return place instanceof Device ? new SingleDeviceSharding(place) : place
}

/** Where an array was put; null for a tracer, and for one that was put nowhere. */
export function placementOf(array: JaxArray): Sharding | null {
  return array instanceof ConcreteArray ? array.placement : null
}

/** Whether it matters for any of the arrays where it lies. */
export function isAnyPut(arrays: readonly JaxArray[]): boolean {
  for (const array of arrays) if (array instanceof ConcreteArray && array.placement !== null) return true
  return false
}

/** A result that was computed from the values of an array outside of any program: on its devices, on each whole. */
export function putBeside(array: JaxArray, result: JaxArray): JaxArray {
  const placement = placementOf(array)
  return putAt(
    result,
    placement instanceof NamedSharding ? new NamedSharding(placement.mesh, new PartitionSpec()) : placement,
  )
}

/** The array where it is wanted. A tracer passes through: where its value lies is decided when the program runs. */
export function putAt(array: JaxArray, placement: Sharding | null): JaxArray {
  if (!(array instanceof ConcreteArray) || placement === null) return array
  shardPlaces(array.shape, placement)
  return new ConcreteArray(array.host, { weakType: array.weakType, placement })
}
