import { JaxTypeError, ValueError } from './errors.ts'

/** Where programs run unless told otherwise. */
export type Platform = 'cpu' | 'gpu' | 'reference'

interface Settings {
  enableX64: boolean
  threefryPartitionable: boolean
  numCpuDevices: number
  debugNans: boolean
  debugInfs: boolean
  debugKeyReuse: boolean
  disableJit: boolean
  checkTracerLeaks: boolean
  explainCacheMisses: boolean
  platform: Platform
}

/** The name of a configuration option. */
export type ConfigName = keyof Settings

const settings: Settings = {
  enableX64: false,
  threefryPartitionable: true,
  numCpuDevices: 1,
  debugNans: false,
  debugInfs: false,
  debugKeyReuse: false,
  disableJit: false,
  checkTracerLeaks: false,
  explainCacheMisses: false,
  platform: 'reference',
}

/** Each device is a thread with a heap of its own, so that more of them would take the machine away. */
const mostCpuDevices = 16

const platforms: readonly Platform[] = ['cpu', 'gpu', 'reference']

/** Options that change what a traced program is: a cached trace is only good for the values it was made under. */
const tracingOptions: readonly ConfigName[] = ['enableX64', 'threefryPartitionable', 'debugKeyReuse']

function isConfigName(name: string): name is ConfigName {
  return Object.hasOwn(settings, name)
}

function asBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrongValue(name, 'true or false', value)
  return value
}

function wrongValue(name: string, expected: string, value: unknown): JaxTypeError {
  return new JaxTypeError(
    `config.update('${name}', …) takes ${expected}, got ${JSON.stringify(value) ?? String(value)}.`,
  )
}

function snakeToCamel(name: string): string {
  return name.replace(/^jax_/, '').replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * Process-wide settings, as JAX's `jax.config`.
 *
 * @example
 * config.update('threefryPartitionable', false)
 * random.uniform(random.key(0)).item()
 */
export const config = {
  get enableX64(): boolean {
    return settings.enableX64
  },
  get threefryPartitionable(): boolean {
    return settings.threefryPartitionable
  },
  get numCpuDevices(): number {
    return settings.numCpuDevices
  },
  get debugNans(): boolean {
    return settings.debugNans
  },
  get debugInfs(): boolean {
    return settings.debugInfs
  },
  get debugKeyReuse(): boolean {
    return settings.debugKeyReuse
  },
  get disableJit(): boolean {
    return settings.disableJit
  },
  get checkTracerLeaks(): boolean {
    return settings.checkTracerLeaks
  },
  get explainCacheMisses(): boolean {
    return settings.explainCacheMisses
  },
  get platform(): Platform {
    return settings.platform
  },

  /** Changes one setting. Programs that were traced before keep the values they were traced with. */
  update(name: string, value: unknown): void {
    if (!isConfigName(name)) {
      const camel = snakeToCamel(name)
      const hint = isConfigName(camel) ? ` It is spelled '${camel}' here.` : ''
      throw new ValueError(
        `config has no option '${name}'.${hint} The options are ${Object.keys(settings).join(', ')}.`,
      )
    }
    switch (name) {
      case 'numCpuDevices':
        if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > mostCpuDevices) {
          throw wrongValue(name, `an integer from 1 to ${mostCpuDevices}`, value)
        }
        settings.numCpuDevices = value
        return
      case 'platform': {
        const platform = platforms.find((known) => known === value)
        if (platform === undefined) throw wrongValue(name, platforms.map((known) => `'${known}'`).join(' or '), value)
        settings.platform = platform
        return
      }
      default:
        settings[name] = asBoolean(name, value)
        tracingKey = keyOfSettings()
    }
  },
}

function keyOfSettings(): string {
  return tracingOptions.map((name) => Number(settings[name])).join('')
}

let tracingKey = keyOfSettings()

/** The settings that a traced program depends on, as part of a cache key. */
export function tracingConfigKey(): string {
  return tracingKey
}
