import { performance } from 'node:perf_hooks'
import type { CellOutput } from '../protocol.ts'
import { createCellNames, showValue, standardGlobals } from './cell-names.ts'
import { CellPlaces } from './cell-places.ts'
import { CellRunner, type Outcome } from './cell-runner.ts'
import { CellTimers } from './cell-timers.ts'
import type { CoreInterface } from './core-interface.ts'
import { ExerciseCheck, notChecked } from './exercise-check.ts'
import { ValueFormatter } from './format-value.ts'
import type { KernelToHost, RunReport, ToCellThread } from './messages.ts'
import { OutputSink } from './output-sink.ts'
import type { InterruptWord } from './runtime/interrupt.ts'
import { SharedScope } from './runtime/shared-scope.ts'

// Taken before the first cell, which may put something else under this name.
const { setImmediate: afterThisTurn } = globalThis

type Post = (message: KernelToHost) => void
type Request<Kind extends ToCellThread['kind']> = Extract<ToCellThread, { kind: Kind }>

/** The cells of one kernel: their shared names, their outputs, and what is asked of them. */
export class CellSession {
  readonly #core: CoreInterface
  readonly #post: Post
  readonly #runner: CellRunner
  readonly #timers = new CellTimers((error) => this.fail(error))
  readonly #view: Parameters<typeof showValue>[1]
  #sink = new OutputSink(() => {})
  #queue: Promise<void> = Promise.resolve()

  constructor(core: CoreInterface, interrupt: InterruptWord, post: Post) {
    this.#core = core
    this.#post = post
    const places = new CellPlaces()
    places.install()
    const formatter = new ValueFormatter(core.describeArray)
    formatter.install(core.arrayPrototype, core.textPrototypes)
    this.#view = { core, formatter, timers: this.#timers, sink: () => this.#sink }
    const scope = new SharedScope({ ...core.offered, ...createCellNames(this.#view) }, standardGlobals())
    core.nameValues(scope.names)
    this.#runner = new CellRunner({ core, scope, places, interrupt })
    this.#captureConsole(formatter)
  }

  /** Takes a request of the host. Requests are served one after the other, only Stop comes at once. */
  receive(request: ToCellThread): void {
    if (request.kind === 'interrupt') {
      this.#timers.clearAll()
      this.#runner.stopWaiting()
      return
    }
    this.#queue = this.#queue
      .then(() => this.#serve(request))
      .catch((error: unknown) => this.#answerWithError(request, error))
  }

  /** An error that nobody awaited or caught: shown beside the outputs of the present run. */
  fail(error: unknown): void {
    this.#sink.addError({ kind: 'error', error: this.#runner.describe(error) })
  }

  #serve(request: Exclude<ToCellThread, { kind: 'interrupt' }>): Promise<void> {
    switch (request.kind) {
      case 'run':
        return this.#run(request)
      case 'check':
        return this.#check(request)
      case 'inspect':
        return this.#inspect(request)
      case 'devices':
        this.#core.setDeviceCount(request.count)
        this.#post({ kind: 'devices', devices: this.#core.devices() })
        return Promise.resolve()
    }
  }

  /** The host waits for an answer to every request, whatever goes wrong with it. */
  #answerWithError(request: Exclude<ToCellThread, { kind: 'interrupt' }>, failure: unknown): void {
    const error = this.#runner.describe(failure)
    switch (request.kind) {
      case 'run': {
        this.fail(failure)
        const report: RunReport = { status: 'error', milliseconds: 0, device: '', calls: [] }
        this.#post({ kind: 'ran', runId: request.runId, report })
        return
      }
      case 'check':
        this.#post({ kind: 'checked', runId: request.runId, report: notChecked({ status: 'error', error }) })
        return
      case 'inspect':
        this.#post({ kind: 'inspected', requestId: request.requestId, result: { error } })
        return
      case 'devices':
        this.fail(failure)
        this.#post({ kind: 'devices', devices: this.#core.devices() })
    }
  }

  async #run({ runId, cellId, source }: Request<'run'>): Promise<void> {
    this.#openSink(runId, cellId)
    const stopRecording = this.#core.record(cellId)
    const start = performance.now()
    const outcome = await this.#shown(() => this.#runner.run(cellId, source))
    const report: RunReport = {
      status: outcome.status,
      milliseconds: performance.now() - start,
      device: this.#core.currentDevice(),
      calls: stopRecording(),
    }
    this.#post({ kind: 'ran', runId, report })
  }

  async #check({ runId, exerciseId, source, check }: Request<'check'>): Promise<void> {
    this.#openSink(runId, exerciseId)
    const outcome = await this.#shown(() => this.#runner.run(exerciseId, source))
    if (outcome.status !== 'ok') {
      this.#post({ kind: 'checked', runId, report: notChecked(outcome) })
      return
    }
    const exercise = new ExerciseCheck(this.#core)
    const verdict = await this.#runner.runBeside(`${exerciseId}.check`, check, exercise.names)
    this.#post({ kind: 'checked', runId, report: exercise.report(verdict) })
  }

  async #inspect({ requestId, callId, figure }: Request<'inspect'>): Promise<void> {
    const outcome = await this.#runner.attempt(() => {
      const document = this.#core.inspect(callId, figure)
      this.#post({ kind: 'inspected', requestId, result: { document } })
    })
    if (outcome.status === 'ok') return
    const stopped = { name: 'Interrupted', message: 'Stopped before the figure was complete.', place: null, stack: [] }
    const error = outcome.status === 'error' ? outcome.error : stopped
    this.#post({ kind: 'inspected', requestId, result: { error } })
  }

  /** Runs a program and shows its value or its error. Showing may fail or be stopped as well. */
  async #shown(run: () => Promise<Outcome>): Promise<Outcome> {
    let outcome = await run()
    if (outcome.status === 'ok' && outcome.hasValue) {
      const { value } = outcome
      const shown = await this.#runner.attempt(() => showValue(value, this.#view))
      if (shown.status !== 'ok') outcome = shown
    }
    if (outcome.status === 'error') this.#sink.addError({ kind: 'error', error: outcome.error })
    // A rejection that nobody awaits is known only when this turn is over; it belongs to this run.
    await new Promise((resolve) => afterThisTurn(resolve))
    return outcome
  }

  #openSink(runId: string, cellId: string): void {
    this.#timers.clearAll()
    this.#sink = new OutputSink((output: CellOutput) => this.#post({ kind: 'output', runId, cellId, output }))
  }

  /** What the core prints, such as `debug.print`, belongs to the notebook too. */
  #captureConsole(formatter: ValueFormatter): void {
    const write =
      (stream: 'stdout' | 'stderr') =>
      (...values: unknown[]): void =>
        this.#sink.print(stream, formatter.logged(values))
    const console = {
      log: write('stdout'),
      info: write('stdout'),
      debug: write('stdout'),
      warn: write('stderr'),
      error: write('stderr'),
    }
    // In place of Node's own, which holds the streams of this thread, and through them its port.
    Object.defineProperty(globalThis, 'console', { value: Object.freeze(console), writable: true, configurable: true })
  }
}
