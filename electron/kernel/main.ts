/**
 * The control thread of a kernel: a plain Node process that the host starts. It passes messages on, stops
 * cells, owns the device threads and reports the end of the cell thread. It never runs a user's code, so
 * it always answers.
 */
import { fileURLToPath } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import { applicationFolder, threadOptions } from './box/permissions.ts'
import { breakInto, sharedWords } from './breakable-run.ts'
import type { CellThreadData } from './cell-thread.ts'
import { DeviceOwner } from './device-owner.ts'
import { HostChannel } from './host-channel.ts'
import { watchMemory } from './memory-watch.ts'
import type { HostToKernel, KernelToHost } from './messages.ts'
import { bytesForArrays, readKernelOptions } from './kernel-options.ts'
import { InterruptWord } from './runtime/interrupt.ts'

const lostExitCode = 70
const options = readKernelOptions(process.argv.slice(2))
const application = fileURLToPath(applicationFolder(new URL(import.meta.url)))
const memory = new SharedArrayBuffer(sharedWords * Int32Array.BYTES_PER_ELEMENT)
const interrupt = new InterruptWord(memory)
const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
const { port1: ownerPort, port2: devicePort } = new MessageChannel()
const devices = new DeviceOwner(ownerPort, answered, application)
// A port of its own instead of the worker's: nothing but the cell thread's own code ever holds it.
const { port1: cells, port2: port } = new MessageChannel()
const cellData: CellThreadData = { memory, port, devicePort, answered, arrayBytes: bytesForArrays(options) }
const cellThread = new Worker(new URL('./cell-thread.ts', import.meta.url), {
  ...threadOptions(application, { addons: false }),
  name: 'cells',
  workerData: cellData,
  transferList: [port, devicePort],
})

const endAtOnce = (): void => void process.kill(process.pid, 'SIGKILL')
// Nothing here outlives the host, and a cell that never yields must not delay the end.
const host = new HostChannel(receive, endAtOnce)

function lose(reason: 'memory' | 'exit' | 'error', detail: string): void {
  // An orderly exit waits for a builtin that a thread is in, while memory runs out; and it ends the device
  // threads from outside, which Dawn answers with an abort while it is at work.
  const leave = (): void => {
    if (reason === 'memory' || devices.busyWithGpu) endAtOnce()
    process.exit(lostExitCode)
  }
  host.send({ kind: 'lost', reason, detail }, leave)
}

cells.on('message', (message: KernelToHost) => host.send(message))
cellThread.on('error', (error: unknown) => {
  const code = error instanceof Error && 'code' in error ? error.code : null
  lose(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'error', error instanceof Error ? error.message : String(error))
})
cellThread.on('exit', (code) => lose('exit', `code ${code}`))
watchMemory(options.processLimit, {
  exceeded: () => lose('memory', 'arrays'),
  changed: (megabytes) => host.send({ kind: 'memory', megabytes }),
})

function receive(message: HostToKernel): void {
  switch (message.kind) {
    case 'interrupt':
      interrupt.set()
      cells.postMessage(message)
      return
    case 'break':
      if (options.signals) breakInto(interrupt.words)
      return
    default:
      // Cleared here and not by the cell thread, so that a Stop right after a Run is not lost.
      interrupt.clear()
      cells.postMessage(message)
  }
}

// Ctrl-C in a terminal goes to every process there; the host decides what it means.
process.on('SIGINT', () => {})
