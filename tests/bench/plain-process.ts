/** The core by itself: runs programs of the bench without cells, lines and records. Started by `PlainCore`. */
import * as jax from '../../core/index.ts'

// As in a cell, what JavaScript has keeps its meaning.
const offered = Object.entries(jax).filter(([name]) => !Object.hasOwn(globalThis, name))
const names = offered.map(([name]) => name)
const values = offered.map(([, value]) => value)
let program: () => unknown = () => null

/** The text of two cells, which is JavaScript here, as a function that runs the second one and says how long it took. */
function made({ setup, measured }: { readonly setup: string; readonly measured: string }): () => unknown {
  const timed = `const start = performance.now(); ${measured}; return performance.now() - start`
  return Function(...names, `'use strict'; ${setup}; return () => { ${timed} }`)(...values)
}

process.on('message', (message: { readonly setup: string; readonly measured: string } | 'measure') => {
  if (message !== 'measure') program = made(message)
  process.send?.(message === 'measure' ? program() : 'made')
})
