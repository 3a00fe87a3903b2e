import { config } from '../../core/config.ts'
import type { DeviceInfo } from '../protocol.ts'

/** The devices of this kernel, as the device bar shows them. */
export function listDevices(): readonly DeviceInfo[] {
  const { platform } = config
  const label = platform === 'reference' ? 'Reference (plain JavaScript)' : platform.toUpperCase()
  return [{ id: platform === 'reference' ? 'reference' : `${platform}:0`, platform, label, state: 'idle' }]
}

export function setDeviceCount(count: number): void {
  config.update('numCpuDevices', count)
}
