import type { ELK } from 'elkjs/lib/elk-api.js'
import { layoutWithElk } from './elk.ts'
import type { LayoutEngine } from './engine.ts'

/** The layout engine of the lab: off the page's thread, started with the first figure that needs it. */
export function workerEngine(): LayoutEngine {
  let starting: Promise<ELK> | null = null

  async function start(): Promise<ELK> {
    const { default: Elk } = await import('elkjs/lib/elk-api.js')
    return new Elk({ workerFactory: () => new Worker(new URL('./elk.worker.ts', import.meta.url), { type: 'module' }) })
  }

  return {
    async layout(graph) {
      starting ??= start()
      return layoutWithElk(await starting, graph)
    },
    cancel() {
      void starting?.then((elk) => elk.terminateWorker())
      starting = null
    },
  }
}
