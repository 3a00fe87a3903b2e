/**
 * The one place that knows where Dawn comes from: `@kmamal/gpu` where its binary was installed, otherwise
 * the bindings that the package `webgpu` carries.
 */

interface DawnInstance {
  readonly gpu: GPU
  readonly bindings: string
}

interface DawnBindings {
  create(flags: string[]): GPU
}

function isBindings(value: unknown): value is DawnBindings {
  return typeof value === 'object' && value !== null && 'create' in value && typeof value.create === 'function'
}

async function load(name: string): Promise<DawnBindings | null> {
  try {
    const loaded: unknown = await import(name)
    if (isBindings(loaded)) return loaded
    const inner: unknown = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : null
    return isBindings(inner) ? inner : null
  } catch {
    // Not installed, or without its binary: the next source is asked.
    return null
  }
}

// Dawn crashes when its instance is collected while a device is in use, so it is held for good.
let instance: DawnInstance | null = null

async function openInstance(): Promise<DawnInstance | null> {
  if (instance !== null) return instance
  for (const name of ['@kmamal/gpu', 'webgpu']) {
    const bindings = await load(name)
    if (bindings === null) continue
    instance = { gpu: bindings.create([]), bindings: name }
    return instance
  }
  return null
}

export interface OpenedGpu {
  readonly device: GPUDevice
  /** `NVIDIA RTX 4070`, or `SwiftShader (software)` */
  readonly label: string
  readonly software: boolean
}

/** Opens a device on the first adapter there is, or says why there is none. */
export async function openGpu(): Promise<OpenedGpu | { readonly reason: string }> {
  const dawn = await openInstance()
  if (dawn === null) return { reason: 'neither @kmamal/gpu nor webgpu could be loaded' }
  const adapter = await dawn.gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null)
    return { reason: 'no GPU adapter was found (no driver, and no software GPU such as SwiftShader)' }
  const { vendor, architecture, device: name, description } = adapter.info
  const software = adapter.info.isFallbackAdapter || architecture === 'swiftshader'
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxBufferSize: adapter.limits.maxBufferSize,
      maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
    },
  })
  const label = description || [vendor, architecture, name].filter((part) => part !== '').join(' ') || 'GPU'
  return { device, label: software ? `${label} (software)` : label, software }
}
