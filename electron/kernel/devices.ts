import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { config } from '../../core/config.ts'
import { CpuDevices, type DeviceKind, type DeviceThread, type DeviceThreads } from '../../core/devices/cpu-devices.ts'
import { GpuDevice } from '../../core/devices/gpu-device.ts'
import { askToStop } from '../../core/devices/worker-threads.ts'
import type { InspectionDocument } from '../../core/inspect/documents.ts'
import { timeline } from '../../core/inspect/timeline.ts'
import { installGpu } from '../../core/runtime/gpu.ts'
import { installParallelDevices } from '../../core/runtime/parallel.ts'
import type { DeviceInfo } from '../protocol.ts'
import type { DeviceRequest, StartedDevices } from './device-owner.ts'

/** Device threads that the control thread owns: asked for over a port, awaited without an event loop. */
class ControlOwnedThreads implements DeviceThreads {
  private readonly port: MessagePort
  private readonly answered: Int32Array

  constructor(port: MessagePort, answered: Int32Array) {
    this.port = port
    this.answered = answered
  }

  start(device: DeviceKind, count: number, memory: WebAssembly.Memory, shared: Int32Array): readonly DeviceThread[] {
    const before = Atomics.load(this.answered, 0)
    const request: DeviceRequest = { kind: 'start', device, count, memory, shared }
    this.port.postMessage(request)
    Atomics.wait(this.answered, 0, before)
    const received: { message: StartedDevices } | undefined = receiveMessageOnPort(this.port)
    if (received === undefined) throw new Error('the control thread did not start the devices')
    received.message.threads.forEach(({ port }) => port.unref())
    return received.message.threads
  }

  stop(threads: readonly DeviceThread[]): void {
    for (const { port, control } of threads) askToStop(port, control)
    const request: DeviceRequest = { kind: 'end', controls: threads.map((thread) => thread.control) }
    this.port.postMessage(request)
  }
}

let cpu: CpuDevices | null = null

/** Gives the core its devices. Threads are started when a program first needs them. */
export function connectDevices(port: MessagePort, answered: Int32Array): void {
  port.unref()
  const threads = new ControlOwnedThreads(port, answered)
  cpu = new CpuDevices(threads, () => config.numCpuDevices)
  installParallelDevices(cpu)
  installGpu(new GpuDevice(threads))
}

/** The devices of this kernel, as the device bar shows them. */
export function listDevices(): readonly DeviceInfo[] {
  return (cpu?.list() ?? []).map(({ id, platform, label }) => ({ id, platform, label, state: 'idle' as const }))
}

export function setDeviceCount(count: number): void {
  config.update('numCpuDevices', count)
}

/** What the devices did in the last parallel run, or null before the first. */
export function lastTimeline(title: string): InspectionDocument | null {
  return cpu?.lastRun === null || cpu === null ? null : timeline(title, cpu.list(), cpu.lastRun)
}
