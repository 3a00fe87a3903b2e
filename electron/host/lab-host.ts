import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import type {
  CellError,
  CellOutput,
  CheckResult,
  HostApi,
  KernelStatus,
  LessonTrust,
  RendererApi,
} from '../protocol.ts'
import { protocolVersion } from '../protocol.ts'
import type { KernelProgram } from './kernel-process.ts'
import type { LessonKernel } from './lesson-kernel.ts'
import { type KernelLimits, LessonKernels } from './lesson-kernels.ts'
import { gradeOption, gradeOrder } from './lessons/grade.ts'
import { LessonStore } from './lessons/lesson-store.ts'
import type { ParsedExercise, ParsedLesson } from './lessons/parsed-lesson.ts'
import { ProgressStore } from './progress-store.ts'
import { removeLeftKernelFolders } from './kernel-folders.ts'
import { TrustedLessons } from './trust/trusted-lessons.ts'

export type SaveFile = (call: Parameters<HostApi['saveFile']>[0]) => Promise<{ path: string | null }>

export interface LabHostOptions {
  readonly lessonsDirs: readonly string[]
  /** Those of `lessonsDirs` that came with the application: their code runs without a question. */
  readonly builtInDirs?: readonly string[]
  readonly kernelLimits?: Partial<KernelLimits>
  readonly dataDir: string
  readonly kernel: KernelProgram
  readonly version: string
  readonly shell: 'electron' | 'serve'
  readonly saveFile: SaveFile | null
}

type Call<Name extends keyof HostApi> = Parameters<HostApi[Name]>[0]

/** What is answered to a page alone, since it is about that page. */
export type PageCalls = Pick<HostApi, 'showLesson'>

/** The host's answers. Arguments have been validated; see `serve-calls.ts`. */
export class LabHost implements Omit<HostApi, keyof PageCalls> {
  readonly #options: LabHostOptions
  readonly #events: RendererApi
  readonly #lessons: LessonStore
  readonly #progress: ProgressStore
  readonly #kernels: LessonKernels
  readonly #trusted: TrustedLessons
  /** Told to every page that says hello. */
  readonly #notices: string[] = []

