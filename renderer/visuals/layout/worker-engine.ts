import type { ELK } from 'elkjs/lib/elk-api.js'
import { layoutWithElk } from './elk.ts'
import type { LayoutEngine } from './engine.ts'

/** The layout engine of the lab: off the page's thread, started with the first figure that needs it. */
export function workerEngine(): LayoutEngine {
  let starting: Promise<ELK> | null = null
  // A terminated worker answers nothing: whoever waits is told.
  let abort = new AbortController()

  async function start(): Promise<ELK> {
    const { default: Elk } = await import('elkjs/lib/elk-api.js')
    const elk = new Elk({
      workerFactory: () => new Worker(new URL('./elk.worker.ts', import.meta.url), { type: 'module' }),
    })
    // Answered when the worker has loaded its two megabytes.
    await elk.layout({ id: 'nothing' })
    return elk
  }

  function started(): Promise<ELK> {
    starting ??= start().catch((error: unknown) => {
      // The next figure tries again.
      starting = null
      throw error
    })
    return starting
  }

  return {
    async ready() {
      await started()
    },
    async layout(graph) {
      const { signal } = abort
      const { promise: cancelled, reject } = Promise.withResolvers<never>()
      const cancel = () => reject(new Error('The layout was cancelled.'))
      signal.addEventListener('abort', cancel)
      try {
        return await Promise.race([started().then((elk) => layoutWithElk(elk, graph)), cancelled])
      } finally {
        signal.removeEventListener('abort', cancel)
      }
    },
    cancel() {
      abort.abort()
      abort = new AbortController()
      // What failed to start holds nothing to end.
      starting?.then(
        (elk) => elk.terminateWorker(),
        () => {},
      )
      starting = null
    },
  }
}
