import type { CellError } from '../protocol.ts'
import { closeValues } from './close-values.ts'
import type { Outcome } from './cell-runner.ts'
import type { CoreInterface } from './core-interface.ts'
import type { CheckReport } from './messages.ts'
import { Interrupt } from './runtime/interrupt.ts'

type CheckItem = CheckReport['items'][number]

/**
 * The names that a check block works with. They are made anew for every check and frozen, and what they
 * found is kept outside the cells' reach.
 */
export class ExerciseCheck {
  readonly #items: CheckItem[] = []
  readonly #core: CoreInterface
  #misconception: string | null = null

  constructor(core: CoreInterface) {
    this.#core = core
  }

  readonly names = Object.freeze({
    expect: (label: unknown, condition: unknown, message?: unknown): void => {
      const passed = this.#holds(condition)
      const why = passed || message === undefined ? {} : { message: String(message) }
      this.#items.push({ label: String(label), passed, ...why })
    },
    /** A known mistake: when the condition holds, its message is the answer. The first one counts. */
    signature: (condition: unknown, message: unknown): void => {
      if (this.#misconception === null && this.#holds(condition)) this.#misconception = String(message)
    },
    allclose: (a: unknown, b: unknown, tolerance: { rtol?: number; atol?: number } = {}): boolean =>
      closeValues(a, b, this.#core, tolerance),
    countPrimitives: (f: unknown, ...args: unknown[]): Readonly<Record<string, number>> =>
      this.#core.countPrimitives(f, args),
    /** The error that a function throws, null when it throws none. */
    throws: (f: unknown): unknown => {
      if (typeof f !== 'function') throw new TypeError('throws: give a function to call')
      try {
        Reflect.apply(f, undefined, [])
        return null
      } catch (error) {
        if (error instanceof Interrupt) throw error
        return error ?? new Error('thrown without a value')
      }
    },
  })

  #holds(condition: unknown): boolean {
    return this.#core.arrays.isArray(condition) ? this.#core.arrays.truth(condition) : Boolean(condition)
  }

  /** What the check came to, once its block has run. */
  report(outcome: Outcome): CheckReport {
    const items = [...this.#items]
    if (outcome.status === 'interrupted') return { passed: false, items, message: 'Stopped.', status: 'interrupted' }
    if (outcome.status === 'error') {
      const message = this.#misconception ?? errorMessage(outcome.error)
      return { passed: false, items, message, status: 'error' }
    }
    const failed = items.find((item) => !item.passed)
    const passed = items.length > 0 && failed === undefined && this.#misconception === null
    return { passed, items, message: this.#misconception ?? verdict(items, failed), status: 'ok' }
  }
}

function verdict(items: readonly CheckItem[], failed: CheckItem | undefined): string {
  if (items.length === 0) return 'The check of this exercise expects nothing; its lesson needs a correction.'
  if (failed !== undefined) return failed.message ?? `Not yet: ${failed.label}`
  return items.length === 1 ? 'Right.' : `Right: all ${items.length} checks pass.`
}

/** An error while checking is nearly always the learner's: a missing name, a wrong shape. */
function errorMessage(error: CellError): string {
  const text = error.name === 'Thrown' ? error.message : `${error.name}: ${error.message}`
  return error.hint === undefined ? text : `${text}\n${error.hint}`
}

/** What is reported when the learner's own cell did not get through. */
export function notChecked(outcome: Exclude<Outcome, { status: 'ok' }>): CheckReport {
  const message = outcome.status === 'interrupted' ? 'Stopped.' : errorMessage(outcome.error)
  return { passed: false, items: [], message, status: outcome.status }
}
