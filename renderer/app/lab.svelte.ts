import type {
  CellOutput,
  Hello,
  KernelStatus,
  LessonProgress,
  LessonSummary,
  LessonTrust,
  Settings,
} from '../../electron/protocol.ts'
import { protocolVersion } from '../../electron/protocol.ts'
import { HostConnection, HostGone, messageOf, type ConnectionState } from '../transport/host-connection.ts'
import type { OpenTransport } from '../transport/transport.ts'
import { FigureDock } from './dock/figure-dock.svelte.ts'
import { Drafts, type DraftStorage } from './notebook/drafts.ts'
import type { LivePages } from './notebook/live-pages.ts'
import { Notebook } from './notebook/notebook.svelte.ts'
import { ProgressSaver } from './notebook/progress-saver.svelte.ts'

/** A lesson that was opened in this window, with the figures beside it. */
export interface OpenedLesson {
  readonly notebook: Notebook
  readonly dock: FigureDock
}

export type LessonView =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading'; readonly lessonId: string; readonly startedAt: number }
  | ({ readonly kind: 'open' } & OpenedLesson)
  | { readonly kind: 'failed'; readonly lessonId: string; readonly message: string }

const firstSettings: Settings = { theme: 'system', cpuDevices: 4, lastLessonId: null }

/** Everything the window knows: the connection, the lessons, the one that is open, and the settings. */
export class Lab {
  connection: ConnectionState = $state.raw({ kind: 'connecting' })
  hello: Hello | null = $state.raw(null)
  settings: Settings = $state.raw(firstSettings)
  view: LessonView = $state.raw({ kind: 'none' })
  notices: readonly string[] = $state.raw([])
  /** The newest thing to say to a screen reader. */
  announcement = $state('')
  readonly #connection: HostConnection
  readonly #drafts: Drafts
  readonly #opened = new Map<string, OpenedLesson>()
  #progress: ReadonlyMap<string, LessonProgress> = $state.raw(new Map())
  /** Settings that were changed here and are not known to be saved. */
  #unsavedSettings: Partial<Settings> = {}
  readonly #settingsSaver = new ProgressSaver(() => this.#sendSettings())

