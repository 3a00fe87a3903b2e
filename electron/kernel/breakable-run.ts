import vm from 'node:vm'

const { compareExchange, load, store, wait } = Atomics

/** Words of the memory that control thread and cell thread share; the first is the interrupt word. */
const interruptWord = 0
const stateWord = 1
export const sharedWords = 2

/** States of the cell thread, as far as a signal matters to it. */
const quiet = 0
const breakable = 1
const signalled = 2

/** Longest wait for a signal that is on its way; it has always arrived long before. */
const signalTimeout = 2000

const entry = Symbol.for('lab.cell')
const script = new vm.Script(`globalThis[Symbol.for('lab.cell')]()`, { filename: 'kernel:run' })

/** Thrown in place of code that was broken off. */
export class BrokenOff extends Error {
  override readonly name = 'Interrupted'
}

/**
 * Runs a body so that SIGINT ends it at once, whatever it is doing. Outside of it the signal would end
 * the process (Node puts the default handler back after every such run), hence the state word: the
 * control thread sends the signal only when the body is sure to be there to receive it.
 */
export function runBreakable(words: Int32Array, body: () => unknown): unknown {
  const guarded = (): unknown => {
    store(words, stateWord, breakable)
    try {
      // Stop came before there was anything to break off, and no signal follows.
      if (load(words, interruptWord) !== 0) throw new BrokenOff('stopped')
      return body()
    } finally {
      // A signal was sent and the body is done already: wait for it here, where it does no harm.
      if (compareExchange(words, stateWord, breakable, quiet) === signalled) {
        wait(words, stateWord, signalled, signalTimeout)
      }
    }
  }
  Object.defineProperty(globalThis, entry, { value: guarded, configurable: true, enumerable: false })
  try {
    return script.runInThisContext({ breakOnSigint: true })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw new BrokenOff('stopped')
    throw error
  } finally {
    store(words, stateWord, quiet)
    Reflect.deleteProperty(globalThis, entry)
  }
}

/** Sends the signal if a body is running that it would break off. */
export function breakInto(words: Int32Array): boolean {
  if (compareExchange(words, stateWord, breakable, signalled) !== breakable) return false
  process.kill(process.pid, 'SIGINT')
  return true
}
