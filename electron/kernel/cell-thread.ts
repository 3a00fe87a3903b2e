/** The thread that owns a core and runs the cells of one lesson. Started by the control thread. */
import { type MessagePort, workerData } from 'node:worker_threads'
import { setInterruptionCheck } from '../../core/runtime/interruption.ts'
import { limitMemory } from '../../core/runtime/memory.ts'
import { closeBox } from './box/close-box.ts'
import { CellSession } from './cell-session.ts'
import { warmUpCompiler } from './compile/warm-up.ts'
import { core } from './core-bindings.ts'
import { connectDevices } from './devices.ts'
import type { KernelToHost, ToCellThread } from './messages.ts'
import { InterruptWord, guardAtomics } from './runtime/interrupt.ts'

/** What the control thread starts this thread with. */
export interface CellThreadData {
  readonly memory: SharedArrayBuffer
  /** Where requests come in and answers go out. */
  readonly port: MessagePort
  /** Where device threads are asked for, and the word that says they have come. */
  readonly devicePort: MessagePort
  readonly answered: Int32Array
  /** The most bytes that arrays may take. */
  readonly arrayBytes: number
}

const { memory, port, devicePort, answered, arrayBytes }: CellThreadData = workerData
const interrupt = new InterruptWord(memory)
connectDevices(devicePort, answered)
limitMemory(arrayBytes)

// What is posted leaves at once, also while a cell keeps this thread busy. The function is taken here, so
// that nothing a cell does to prototypes gets to see the port.
const post: (message: KernelToHost) => void = port.postMessage.bind(port)
const session = new CellSession(core, interrupt, post)

port.on('message', (request: ToCellThread) => session.receive(request))
process.on('unhandledRejection', (error) => session.fail(error))
process.on('uncaughtException', (error) => session.fail(error))
setInterruptionCheck(interrupt.check)
guardAtomics(interrupt)
closeBox()
warmUpCompiler()
post({ kind: 'ready', devices: core.devices() })
