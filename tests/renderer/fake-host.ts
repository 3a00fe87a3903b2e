import { createBirpc } from 'birpc'
import {
  protocolVersion,
  type CellOutput,
  type CheckResult,
  type Hello,
  type HostApi,
  type KernelStatus,
  type Lesson,
  type LessonTrust,
  type LessonProgress,
  type ProgressEntry,
  entryKey,
  type RendererApi,
  type RunResult,
} from '../../electron/protocol.ts'
import { mergeProgress } from '../../electron/host/merge-progress.ts'
import { progressFormat, type StoredProgress } from '../../electron/host/progress-format.ts'
import type { OpenTransport, Transport } from '../../renderer/transport/transport.ts'

/** Both ends of a channel in memory. Messages are text and arrive in a later task, as over a socket. */
export function memoryTransport(): {
  page: Transport
  host: Transport
  cut: (message: string, final?: boolean) => void
} {
  const ends = [end(), end()] as const
  const [page, host] = ends
  page.peer = host
  host.peer = page
  return {
    page: page.transport,
    host: host.transport,
    cut: (message, final = false) => {
      for (const { closed } of ends) for (const listener of closed) listener({ message, final })
    },
  }
}

interface End {
  peer: End | null
  readonly messages: ((message: string) => void)[]
  readonly closed: ((reason: { message: string; final: boolean }) => void)[]
  readonly transport: Transport
}

function end(): End {
  const self: End = {
    peer: null,
    messages: [],
    closed: [],
    transport: {
      send: (message) => queueMicrotask(() => self.peer?.messages.forEach((listener) => listener(message))),
      onMessage: (listener) => self.messages.push(listener),
      onClose: (listener) => self.closed.push(listener),
      close: () => undefined,
    },
  }
  return self
}

/** A run that a test has in its hands: it says what the cell prints and how it ends. */
export interface HeldRun {
  readonly cellId: string
  readonly source: string
  print(output: CellOutput): void
  finish(result?: Partial<RunResult>): void
}

export const idleKernel = (lessonId: string): KernelStatus => ({
  lessonId,
  state: 'idle',
  lostCellIds: [],
  devices: [1, 2, 3, 4].map((n) => ({ id: `cpu:${n - 1}`, platform: 'cpu', label: 'CPU thread', state: 'idle' })),
})

/** A host of a test's making: it keeps what it was told, and answers with what the test sets. */
export class FakeHost {
  readonly calls: { readonly name: string; readonly call: unknown }[] = []
  readonly runs: HeldRun[] = []
  hello: Hello = {
    protocolVersion,
    appVersion: '0.0.0',
    shell: 'serve',
    capabilities: { saveDialog: false },
    lessons: [],
    settings: { theme: 'light', cpuDevices: 4, lastLessonId: null },
    progress: [],
    notices: [],
  }
  lessons = new Map<string, Lesson>()
  trust: LessonTrust = { kind: 'built-in' }
  check: (call: Parameters<HostApi['checkExercise']>[0]) => Promise<CheckResult> = async () => ({
    passed: true,
    items: [],
    message: 'Right.',
    status: 'ok',
  })
  /** What happens before a save: a test makes it wait, or fail. */
  save: () => Promise<void> = async () => undefined
  readonly #saved = new Map<string, StoredProgress>()
  #revision = 0
  inspect: HostApi['inspect'] = async () => {
    throw new Error('nothing to inspect')
  }
  onRun: (run: HeldRun) => void = () => undefined
  events: RendererApi | null = null

  add(lesson: Lesson): this {
    this.lessons.set(lesson.summary.id, lesson)
    this.hello = { ...this.hello, lessons: [...this.hello.lessons, lesson.summary] }
    return this
  }

  /** Has saved this of a lesson, from before any page connects. */
  keep(lessonId: string, ...entries: ProgressEntry[]): this {
    const stored = new Map(entries.map((entry) => [entryKey(entry), { entry, fields: {} }]))
    this.#saved.set(lessonId, { ...progressFormat.empty, entries: stored })
    return this
  }

