/** The thread that owns a core and runs the cells of one lesson. Started by the control thread. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { CellSession } from './cell-session.ts'
import { core } from './core-bindings.ts'
import { connectDevices } from './devices.ts'
import type { KernelToHost, ToCellThread } from './messages.ts'
import { InterruptWord } from './runtime/interrupt.ts'

/** What the control thread starts this thread with. */
export interface CellThreadData {
  readonly memory: SharedArrayBuffer
  /** Where device threads are asked for, and the word that says they have come. */
  readonly devicePort: MessagePort
  readonly answered: Int32Array
}

const port = parentPort
if (port === null) throw new Error('cell-thread.ts is started by the control thread of a kernel')
const { memory, devicePort, answered }: CellThreadData = workerData
connectDevices(devicePort, answered)

// What is posted leaves at once, also while a cell keeps this thread busy.
const post = (message: KernelToHost): void => port.postMessage(message)
const session = new CellSession(core, new InterruptWord(memory), post)

port.on('message', (request: ToCellThread) => session.receive(request))
process.on('unhandledRejection', (error) => session.fail(error))
process.on('uncaughtException', (error) => session.fail(error))
post({ kind: 'ready', devices: core.devices() })
