import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { config } from '../../core/config.ts'
import { CpuDevices } from '../../core/devices/cpu-devices.ts'
import type { DeviceThreads, ThreadSet } from '../../core/devices/device-threads.ts'
import { GpuDevice } from '../../core/devices/gpu-device.ts'
import type { InspectionDocument } from '../../core/inspect/documents.ts'
import { timeline } from '../../core/inspect/timeline.ts'
import { installGpu } from '../../core/runtime/gpu.ts'
import { installParallelDevices } from '../../core/runtime/parallel.ts'
import { onInterruption } from '../../core/tracing/restore.ts'
import type { DeviceInfo } from '../protocol.ts'
import type { DeviceRequest, StartAnswer } from './device-owner.ts'

/** Device threads that the control thread owns: asked for over a port. */
class ControlOwnedThreads implements DeviceThreads {
  readonly #port: MessagePort
  private readonly answered: Int32Array

  constructor(port: MessagePort, answered: Int32Array) {
    this.#port = port
    this.answered = answered
  }

  start(set: ThreadSet): readonly MessagePort[] {
    this.request('start', set)
    for (;;) {
      const seen = Atomics.load(this.answered, 0)
      const received: { message: StartAnswer } | undefined = receiveMessageOnPort(this.#port)
      if (received === undefined) {
        Atomics.wait(this.answered, 0, seen)
        continue
      }
      const { set: number, result } = received.message
      // The answer to a start that was broken off: those threads were told to end.
      if (number !== set.number) continue
      if ('reason' in result) throw new Error(`the devices could not be started: ${result.reason}`)
      const { ports } = result
      // No function of arrays sees the ports: a cell may have put its own there.
      for (let i = 0; i < ports.length; i++) ports[i].unref()
      return ports
    }
  }

  end(set: ThreadSet): void {
    this.request('end', set)
  }

  private request(kind: DeviceRequest['kind'], { number, kind: device, count, memory, words }: ThreadSet): void {
    const request: DeviceRequest = { kind, set: { number, kind: device, count, memory, words } }
    this.#port.postMessage(request)
  }
}

let cpu: CpuDevices | null = null

/** Gives the core its devices. Threads are started when a program first needs them. */
export function connectDevices(port: MessagePort, answered: Int32Array): void {
  port.unref()
  const threads = new ControlOwnedThreads(port, answered)
  cpu = new CpuDevices(threads, () => config.numCpuDevices)
  installParallelDevices(cpu)
  onInterruption(() => cpu?.recover())
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
  return cpu?.lastRun === null || cpu === null ? null : timeline(title, cpu.lastRun)
}
