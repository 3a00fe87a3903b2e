import { onInterruption } from '../tracing/restore.ts'
import { listDevices } from '../runtime/parallel.ts'
import { config } from '../config.ts'
import { RuntimeError } from '../errors.ts'

/** A device that holds arrays and runs programs, of one process. JAX: `jax.Device`. */
export class Device {
  /** Its place in `devices()`. */
  readonly id: number
  readonly platform: 'cpu' | 'gpu'
  readonly deviceKind: string
  /** The process it belongs to: there is one. */
  readonly processIndex = 0

  constructor(id: number, platform: 'cpu' | 'gpu', deviceKind: string = platform) {
    this.id = id
    this.platform = platform
    this.deviceKind = deviceKind
  }

  /** `cpu:0`, as JAX prints a device. */
  toString(): string {
    return `${this.platform}:${this.id}`
  }
}

const known = new Map<string, Device>()

/** The device of a number: one object each, so that devices can be compared by identity. */
export function deviceOf(id: number, platform: 'cpu' | 'gpu' = 'cpu', deviceKind: string = platform): Device {
  const name = `${platform}:${id}:${deviceKind}`
  const found = known.get(name) ?? new Device(id, platform, deviceKind)
  known.set(name, found)
  return found
}

/** The platform that computes, as JAX names it. JAX: `jax.default_backend`. @example defaultBackend() // 'cpu' */
export function defaultBackend(): 'cpu' | 'gpu' {
  return config.platform === 'gpu' ? 'gpu' : 'cpu'
}

/**
 * The devices of a platform, by default of the one that computes. JAX: `jax.devices`.
 * An unknown platform is a RuntimeError.
 *
 * @example devices().map(String) // ['cpu:0']
 */
export function devices(backend: string = defaultBackend()): Device[] {
  if (backend !== 'cpu' && backend !== 'gpu') throw new RuntimeError(`devices: there is no platform '${backend}'.`)
  const listed = listDevices().filter(({ platform }) => (platform === 'gpu') === (backend === 'gpu'))
  if (backend === 'gpu') return [deviceOf(0, 'gpu', listed[0]?.label)]
  return (listed.length === 0 ? [null] : listed).map((_, id) => deviceOf(id))
}

/** The devices of this process: all of them. JAX: `jax.local_devices`. @example localDevices().length // 1 */
export function localDevices(): Device[] {
  return devices()
}

/** How many devices there are. JAX: `jax.device_count`. @example deviceCount() // 1 */
export function deviceCount(backend?: string): number {
  return devices(backend).length
}

/** How many devices this process has. JAX: `jax.local_device_count`. @example localDeviceCount() // 1 */
export function localDeviceCount(backend?: string): number {
  return devices(backend).length
}

let preferred: Device | null = null

onInterruption(() => {
  preferred = null
})

/** The device that `defaultDevice` names, or null. */
export function preferredDevice(): Device | null {
  return preferred
}

/** The device of whatever was put nowhere. */
export function firstDevice(): Device {
  return deviceOf(0, defaultBackend())
}

/** The device on which new arrays are placed: the first, unless `defaultDevice` names another. */
export function currentDevice(): Device {
  return preferred ?? firstDevice()
}

/**
 * Runs `body` with another device as the place of new arrays; null stands for the first.
 * JAX: `jax.default_device`, a context manager.
 *
 * @example defaultDevice(devices()[0], () => jnp.zeros(3).device)
 */
export function defaultDevice<T>(device: Device | null, body: () => T): T {
  const outer = preferred
  preferred = device
  try {
    return body()
  } finally {
    preferred = outer
  }
}
