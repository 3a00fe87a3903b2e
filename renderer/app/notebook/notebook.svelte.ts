import type {
  CellOutput,
  CheckResult,
  HostApi,
  KernelStatus,
  Lesson,
  LessonProgress,
  LessonTrust,
  RunResult,
  RunStatus,
} from '../../../electron/protocol.ts'
import { messageOf } from '../../transport/host-connection.ts'
import type { ExerciseState } from '../exercises/exercise.svelte.ts'
import type { Cell } from './cell.svelte.ts'
import type { Drafts } from './drafts.ts'
import { LessonConsent } from './lesson-consent.svelte.ts'
import { LessonWork } from './lesson-work.svelte.ts'
import { ProgressSaver } from './progress-saver.svelte.ts'
import { ProgressSync } from './progress-sync.svelte.ts'
import { runnable } from './run-limit.ts'
import { RunQueue } from './run-queue.svelte.ts'
import type { Section } from './sections.ts'
import { staleCells, type EarlierSources } from './stale.ts'

interface NotebookOptions {
  readonly lesson: Lesson
  readonly trust?: LessonTrust
  readonly saved: LessonProgress | undefined
  readonly host: HostApi
  readonly drafts: Drafts
  /** Says a result to a screen reader. */
  readonly announce: (message: string) => void
  /** Something asked of the host was not done. */
  readonly onFailure: (error: unknown) => void
  readonly onBegin?: () => void
  /** A run is over: its calls can be drawn. */
  readonly onRun?: (cell: Cell, result: RunResult) => void
  readonly onOutput?: (cell: Cell, output: CellOutput) => void
  readonly now?: () => number
}

