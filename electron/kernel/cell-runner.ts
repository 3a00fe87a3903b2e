import vm from 'node:vm'
import type { CellError } from '../protocol.ts'
import { BrokenOff, runBreakable } from './breakable-run.ts'
import type { CellPlaces } from './cell-places.ts'
import { CellSyntaxError } from './compile/cell-syntax-error.ts'
import { compileCell } from './compile/compile-cell.ts'
import type { CoreInterface } from './core-interface.ts'
import { describeError, describeSyntaxError } from './describe-error.ts'
import { type CellRuntime, createCellRuntime } from './runtime/cell-runtime.ts'
import { Interrupt, type InterruptWord } from './runtime/interrupt.ts'
import type { SharedScope } from './runtime/shared-scope.ts'

/** How a program ended. */
export type Outcome =
  | { readonly status: 'ok'; readonly value: unknown; readonly hasValue: boolean }
  | { readonly status: 'error'; readonly error: CellError }
  | { readonly status: 'interrupted' }

interface Program {
  readonly cellId: string
  readonly source: string
  readonly runtime: CellRuntime
}

interface CellRunnerParts {
  readonly core: CoreInterface
  readonly scope: SharedScope
  readonly places: CellPlaces
  readonly interrupt: InterruptWord
}

/** Compiles programs and runs them, one at a time, so that they can be stopped. */
export class CellRunner {
  readonly #parts: CellRunnerParts
  readonly #runtime: CellRuntime
  #thrownAt: { value: unknown; stack: Error } | null = null
  #stop: (() => void) | null = null

  constructor(parts: CellRunnerParts) {
    this.#parts = parts
    parts.core.installPositions(parts.places.sourceOf)
    this.#runtime = this.#createRuntime(parts.scope.names)
  }

  /** Runs a cell in the scope that all cells share. */
  run(cellId: string, source: string): Promise<Outcome> {
    return this.#runProgram({ cellId, source, runtime: this.#runtime })
  }

  /** Runs a program that sees the cells' names and some of its own, and declares nothing for the cells. */
  runBeside(cellId: string, source: string, own: object): Promise<Outcome> {
    const names = Object.create(this.#parts.scope.names, Object.getOwnPropertyDescriptors(own))
    return this.#runProgram({ cellId, source, runtime: this.#createRuntime(names) })
  }

  /** Runs a body that calls functions of the cells, with the same care. */
  async attempt(body: () => unknown): Promise<Outcome> {
    return this.#outcome(() => ({ result: runBreakable(this.#parts.interrupt.words, body), hasValue: true }))
  }

  /** Ends a run that is waiting for a promise. Running code looks at the interrupt word instead. */
  stopWaiting(): void {
    this.#stop?.()
  }

  /** What an error that nobody caught looks like. */
  describe(error: unknown): CellError {
    const thrown = this.#thrownAt
    const thrownAt = thrown !== null && Object.is(thrown.value, error) ? thrown.stack : null
    const { places, core } = this.#parts
    try {
      return describeError(error, { places, offered: core.offered, thrownAt })
    } catch {
      // An error whose own properties throw when they are read.
      return { name: 'Error', message: 'An error that cannot be described.', place: null, stack: [] }
    }
  }

  async #runProgram(program: Program): Promise<Outcome> {
    try {
      return await this.#outcome(() => this.#start(program))
    } catch (error) {
      if (!(error instanceof CellSyntaxError)) throw error
      return { status: 'error', error: describeSyntaxError(error, program.cellId, program.source) }
    }
  }

  async #outcome(start: () => { result: unknown; hasValue: boolean }): Promise<Outcome> {
    const { interrupt, core } = this.#parts
    this.#thrownAt = null
    core.positions.position = 0
    try {
      const { result, hasValue } = start()
      const value = result instanceof Promise ? await this.#settled(result) : result
      return { status: 'ok', value, hasValue }
    } catch (error) {
      if (error instanceof CellSyntaxError) throw error
      if (error instanceof BrokenOff || error instanceof Interrupt || interrupt.isSet) {
        core.recover()
        return { status: 'interrupted' }
      }
      return { status: 'error', error: this.describe(error) }
    } finally {
      core.positions.position = 0
    }
  }

  #start({ cellId, source, runtime }: Program): { result: unknown; hasValue: boolean } {
    const { core, places, scope, interrupt } = this.#parts
    const setting = { modules: moduleNames(core), firstPosition: places.nextPosition, lazyMembers: core.lazyMembers }
    const compiled = compileCell(source, setting)
    const script = new vm.Script(compiled.text.text, {
      filename: places.add(cellId, compiled, source),
      // `import()` in text that a cell evaluates: the loader refuses it with its own words.
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    scope.begin(compiled.declares)
    const cell: unknown = Reflect.apply(script.runInThisContext(), undefined, [runtime])
    if (typeof cell !== 'function') throw new Error('internal: a compiled cell is not a function')
    const result = runBreakable(interrupt.words, () => Reflect.apply(cell, undefined, []))
    return { result, hasValue: compiled.hasValue }
  }

  async #settled(promise: Promise<unknown>): Promise<unknown> {
    const stopped = new Promise<never>((_, reject) => {
      this.#stop = () => reject(new Interrupt())
    })
    try {
      return await Promise.race([promise, stopped])
    } finally {
      this.#stop = null
    }
  }

  #createRuntime(names: object): CellRuntime {
    const { core, scope, interrupt } = this.#parts
    const noteThrown = (value: unknown, stack: Error): void => {
      this.#thrownAt = { value, stack }
    }
    const { arrays, positions, modules } = core
    return createCellRuntime({ arrays, positions, scope, interrupt, modules, noteThrown }, names)
  }
}

function moduleNames(core: CoreInterface): Record<string, string[]> {
  return Object.fromEntries(Object.entries(core.modules).map(([module, names]) => [module, Object.keys(names)]))
}