  constructor(open: OpenTransport, storage: DraftStorage, pages: LivePages) {
    this.#drafts = new Drafts(storage, pages)
    this.#connection = new HostConnection({
      open,
      events: {
        cellOutput: (event) => this.#receive(event),
        kernelStatus: (status) => this.#setKernel(status),
        lessonTrust: ({ lessonId, trust }) => void this.#setTrust(lessonId, trust),
        notice: ({ message }) => this.notify(message),
        progressChanged: (progress) => this.#setProgress(progress),
        settingsChanged: (settings) => this.#setSettings(settings),
      },
      onState: (state) => {
        this.connection = state
        if (state.kind === 'open') void this.#greet()
      },
    })
  }

  get host() {
    return this.#connection.host
  }

  get lessons(): readonly LessonSummary[] {
    return this.hello?.lessons ?? []
  }

  /** The lesson that is on the screen, or on its way to it. */
  get lessonId(): string | null {
    switch (this.view.kind) {
      case 'none':
        return null
      case 'open':
        return this.view.notebook.id
      case 'loading':
      case 'failed':
        return this.view.lessonId
    }
  }

  /** Connects, now. */
  connect(): void {
    void this.#connection.connect()
  }

  /** How many exercises of a lesson are solved, wherever they were. */
  solved(lesson: LessonSummary): number {
    const opened = this.#opened.get(lesson.id)
    if (opened) return opened.notebook.solvedCount
    const saved = this.#progress.get(lesson.id)?.entries ?? []
    const solved = new Set(saved.flatMap(({ kind, id }) => (kind === 'solved' ? [id] : [])))
    return lesson.exerciseIds.filter((id) => solved.has(id)).length
  }

  async openLesson(lessonId: string): Promise<void> {
    if (this.view.kind === 'open') void this.view.notebook.saver.flush()
    const before = this.#opened.get(lessonId)
    if (before) {
      this.view = { kind: 'open', ...before }
      this.#remember(lessonId)
      this.#tellShown()
      return
    }
    this.view = { kind: 'loading', lessonId, startedAt: performance.now() }
    try {
      this.#tellShown()
      const lesson = await this.host.openLesson({ lessonId })
      const trust = await this.host.lessonTrust({ lessonId })
      // Asked for twice in a moment, it is opened once: a second notebook would not see what is typed into the first.
      const meanwhile = this.#opened.get(lessonId)
      if (meanwhile) {
        if (this.lessonId === lessonId) this.view = { kind: 'open', ...meanwhile }
        return
      }
      const dock = new FigureDock({ lessonId, host: this.host, announce: (message) => this.announce(message) })
      const notebook = new Notebook({
        lesson,
        trust,
        saved: this.#progress.get(lessonId),
        host: this.host,
        drafts: this.#drafts,
        announce: (message) => this.announce(message),
        onFailure: (error) => this.#report(error),
        onBegin: () => dock.beforeRun(),
        onRun: (cell, result) => dock.afterRun(cell, result),
        onOutput: (_cell, output) => {
          if (output.kind === 'document') dock.show(output.document)
        },
      })
      const opened = { notebook, dock }
      this.#opened.set(lessonId, opened)
      await this.#recover(notebook)
      if (this.lessonId !== lessonId) return
      this.view = { kind: 'open', ...opened }
      this.#remember(lessonId)
      // Each names its file, and is shown once: what is known of all lessons may have told it before.
      for (const problem of lesson.problems) this.notify(problem)
      await this.#refreshKernel(notebook)
      await notebook.restore()
    } catch (error) {
      if (this.lessonId === lessonId && this.view.kind === 'loading') {
        this.view = { kind: 'failed', lessonId, message: messageOf(error) }
      } else this.#report(error)
    }
  }

  /** Forgets everything an attendee did in the open lesson. */
  async resetLesson(): Promise<void> {
    if (this.view.kind !== 'open') return
    const { id, saver } = this.view.notebook
    await saver.flush()
    const progress = await this.host.resetLesson({ lessonId: id })
    saver.end()
    this.#opened.delete(id)
    this.#drafts.keep(id, [])
    this.#setProgress(progress)
    await this.openLesson(id)
  }

  /** Tells the host what is on the screen: kernels of other lessons end after a while. */
  #tellShown(): void {
    const { lessonId } = this
    void this.attempt(() => this.host.showLesson({ lessonId }))
  }

  /** A lesson that is not what this page shows is opened anew: nobody allows what they have not seen. */
  async #setTrust(lessonId: string, trust: LessonTrust): Promise<void> {
    const opened = this.#opened.get(lessonId)
    if (!opened) return
    const { notebook } = opened
    const { consent } = notebook
    if (trust.kind === 'built-in' || consent.trust.kind === 'built-in' || trust.digest === consent.trust.digest) {
      consent.trust = trust
      return
    }
    await this.attempt(() => notebook.saver.flush())
    this.#opened.delete(lessonId)
    if (this.lessonId !== lessonId) return
    await this.openLesson(lessonId)
    this.notify(`${notebook.lesson.summary.title} has changed on the disk and was opened anew.`)
  }

  async setDevices(count: number): Promise<void> {
    this.saveSettings({ cpuDevices: count })
    if (this.view.kind !== 'open') return
    const { notebook } = this.view
    await this.attempt(async () => notebook.setKernel(await this.host.setDevices({ lessonId: notebook.id, count })))
  }

  saveSettings(changes: Partial<Settings>): void {
    this.settings = { ...this.settings, ...changes }
    this.#unsavedSettings = { ...this.#unsavedSettings, ...changes }
    this.#settingsSaver.touch()
    void this.#settingsSaver.flush()
  }

  async #sendSettings(): Promise<void> {
    const changes = this.#unsavedSettings
    try {
      await this.host.saveSettings({ changes })
    } catch (error) {
      this.#report(error)
      throw error
    }
    if (changes === this.#unsavedSettings) this.#unsavedSettings = {}
  }

  /** Does something that may fail, and says so when it does. */
  async attempt(action: () => Promise<unknown>): Promise<void> {
    try {
      await action()
    } catch (error) {
      this.#report(error)
    }
  }

  #report(error: unknown): void {
    // That the host is gone stands in its own banner.
    if (!(error instanceof HostGone)) this.notify(messageOf(error))
  }

  notify(message: string): void {
    if (!this.notices.includes(message)) this.notices = [...this.notices, message]
    this.announce(message)
  }

  dismiss(message: string): void {
    this.notices = this.notices.filter((notice) => notice !== message)
  }

  announce(message: string): void {
    this.announcement = message
  }

  /**
   * Whether closing the window now could lose text: it is not on the host's disk, and nothing says that it
   * soon will be, or the browser has no room to keep it until then.
   */
  get unsaved(): boolean {
    return [...this.#opened.values()].some(({ notebook: { saver, sync } }) => {
      if (saver.state.kind === 'saved' && sync.conflicts.length === 0) return false
      return sync.draftsFull || saver.state.kind === 'failed' || this.connection.kind !== 'open'
    })
  }

  /** A lesson whose text cannot be saved, or has two versions: the one on the screen, or else any that was opened. */
  get troubled(): Notebook | null {
    if (this.view.kind !== 'open') return null
    const shown = this.view.notebook
    const all = [shown, ...[...this.#opened.values()].map(({ notebook }) => notebook)]
    const failed = all.find(({ saver }) => saver.state.kind === 'failed')
    return failed ?? all.find(({ sync }) => sync.conflicts.length > 0) ?? null
  }

  /** Saves every open lesson now. */
  async flush(): Promise<void> {
    await Promise.all([...this.#opened.values()].map(({ notebook }) => notebook.saver.flush()))
  }

  async #greet(): Promise<void> {
    await this.attempt(async () => {
      const first = this.hello === null
      const hello = await this.host.hello({})
      if (hello.protocolVersion !== protocolVersion) {
        this.notify('This page is of another version than the lab that serves it. Reload it.')
      }
      this.hello = hello
      for (const notice of hello.notices) this.notify(notice)
      if (!first) return this.#resume(hello)
      this.settings = hello.settings
      this.#progress = new Map(hello.progress.map((progress) => [progress.lessonId, progress]))
      const lessonId = hello.lessons.find(({ id }) => id === hello.settings.lastLessonId)?.id ?? hello.lessons[0]?.id
      if (lessonId !== undefined) await this.openLesson(lessonId)
    })
  }

  /** After a reconnection: saves what could not be saved, and asks what became of the kernels. */
  async #resume(hello: Hello): Promise<void> {
    this.#progress = new Map(hello.progress.map((progress) => [progress.lessonId, progress]))
    for (const [lessonId, { notebook }] of this.#opened) {
      notebook.sync.receive(this.#progress.get(lessonId) ?? { lessonId, revision: 0, entries: [] }, true)
    }
    // Another window may have been closed while it could not save.
    for (const { notebook } of this.#opened.values()) await this.#recover(notebook)
    await this.#settingsSaver.flush()
    await this.flush()
    for (const { notebook } of this.#opened.values()) await this.#refreshKernel(notebook)
    if (this.view.kind === 'failed') await this.openLesson(this.view.lessonId)
  }

  /** Takes up what windows that are gone could not save. */
  async #recover(notebook: Notebook): Promise<void> {
    if (!(await notebook.sync.recover())) return
    notebook.changed()
    this.notify('Text that could not be saved when the lab stopped has been put back.')
  }

  async #refreshKernel(notebook: Notebook): Promise<void> {
    notebook.setKernel(await this.host.kernelStatus({ lessonId: notebook.id }))
  }

  #remember(lessonId: string): void {
    if (this.settings.lastLessonId !== lessonId) this.saveSettings({ lastLessonId: lessonId })
  }

  #setProgress(progress: LessonProgress): void {
    this.#progress = new Map([...this.#progress, [progress.lessonId, progress]])
    this.#opened.get(progress.lessonId)?.notebook.sync.receive(progress)
  }

  /** Another window changed the settings. It does not choose the lesson here. */
  #setSettings(settings: Settings): void {
    this.settings = { ...settings, lastLessonId: this.settings.lastLessonId, ...this.#unsavedSettings }
  }

  #receive(event: { lessonId: string; cellId: string; runId: string; output: CellOutput }): void {
    this.#opened.get(event.lessonId)?.notebook.receive(event)
  }

  #setKernel(status: KernelStatus): void {
    const opened = this.#opened.get(status.lessonId)
    opened?.notebook.setKernel(status)
    if (status.state === 'dead' || status.state === 'starting') opened?.dock.loseCalls()
  }
}