/** One open lesson: its cells, what runs, what an attendee has solved, and what is not saved yet. */
export class Notebook {
  readonly lesson: Lesson
  readonly queue = new RunQueue()
  readonly saver: ProgressSaver
  readonly sync: ProgressSync
  kernel: KernelStatus | null = $state.raw(null)
  readonly consent: LessonConsent
  /** Why the variables are gone, with the cells to run again; null when nothing is to be said. */
  loss: { readonly message: string; readonly cellIds: readonly string[] } | null = $state.raw(null)
  readonly cells: readonly Cell[] = $derived.by(() => [...this.#work.lessonCells, ...this.#work.scratch])
  /** Cells whose result the text above them no longer gives. */
  readonly stale: ReadonlySet<string> = $derived.by(() => staleCells(this.cells.map(dated)))
  readonly solvedCount: number = $derived.by(
    () => this.exercises.filter((exercise) => exercise.solvedAt !== null).length,
  )
  readonly #options: NotebookOptions
  readonly #work: LessonWork
  #runs = 0

  constructor(options: NotebookOptions) {
    const { lesson, saved, drafts, host } = options
    this.#options = options
    this.lesson = lesson
    const { trust = { kind: 'built-in' }, announce } = options
    this.consent = new LessonConsent({ lessonId: this.id, trust, host, announce })
    const work = (this.#work = new LessonWork(lesson, saved?.entries ?? []))
    this.sync = new ProgressSync({
      lessonId: this.id,
      saved,
      drafts,
      host,
      work: {
        entries: () => work.entries(),
        apply: (kind, id, value) => work.apply(kind, id, value),
        keepText: (text) => void work.addScratch(text),
        canAsk: (id) => this.cell(id) !== undefined,
        changed: () => this.changed(),
      },
    })
    this.saver = new ProgressSaver(() => this.sync.save())
  }

  get id(): string {
    return this.lesson.summary.id
  }

  get sections(): readonly Section[] {
    return this.#work.sections
  }

  get exercises(): readonly ExerciseState[] {
    return this.#work.exercises
  }

  /** Cells that the attendee added at the end. */
  get scratch(): readonly Cell[] {
    return this.#work.scratch
  }

  cell(id: string): Cell | undefined {
    return this.cells.find((cell) => cell.id === id)
  }

  exerciseOf(cell: Cell): ExerciseState | undefined {
    return this.exercises.find((exercise) => exercise.cell === cell)
  }

  // --- editing ---------------------------------------------------------------------------------

  edit(cell: Cell, text: string): void {
    if (cell.text === text) return
    this.#work.setText(cell, text)
    this.changed()
  }

  reset(cell: Cell): void {
    this.edit(cell, cell.original)
    cell.clear()
  }

  addScratch(): Cell {
    const cell = this.#work.addScratch('')
    this.changed()
    return cell
  }

  removeScratch(cell: Cell): void {
    this.#work.removeScratch(cell)
    this.changed()
  }

  /** Something that belongs to the progress is different now. */
  changed(): void {
    this.sync.keepDrafts()
    this.saver.touch()
  }

  // --- running ---------------------------------------------------------------------------------

  /** Why nothing of the lesson runs, if that is so. */
  get blocked(): string | null {
    return this.consent.blocked
  }

  run(cell: Cell): void {
    if (this.blocked !== null) return
    if (cell.run.kind === 'queued' || cell.run.kind === 'running') return
    if (this.exerciseOf(cell)?.mustPredict) return
    const before = cell.run
    cell.run = { kind: 'queued' }
    this.queue.add({
      key: `run ${cell.id}`,
      execute: () => this.#execute(cell),
      drop: () => {
        cell.run = before
      },
    })
  }

  /** Runs the lesson's cells and the scratch cells in reading order; exercises run when they are worked on. */
  runAll(): void {
    for (const cell of this.cells) if (cell.origin !== 'exercise') this.run(cell)
  }

  /** Runs the cells whose variables were lost, in reading order. */
  async replay(): Promise<void> {
    const lost = new Set(this.loss?.cellIds)
    if (this.kernel?.state === 'dead') await this.restart()
    this.loss = null
    for (const cell of this.cells) if (lost.has(cell.id)) this.run(cell)
  }

  async stop(): Promise<void> {
    this.queue.clear()
    await this.#attempt(() => this.#options.host.interrupt({ lessonId: this.id }))
  }

  async restart(): Promise<void> {
    if (this.blocked !== null) return
    this.queue.clear()
    await this.#attempt(() => this.#options.host.restartKernel({ lessonId: this.id }))
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      this.#options.onFailure(error)
    }
  }

  async #execute(cell: Cell): Promise<RunStatus> {
    const { host, announce } = this.#options
    const runId = this.#nextRunId()
    const source = cell.text
    const earlier = this.#earlierSources(cell)
    cell.begin(runId, this.#now())
    this.#options.onBegin?.()
    try {
      const result = await host.runCell({ lessonId: this.id, cellId: cell.id, runId, source: runnable(source) })
      cell.finish({ ...result, source, earlier })
      announce(outcomeText(cell, result))
      this.#options.onRun?.(cell, result)
      return result.status
    } catch (error) {
      cell.receive({ kind: 'text', stream: 'stderr', text: `${messageOf(error)}\n` })
      cell.finish({ status: 'interrupted', milliseconds: 0, device: '', source, earlier })
      announce(`Cell ${cell.label}: ${messageOf(error)}`)
      return 'interrupted'
    }
  }

  #nextRunId(): string {
    return `run-${++this.#runs}-${Math.random().toString(36).slice(2, 8)}`
  }

  #now(): number {
    return (this.#options.now ?? performance.now.bind(performance))()
  }

  #earlierSources(cell: Cell): EarlierSources {
    const above = this.cells.slice(0, this.cells.indexOf(cell))
    return new Map(
      above.flatMap(({ id, run, lost }) => (run.kind === 'finished' && !lost ? [[id, run.source] as const] : [])),
    )
  }

  // --- exercises -------------------------------------------------------------------------------

