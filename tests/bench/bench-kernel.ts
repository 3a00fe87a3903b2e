import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { KernelProcess } from '../../electron/host/kernel-process.ts'
import type { KernelToHost } from '../../electron/kernel/messages.ts'
import { dist } from '../../build/project.mjs'

const entry = pathToFileURL(join(dist, 'kernel', 'electron.kernel.main.js'))

/** A cell that was run: what it printed, and how long that took for whoever asked. */
interface RanCell {
  readonly printed: string
  readonly milliseconds: number
}

/** A kernel as it is shipped, in a process of its own. */
export class BenchKernel {
  readonly #kernel = new KernelProcess({ entry, nodePath: process.execPath, memoryLimit: 1024 })
  readonly #ready = this.#kernel.next((message) => (message.kind === 'ready' ? message : null))
  #runs = 0

  /** Resolves when it takes cells. */
  async ready(): Promise<void> {
    if ((await this.#ready) === null) throw new Error(`the kernel ended: ${JSON.stringify(await this.#kernel.ended)}`)
  }

  async run(cellId: string, source: string): Promise<RanCell> {
    await this.ready()
    const runId = `run-${++this.#runs}`
    let printed = ''
    const stop = this.#kernel.listen((message: KernelToHost) => {
      if (message.kind !== 'output' || message.runId !== runId) return
      if (message.output.kind === 'text') printed += message.output.text
      if (message.output.kind === 'error') throw new Error(`a cell failed: ${JSON.stringify(message.output.error)}`)
    })
    const ran = this.#kernel.next((message) => (message.kind === 'ran' && message.runId === runId ? message : null))
    const start = performance.now()
    this.#kernel.send({ kind: 'run', runId, cellId, source })
    const report = await ran
    const milliseconds = performance.now() - start
    stop()
    if (report === null) throw new Error(`the kernel ended: ${JSON.stringify(await this.#kernel.ended)}`)
    return { printed, milliseconds }
  }

  async close(): Promise<void> {
    this.#kernel.kill()
    await this.#kernel.ended
  }
}
