/** A kernel as it is, in which the first thread of the device cpu:1 is ended from outside a moment after it came up. */
import type { Worker } from 'node:worker_threads'

let spared = false
process.on('worker', (worker: Worker & { readonly threadName?: string | null }) => {
  if (worker.threadName !== 'cpu:1' || spared) return
  spared = true
  worker.once('online', () => setTimeout(() => void worker.terminate(), 500))
})

await import('../../electron/kernel/main.ts')