  /** Checks what was written, through the queue: it runs in the kernel. */
  check(exercise: ExerciseState): void {
    const { cell } = exercise
    if (!cell || exercise.checking || this.blocked !== null) return
    exercise.checking = true
    this.queue.add({
      key: `check ${cell.id}`,
      execute: async () => {
        const runId = this.#nextRunId()
        const source = cell.text
        const earlier = this.#earlierSources(cell)
        const startedAt = this.#now()
        cell.begin(runId, startedAt)
        const result = await this.#judge(exercise, { kind: 'code', source }, runId)
        const status = result?.status ?? 'interrupted'
        cell.finish({ status, milliseconds: this.#now() - startedAt, device: '', source, earlier })
        exercise.outdated = cell.text !== source
        return status
      },
      drop: () => {
        exercise.checking = false
      },
    })
  }

  /** Commits the chosen option: from here on the prediction stands, right or wrong. */
  async commit(exercise: ExerciseState): Promise<void> {
    if (exercise.choice === null || exercise.checking) return
    const optionId = exercise.choice
    exercise.committed = optionId
    this.changed()
    await this.#judge(exercise, { kind: 'option', optionId }, this.#nextRunId())
  }

  async checkOrder(exercise: ExerciseState): Promise<void> {
    if (exercise.checking) return
    await this.#judge(exercise, { kind: 'order', lineIds: [...exercise.order] }, this.#nextRunId())
  }

  async #judge(
    exercise: ExerciseState,
    answer: Parameters<HostApi['checkExercise']>[0]['answer'],
    runId: string,
  ): Promise<CheckResult | null> {
    const { host, announce } = this.#options
    const { id } = exercise.exercise
    exercise.checking = true
    exercise.failure = null
    try {
      if (answer.kind === 'code') runnable(answer.source)
      const result = await host.checkExercise({ lessonId: this.id, exerciseId: id, runId, answer })
      exercise.result = result
      exercise.outdated = false
      const passes = result.items.filter((item) => item.passed).length
      announce(`Exercise ${id}: ${result.passed ? 'solved' : `${passes} of ${result.items.length}`}. ${result.message}`)
      if (result.passed && exercise.solvedAt === null) {
        exercise.solvedAt = new Date().toISOString()
        this.changed()
      }
      return result
    } catch (error) {
      exercise.failure = messageOf(error)
      announce(`Exercise ${id}: ${exercise.failure}`)
      return null
    } finally {
      exercise.checking = false
    }
  }

  /** Hints that were opened before, and the judgement of a committed prediction, as the attendee left them. */
  async restore(): Promise<void> {
    for (const exercise of this.exercises) {
      const { id, hintCount } = exercise.exercise
      const seen = Math.min(this.#work.hintsSeen.get(id) ?? 0, hintCount)
      while (exercise.hints.length < seen) await this.#fetchHint(exercise)
      if (exercise.committed === null) continue
      const call = { lessonId: this.id, exerciseId: id, runId: this.#nextRunId() }
      const answer = { kind: 'option', optionId: exercise.committed } as const
      exercise.result = await this.#options.host.checkExercise({ ...call, answer })
    }
  }

  async showHint(exercise: ExerciseState): Promise<void> {
    const { id } = exercise.exercise
    try {
      await this.#fetchHint(exercise)
      this.#work.hintsSeen.set(id, Math.max(this.#work.hintsSeen.get(id) ?? 0, exercise.hints.length))
      this.changed()
    } catch (error) {
      exercise.failure = messageOf(error)
    }
  }

  async #fetchHint(exercise: ExerciseState): Promise<void> {
    const index = exercise.hints.length
    const { html } = await this.#options.host.hint({ lessonId: this.id, exerciseId: exercise.exercise.id, index })
    exercise.hints = [...exercise.hints, html]
  }

  async showSolution(exercise: ExerciseState): Promise<void> {
    try {
      exercise.solution = await this.#options.host.solution({ lessonId: this.id, exerciseId: exercise.exercise.id })
    } catch (error) {
      exercise.failure = messageOf(error)
    }
  }

  // --- what the host says ----------------------------------------------------------------------

  receive(event: { cellId: string; runId: string; output: CellOutput }): void {
    const cell = this.cell(event.cellId)
    if (!cell || cell.run.kind !== 'running' || cell.run.runId !== event.runId) return
    cell.receive(event.output)
    this.#options.onOutput?.(cell, event.output)
  }

  setKernel(status: KernelStatus): void {
    const before = this.kernel
    this.kernel = status
    const lost = new Set(status.lostCellIds)
    for (const cell of this.cells) if (lost.has(cell.id) && cell.run.kind === 'finished') cell.lost = true
    // A new kernel that has lost nothing: there is nothing to go back to.
    if (status.state === 'idle' && lost.size === 0) this.loss = null
    const known = new Set(before?.lostCellIds)
    const died = status.state === 'dead' && before?.state !== 'dead'
    // While the cells above run again the list gets shorter, which is no news.
    if (!died && status.lostCellIds.every((id) => known.has(id))) return
    const message =
      status.message ?? 'The kernel was restarted. The variables of this lesson are gone, your text is not.'
    this.loss = { message, cellIds: status.lostCellIds }
    this.#options.announce(message)
  }
}

function dated(cell: Cell) {
  const { run, lost } = cell
  return { id: cell.id, text: cell.text, ran: run.kind === 'finished' && !lost ? run : null }
}

/** What a screen reader hears when a run is over. */
function outcomeText(cell: Cell, result: RunResult): string {
  const name = `Cell ${cell.label}`
  switch (result.status) {
    case 'ok':
      return `${name}: done in ${Math.round(result.milliseconds)} milliseconds.`
    case 'interrupted':
      return `${name}: stopped.`
    case 'kernel-died':
      return `${name}: the kernel ended.`
    case 'error': {
      const { error } = cell
      if (!error) return `${name}: error.`
      const line = error.place ? ` on line ${error.place.line}` : ''
      return `${name}: ${error.name}${line}. ${error.message}`
    }
  }
}
