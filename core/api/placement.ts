import { TracerArrayConversionError } from '../errors.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { type Device, currentDevice, firstDevice } from '../sharding/device.ts'
import { type Sharding, SingleDeviceSharding, shardPlaces } from '../sharding/named-sharding.ts'
import { isPlace, putAt, shardingOf } from '../sharding/put.ts'
import { cutBlock } from '../sharding/shards.ts'
import { JaxArray } from '../tracing/array.ts'
import { arrayOf } from '../tree/leaves.ts'
import { broadcastPrefix, flatten, unflatten } from '../tree/pytree.ts'
import { slice } from '../numpy/index-expression.ts'

/** One device's part of an array. JAX: `jax.Shard`. */
export class Shard {
  readonly device: Device
  /** Where the part lies in the whole: one slice an axis. */
  readonly index: readonly ReturnType<typeof slice>[]
  /** Which copy of the part this is, when several devices have the same. */
  readonly replicaId: number
  readonly data: JaxArray

  constructor(device: Device, index: Shard['index'], replicaId: number, data: JaxArray) {
    this.device = device
    this.index = index
    this.replicaId = replicaId
    this.data = data
  }
}

/**
 * The arrays of a pytree on a device, or spread over the devices of a sharding. A tracer passes through: where
 * a traced value lies is decided when the program runs. A spec that does not divide the shape is a ValueError.
 * JAX: `jax.device_put`.
 *
 * @example devicePut(jnp.arange(4), devices()[0]).tolist() // [0, 1, 2, 3]
 */
export function devicePut<T>(x: T, place: unknown = null): T {
  const { leaves, tree } = flatten(x)
  const places = place === null ? leaves.map(() => null) : broadcastPrefix(place, tree, isPlace, 'devicePut: place')
  const moved = leaves.map((leaf, i) => {
    return putAt(arrayOf(leaf, 'devicePut'), shardingOf('devicePut', places[i]))
  })
  return unflatten(tree, moved)
}

/**
 * The arrays of a pytree in the host's memory. A tracer passes through.
 * JAX: `jax.device_get`.
 *
 * @example deviceGet({ a: jnp.ones(2) }).a.tolist() // [1, 1]
 */
export function deviceGet<T>(x: T): T {
  const { leaves, tree } = flatten(x)
  const fetched = leaves.map((leaf) => {
    const array = arrayOf(leaf, 'deviceGet')
    return array instanceof ConcreteArray ? new ConcreteArray(array.host, { weakType: array.weakType }) : array
  })
  return unflatten(tree, fetched)
}

/**
 * Waits until every array of a pytree has its numbers, and gives the pytree back. Programs run to their end
 * before a call returns, so there is nothing left to wait for. JAX: `jax.block_until_ready`.
 *
 * @example blockUntilReady(jnp.ones(2)).tolist() // [1, 1]
 */
export function blockUntilReady<T>(x: T): T {
  return x
}

function placeOf(array: JaxArray): Sharding {
  if (!(array instanceof ConcreteArray)) return new SingleDeviceSharding(currentDevice())
  return array.placement ?? new SingleDeviceSharding(array.home ?? firstDevice())
}

function shardsOf(array: JaxArray): Shard[] {
  if (!(array instanceof ConcreteArray)) {
    throw new TracerArrayConversionError(`a traced ${array.aval.toString()} has no shards yet.`, {
      lesson: 'L0',
    })
  }
  return shardPlaces(array.shape, placeOf(array)).map(({ device, start, shape, replicaId }) => {
    const index = shape.map((length, axis) =>
      length === array.shape[axis] ? slice(null) : slice(start[axis], start[axis] + length),
    )
    const data = new ConcreteArray(cutBlock(array.host, start, shape), {
      weakType: array.weakType,
      placement: new SingleDeviceSharding(device),
    })
    return new Shard(device, index, replicaId, data)
  })
}

declare module '../tracing/array.ts' {
  interface JaxArray {
    /** How the array lies on devices. */
    readonly sharding: Sharding
    /** The device it lies on, or its sharding when there are several. */
    readonly device: Device | Sharding
    /** The part of each device. */
    readonly addressableShards: Shard[]
    /** Whether it was put where it lies, so that what is computed with it lies there too. */
    readonly committed: boolean
    /** The devices that have a part of it. */
    devices(): Set<Device>
  }
}

const properties: Readonly<Record<string, (array: JaxArray) => unknown>> = {
  sharding: placeOf,
  device(array) {
    const placement = placeOf(array)
    return placement instanceof SingleDeviceSharding ? placement.device : placement
  },
  addressableShards: shardsOf,
  committed: (array) => array instanceof ConcreteArray && array.placement !== null,
}

Object.defineProperty(JaxArray.prototype, 'devices', {
  configurable: true,
  value(this: JaxArray) {
    return new Set(placeOf(this).devices)
  },
})

for (const [name, read] of Object.entries(properties)) {
  Object.defineProperty(JaxArray.prototype, name, {
    configurable: true,
    get(this: JaxArray) {
      return read(this)
    },
  })
}
