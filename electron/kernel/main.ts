/**
 * The control thread of a kernel: a plain Node process that the host forks. It passes messages on, stops
 * cells, owns the device threads and reports the end of the cell thread. It never runs a user's code, so
 * it always answers.
 */
import { MessageChannel, Worker } from 'node:worker_threads'
import { breakInto, sharedWords } from './breakable-run.ts'
import type { CellThreadData } from './cell-thread.ts'
import { DeviceOwner } from './device-owner.ts'
import { defaultLimit, watchMemory } from './memory-watch.ts'
import type { HostToKernel, KernelToHost } from './messages.ts'
import { InterruptWord } from './runtime/interrupt.ts'

const lostExitCode = 70
const memory = new SharedArrayBuffer(sharedWords * Int32Array.BYTES_PER_ELEMENT)
const interrupt = new InterruptWord(memory)
const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
const { port1: ownerPort, port2: devicePort } = new MessageChannel()
const devices = new DeviceOwner(ownerPort, answered)
const cellData: CellThreadData = { memory, devicePort, answered }
const cells = new Worker(new URL('./cell-thread.ts', import.meta.url), {
  workerData: cellData,
  transferList: [devicePort],
})

function toHost(message: KernelToHost, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent)
}

function lose(reason: 'memory' | 'exit' | 'error', detail: string): void {
  // An orderly exit waits for a builtin that a thread is in, while memory runs out; and it ends the device
  // threads from outside, which Dawn answers with an abort while it is at work.
  const leave = (): void => {
    if (reason === 'memory' || devices.busyWithGpu) process.kill(process.pid, 'SIGKILL')
    process.exit(lostExitCode)
  }
  toHost({ kind: 'lost', reason, detail }, leave)
}

cells.on('message', (message: KernelToHost) => toHost(message))
cells.on('error', (error: unknown) => {
  const code = error instanceof Error && 'code' in error ? error.code : null
  lose(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'error', error instanceof Error ? error.message : String(error))
})
cells.on('exit', (code) => lose('exit', `code ${code}`))
watchMemory(Number(process.argv[2] ?? defaultLimit()), () => lose('memory', 'arrays'))

process.on('message', (message: HostToKernel) => {
  switch (message.kind) {
    case 'interrupt':
      interrupt.set()
      cells.postMessage(message)
      return
    case 'break':
      breakInto(interrupt.words)
      return
    default:
      // Cleared here and not by the cell thread, so that a Stop right after a Run is not lost.
      interrupt.clear()
      cells.postMessage(message)
  }
})

// Ctrl-C in a terminal goes to every process there; the host decides what it means.
process.on('SIGINT', () => {})
// Nothing here outlives the host, and a cell that never yields must not delay the end.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
