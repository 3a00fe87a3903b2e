import Elk from 'elkjs/lib/elk.bundled.js'
import { layoutWithElk } from './elk.ts'
import type { LayoutEngine } from './engine.ts'

/** The layout engine under Node: tests, and figures from the command line. Gives what the worker gives. */
export function directEngine(): LayoutEngine {
  const elk = new Elk()
  return { ready: async () => {}, layout: (graph) => layoutWithElk(elk, graph), cancel() {} }
}