  constructor(options: LabHostOptions, events: RendererApi) {
    this.#options = options
    this.#events = events
    this.#lessons = new LessonStore(options.lessonsDirs)
    this.#progress = new ProgressStore(options.dataDir, {
      notify: (message) => this.notify(message),
      onLesson: (progress) => this.#events.progressChanged(progress),
      onSettings: (settings) => this.#events.settingsChanged(settings),
    })
    this.#trusted = new TrustedLessons(options.dataDir, options.builtInDirs ?? [], (message) => this.notify(message))
    removeLeftKernelFolders()
    this.#kernels = new LessonKernels(
      options.kernel,
      (lessonId) => ({
        output: ({ cellId, runId, output }) => {
          events.cellOutput({ lessonId, cellId, runId, output: this.#withLessonOf(output) })
        },
        status: (status) => events.kernelStatus(status),
      }),
      options.kernelLimits,
    )
  }

  async hello() {
    const { version, shell, saveFile } = this.#options
    await this.#lessons.refresh()
    return {
      protocolVersion,
      appVersion: version,
      shell,
      capabilities: { saveDialog: saveFile !== null },
      lessons: this.#lessons.summaries,
      settings: this.#progress.settings,
      progress: this.#progress.lessons,
      notices: [...this.#notices, ...this.#lessons.problems],
    }
  }

  async openLesson({ lessonId }: Call<'openLesson'>) {
    await this.#lessons.refresh()
    return this.#lesson(lessonId).lesson
  }

  /** A page that has connected: its own calls, and what is done when it is gone. */
  page(): { readonly calls: PageCalls; readonly gone: () => void } {
    const seat = this.#kernels.seat()
    return { calls: { showLesson: async ({ lessonId }) => seat.show(lessonId) }, gone: () => seat.leave() }
  }

  async lessonTrust({ lessonId }: Call<'lessonTrust'>): Promise<LessonTrust> {
    return this.#trusted.of(await this.#knownLesson(lessonId))
  }

  async trustLesson({ lessonId, digest }: Call<'trustLesson'>): Promise<LessonTrust> {
    const lesson = await this.#knownLesson(lessonId)
    await this.#trusted.trust(lesson, digest)
    return this.#tellTrust(lesson)
  }

  async withdrawTrust({ lessonId }: Call<'withdrawTrust'>): Promise<LessonTrust> {
    const lesson = await this.#knownLesson(lessonId)
    await this.#trusted.withdraw(lesson)
    const trust = this.#tellTrust(lesson)
    if (trust.kind === 'asks') await this.#kernels.end(lessonId)
    return trust
  }

  async runCell({ lessonId, cellId, runId, source }: Call<'runCell'>) {
    return (await this.#kernel(lessonId)).run(cellId, runId, source)
  }

  async checkExercise({ lessonId, exerciseId, runId, answer }: Call<'checkExercise'>): Promise<CheckResult> {
    const exercise = await this.#exercise(lessonId, exerciseId)
    const expected = exercise.answer
    if (expected.kind === 'code' && answer.kind === 'code') {
      return (await this.#kernel(lessonId)).check(exerciseId, runId, answer.source, expected.check)
    }
    if (expected.kind === 'option' && answer.kind === 'option') return gradeOption(expected, answer.optionId)
    if (expected.kind === 'order' && answer.kind === 'order') return gradeOrder(expected, answer.lineIds)
    throw new Error(`Exercise ${exerciseId} is answered by ${expected.kind}, not by ${answer.kind}.`)
  }

  async hint({ lessonId, exerciseId, index }: Call<'hint'>) {
    const { hints } = await this.#exercise(lessonId, exerciseId)
    const html = hints[index]
    if (html === undefined) throw new Error(`Exercise ${exerciseId} has ${hints.length} hints.`)
    return { html }
  }

  async solution({ lessonId, exerciseId }: Call<'solution'>) {
    const { solution } = await this.#exercise(lessonId, exerciseId)
    if (solution === null) throw new Error(`The lesson gives no solution for exercise ${exerciseId}.`)
    return solution
  }

  async interrupt({ lessonId }: Call<'interrupt'>) {
    this.#kernels.find(lessonId)?.interrupt()
  }

  async restartKernel({ lessonId }: Call<'restartKernel'>) {
    await (await this.#kernel(lessonId)).restart()
  }

  async kernelStatus({ lessonId }: Call<'kernelStatus'>): Promise<KernelStatus> {
    await this.#knownLesson(lessonId)
    return this.#kernels.get(lessonId, this.#progress.settings.cpuDevices).status
  }

  async inspect({ lessonId, callId, figure }: Call<'inspect'>) {
    const answer = await (await this.#kernel(lessonId)).inspect(randomUUID(), callId, figure)
    return 'error' in answer ? { error: this.#withLesson(answer.error) } : answer
  }

  async setDevices({ lessonId, count }: Call<'setDevices'>) {
    await this.#knownLesson(lessonId)
    return this.#kernels.get(lessonId, this.#progress.settings.cpuDevices).setDevices(count)
  }

  async saveProgress({ lessonId, changes }: Call<'saveProgress'>) {
    return this.#progress.saveLesson(lessonId, changes)
  }

  async resetLesson({ lessonId }: Call<'resetLesson'>) {
    return this.#progress.forgetLesson(lessonId)
  }

  async saveSettings({ changes }: Call<'saveSettings'>) {
    await this.#progress.saveSettings(changes)
  }

  async saveFile(call: Call<'saveFile'>) {
    const { saveFile } = this.#options
    if (saveFile === null) throw new Error('There is no save dialog here; the page downloads files itself.')
    return saveFile(call)
  }

  /** Tells every page something, also those that come later. */
  notify(message: string): void {
    if (!this.#notices.includes(message)) this.#notices.push(message)
    this.#events.notice({ message })
  }

  /** Ends all kernels and, once everything is written, gives the data folder free. */
  async close(): Promise<void> {
    await Promise.all([this.#progress.close(), this.#trusted.settled(), this.#kernels.close()])
  }

  #lesson(lessonId: string): ParsedLesson {
    const lesson = this.#lessons.find(lessonId)
    if (lesson !== undefined) return lesson
    const known = this.#lessons.summaries.map((summary) => summary.id).join(', ')
    throw new Error(
      `There is no lesson ${lessonId}. ${known === '' ? 'No lessons were found.' : `There are ${known}.`}`,
    )
  }

  async #knownLesson(lessonId: string): Promise<ParsedLesson> {
    // A page that was open before the host started again asks without saying hello.
    if (this.#lessons.find(lessonId) === undefined) await this.#lessons.refresh()
    return this.#lesson(lessonId)
  }

  async #exercise(lessonId: string, exerciseId: string): Promise<ParsedExercise> {
    const exercise = (await this.#knownLesson(lessonId)).exercises.get(exerciseId)
    if (exercise === undefined) throw new Error(`Lesson ${lessonId} has no exercise ${exerciseId}.`)
    return exercise
  }

  /** The kernel of a lesson whose code may run. */
  async #kernel(lessonId: string): Promise<LessonKernel> {
    const lesson = await this.#knownLesson(lessonId)
    if (this.#trusted.of(lesson).kind === 'asks') {
      this.#tellTrust(lesson)
      throw new Error(
        `Lesson ${lessonId} did not come with the lab, and nobody has allowed its code to run. ` +
          'Look at its cells, and if you trust whom it comes from, press "Allow" at the top of the lesson.',
      )
    }
    return this.#kernels.get(lessonId, this.#progress.settings.cpuDevices)
  }

  #tellTrust(lesson: ParsedLesson): LessonTrust {
    const trust = this.#trusted.of(lesson)
    this.#events.lessonTrust({ lessonId: lesson.summary.id, trust })
    return trust
  }

  #withLessonOf(output: CellOutput): CellOutput {
    return output.kind === 'error' ? { ...output, error: this.#withLesson(output.error) } : output
  }

  /** The core names a lesson by its folder; the page knows ids, and must not offer a lesson that is not there. */
  #withLesson({ lessonId: named, ...error }: CellError): CellError {
    const lesson = this.#lessons.summaries
      .map(({ id }) => this.#lessons.find(id))
      .find((each) => each !== undefined && (each.summary.id === named || basename(each.folder) === named))
    return lesson === undefined ? error : { ...error, lessonId: lesson.summary.id }
  }
}