  /** What is saved of a lesson. */
  saved(lessonId: string): readonly ProgressEntry[] {
    return [...(this.#saved.get(lessonId)?.entries.values() ?? [])].map(({ entry }) => entry)
  }

  /** Saves a change that another page made, and tells this one. */
  changeElsewhere(lessonId: string, ...changes: Parameters<HostApi['saveProgress']>[0]['changes']): void {
    this.events?.progressChanged(this.#merge(lessonId, changes))
  }

  #merge(lessonId: string, changes: Parameters<HostApi['saveProgress']>[0]['changes']): LessonProgress {
    this.#saved.set(lessonId, mergeProgress(this.#saved.get(lessonId) ?? progressFormat.empty, changes))
    return { lessonId, revision: ++this.#revision, entries: this.saved(lessonId) }
  }

  called(name: keyof HostApi): unknown[] {
    return this.calls.filter((entry) => entry.name === name).map((entry) => entry.call)
  }

  /** Opens a channel to this host, as a page would. */
  readonly open: OpenTransport = async () => {
    const { page, host, cut } = memoryTransport()
    this.cut = cut
    const rpc = createBirpc<RendererApi, HostApi>(this.api, {
      post: (message: string) => host.send(message),
      on: (listener) => host.onMessage(listener),
      // An Error has nothing that JSON keeps.
      serialize: (message) =>
        JSON.stringify(message, (_, value: unknown) =>
          value instanceof Error ? { name: value.name, message: value.message } : value,
        ),
      deserialize: (text: string) => JSON.parse(text),
    })
    this.events = {
      cellOutput: (event) => void rpc.cellOutput.asEvent(event),
      kernelStatus: (status) => void rpc.kernelStatus.asEvent(status),
      lessonTrust: (event) => void rpc.lessonTrust.asEvent(event),
      notice: (event) => void rpc.notice.asEvent(event),
      progressChanged: (progress) => void rpc.progressChanged.asEvent(progress),
      settingsChanged: (settings) => void rpc.settingsChanged.asEvent(settings),
    }
    return page
  }
  /** Breaks the channel that is open. */
  cut: (message: string, final?: boolean) => void = () => undefined

  readonly api: HostApi = {
    hello: async (call) => {
      const progress = [...this.#saved.keys()].map((lessonId) => this.#progress(lessonId))
      return this.#note('hello', call, { ...this.hello, progress })
    },
    openLesson: async (call) => {
      this.#note('openLesson', call, null)
      const lesson = this.lessons.get(call.lessonId)
      if (!lesson) throw new Error(`There is no lesson ${call.lessonId}.`)
      return lesson
    },
    showLesson: async (call) => this.#note('showLesson', call, undefined),
    lessonTrust: async (call) => this.#note('lessonTrust', call, this.trust),
    trustLesson: async (call) => {
      const { digest } = call
      this.trust = { kind: 'trusted', folder: '/lessons/t', digest, since: '2026-11-30T12:00:00.000Z' }
      return this.#note('trustLesson', call, this.trust)
    },
    withdrawTrust: async (call) => {
      const digest = this.trust.kind === 'trusted' ? this.trust.digest : ''
      this.trust = { kind: 'asks', folder: '/lessons/t', digest, changed: false }
      return this.#note('withdrawTrust', call, this.trust)
    },
    runCell: (call) => {
      this.#note('runCell', call, null)
      return new Promise((resolve) => {
        const { lessonId, cellId, runId, source } = call
        const run: HeldRun = {
          cellId,
          source,
          print: (output) => this.events?.cellOutput({ lessonId, cellId, runId, output }),
          finish: (result) => resolve({ status: 'ok', milliseconds: 4, device: 'cpu:0', calls: [], ...result }),
        }
        this.runs.push(run)
        this.onRun(run)
      })
    },
    checkExercise: (call) => this.#note('checkExercise', call, this.check(call)),
    hint: async (call) => this.#note('hint', call, { html: `<p>Hint ${call.index + 1}</p>` }),
    solution: async (call) =>
      this.#note('solution', call, { source: 'const answer = 42', html: '<p>Why it works.</p>' }),
    interrupt: async (call) => this.#note('interrupt', call, undefined),
    restartKernel: async (call) => this.#note('restartKernel', call, undefined),
    kernelStatus: async (call) => this.#note('kernelStatus', call, idleKernel(call.lessonId)),
    inspect: (call) => this.#note('inspect', call, this.inspect(call)),
    setDevices: async (call) => this.#note('setDevices', call, idleKernel(call.lessonId)),
    saveProgress: async (call) => {
      this.#note('saveProgress', call, null)
      await this.save()
      return this.#merge(call.lessonId, call.changes)
    },
    resetLesson: async (call) => {
      this.#saved.delete(call.lessonId)
      return this.#note('resetLesson', call, this.#merge(call.lessonId, []))
    },
    saveSettings: async (call) => this.#note('saveSettings', call, undefined),
    saveFile: async (call) => this.#note('saveFile', call, { path: null }),
  }

  #progress(lessonId: string): LessonProgress {
    return { lessonId, revision: this.#revision, entries: this.saved(lessonId) }
  }

  #note<Answer>(name: string, call: unknown, answer: Answer): Answer {
    this.calls.push({ name, call: structuredClone(call) })
    return answer
  }
}
