import type { InspectionDocument } from '../../core/inspect/documents.ts'
import type { HostToKernel, KernelToHost } from '../kernel/messages.ts'
import type {
  CellError,
  CellOutput,
  CheckResult,
  DeviceInfo,
  KernelState,
  KernelStatus,
  RunResult,
} from '../protocol.ts'
import { type KernelEnd, KernelProcess, type KernelProgram } from './kernel-process.ts'

/** What Stop does when the cell does not stop by itself, and after how long. */
const breakAfter = 400
const killAfter = 1500
/** A figure that a cell waits for is broken off after so long. */
const giveWayAfter = 30
const startWithin = 30_000

/** What a kernel tells of itself. */
export interface LessonKernelEvents {
  output(event: { cellId: string; runId: string; output: CellOutput }): void
  status(status: KernelStatus): void
  /** It takes more or less of the machine's memory than before. */
  memory(): void
}

type Request = Extract<HostToKernel, { kind: 'run' | 'check' | 'inspect' | 'devices' }>

/**
 * The kernel of one lesson: started when first needed, one request at a time, stopped, and replaced when
 * it dies. The lesson's text is never in it, so its death costs variables and nothing else.
 */
export class LessonKernel {
  readonly #lessonId: string
  readonly #program: KernelProgram
  readonly #events: LessonKernelEvents
  #process: KernelProcess | null = null
  /** The start of that process: whoever comes meanwhile waits for it, too. */
  #started: Promise<KernelProcess | null> = Promise.resolve(null)
  /** Idle without a process, too: the first request starts one. */
  #state: KernelState = 'idle'
  #message: string | undefined
  #devices: readonly DeviceInfo[] = []
  #deviceCount: number
  /** Cells that ran in the present process, in order of their first run. */
  readonly #ran = new Set<string>()
  #lost: readonly string[] = []
  #queue: Promise<unknown> = Promise.resolve()
  /** Requests that waited when Stop was pressed belong to an older turn, and are dropped. */
  #turn = 0
  #stopTimers: NodeJS.Timeout[] = []
  /** Requests of cells that wait for their turn. */
  #waiting = 0
  /** The figure that is being drawn now, and those that were broken off for a cell. */
  #drawing: string | null = null
  readonly #brokenOff = new Set<string>()
  #endedByStop = false

  constructor(lessonId: string, program: KernelProgram, deviceCount: number, events: LessonKernelEvents) {
    this.#lessonId = lessonId
    this.#program = program
    this.#deviceCount = deviceCount
    this.#events = events
  }

  get status(): KernelStatus {
    const message = this.#message === undefined ? {} : { message: this.#message }
    return { lessonId: this.#lessonId, state: this.#state, ...message, lostCellIds: this.#lost, devices: this.#devices }
  }

  /** What its process takes of the machine's memory, in MB. */
  get megabytes(): number {
    return this.#process?.megabytes ?? 0
  }

  get isBusy(): boolean {
    return this.#state === 'busy' || this.#state === 'interrupting' || this.#state === 'starting'
  }

  /** The process that cells run in, when there is one. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  async run(cellId: string, runId: string, source: string): Promise<RunResult> {
    const nothing = { milliseconds: 0, device: '', calls: [] }
    const answer = await this.#exclusively({ kind: 'run', runId, cellId, source }, (message) =>
      message.kind === 'ran' && message.runId === runId ? message.report : null,
    )
    if (answer.kind === 'died') return { status: 'kernel-died', ...nothing }
    if (answer.kind !== 'answered') return { status: 'interrupted', ...nothing }
    this.#ran.add(cellId)
    this.#lost = this.#lost.filter((id) => id !== cellId)
    return answer.value
  }

  async check(exerciseId: string, runId: string, source: string, check: string): Promise<CheckResult> {
    const answer = await this.#exclusively({ kind: 'check', runId, exerciseId, source, check }, (message) =>
      message.kind === 'checked' && message.runId === runId ? message.report : null,
    )
    if (answer.kind === 'died') {
      return { passed: false, items: [], message: this.#message ?? 'The kernel ended.', status: 'kernel-died' }
    }
    if (answer.kind !== 'answered') return { passed: false, items: [], message: 'Stopped.', status: 'interrupted' }
    this.#ran.add(exerciseId)
    this.#lost = this.#lost.filter((id) => id !== exerciseId)
    return answer.value
  }

  async inspect(
    requestId: string,
    callId: string,
    figure: string,
  ): Promise<{ document: InspectionDocument } | { error: CellError }> {
    const turn = this.#turn
    for (;;) {
      const answer = await this.#exclusively({ kind: 'inspect', requestId, callId, figure }, (message) =>
        message.kind === 'inspected' && message.requestId === requestId ? message.result : null,
      )
      const broken = this.#brokenOff.delete(requestId) && answer.kind === 'answered' && 'error' in answer.value
      // A cell came first: the figure is drawn once it is done.
      if ((broken || answer.kind === 'gave-way') && turn === this.#turn) continue
      if (answer.kind === 'answered') return answer.value
      const message = answer.kind === 'died' ? (this.#message ?? 'The kernel ended.') : 'Stopped.'
      return { error: { name: 'KernelError', message, place: null, stack: [] } }
    }
  }

  async setDevices(count: number): Promise<KernelStatus> {
    this.#deviceCount = count
    // A kernel that is not there yet takes the number when it starts.
    if (this.#process !== null) {
      await this.#exclusively({ kind: 'devices', count }, (message) => (message.kind === 'devices' ? message : null))
    }
    return this.status
  }

  /** Stops what runs and drops what waits. */
  interrupt(): void {
    this.#turn++
    const running = this.#process
    if (running === null || this.#state !== 'busy') return
    this.#setState('interrupting')
    running.send({ kind: 'interrupt' })
    this.#stopTimers = [
      setTimeout(() => running.send({ kind: 'break' }), breakAfter),
      setTimeout(() => {
        this.#endedByStop = true
        running.kill()
      }, killAfter),
    ]
  }

  /** Ends the process, if there is one, and starts a new one. */
  async restart(): Promise<void> {
    this.#turn++
    const old = this.#process
    this.#process = null
    old?.kill()
    await old?.ended
    this.#forgetRan()
    this.#message = undefined
    await this.#running()
  }

  /** Ends the process, if there is one, and says why. The next request starts a new one. */
  end(message: string): void {
    const old = this.#process
    if (old === null) return
    this.#turn++
    this.#process = null
    this.#clearStopTimers()
    this.#forgetRan()
    this.#message = message
    this.#setState('dead')
    old.kill()
  }

  async close(): Promise<void> {
    this.#turn++
    const old = this.#process
    this.#process = null
    this.#clearStopTimers()
    old?.kill()
    await old?.ended
  }

  /** Sends a request when it is its turn, and waits for the answer. */
  #exclusively<T>(
    request: Request,
    select: (message: KernelToHost) => T | null,
  ): Promise<{ kind: 'answered'; value: T } | { kind: 'died' | 'dropped' | 'gave-way' }> {
    const turn = this.#turn
    const isFigure = request.kind === 'inspect'
    if (!isFigure) {
      this.#waiting++
      this.#breakOffFigure()
    }
    const answer = this.#queue.then(async () => {
      if (!isFigure) this.#waiting--
      if (turn !== this.#turn) return { kind: 'dropped' } as const
      if (isFigure && this.#waiting > 0) return { kind: 'gave-way' } as const
      const running = await this.#running()
      if (running === null) return { kind: 'died' } as const
      if (turn !== this.#turn) return { kind: 'dropped' } as const
      this.#setState('busy')
      const answered = running.next(select)
      running.send(request)
      if (isFigure) this.#drawing = request.requestId
      const value = await answered
      this.#drawing = null
      this.#clearStopTimers()
      if (value === null) return { kind: 'died' } as const
      if (this.#process === running) this.#setState('idle')
      return { kind: 'answered', value } as const
    })
    this.#queue = answer.catch(() => {})
    return answer
  }

  /** A picture is never in the way of a cell: it is broken off, and drawn afterwards. */
  #breakOffFigure(): void {
    const running = this.#process
    const requestId = this.#drawing
    if (running === null || requestId === null || this.#brokenOff.has(requestId)) return
    this.#brokenOff.add(requestId)
    running.send({ kind: 'interrupt' })
    this.#stopTimers.push(setTimeout(() => running.send({ kind: 'break' }), giveWayAfter))
  }

  /** The process, started if there is none. Null when it cannot be started; the status says why. */
  #running(): Promise<KernelProcess | null> {
    if (this.#process === null) this.#started = this.#start()
    return this.#started
  }

  async #start(): Promise<KernelProcess | null> {
    this.#setState('starting')
    const started = new KernelProcess(this.#program)
    this.#process = started
    this.#endedByStop = false
    started.listen((message) => {
      if (message.kind === 'output') this.#events.output(message)
      else if (message.kind === 'devices') this.#showDevices(message.devices)
      else if (message.kind === 'memory') this.#events.memory()
    })
    void started.ended.then((end) => this.#died(started, end))
    const timer = setTimeout(() => started.kill(), startWithin)
    const ready = await started.next((message) => (message.kind === 'ready' ? message : null))
    clearTimeout(timer)
    if (ready === null || this.#process !== started) return null
    this.#devices = ready.devices
    if (this.#deviceCount > 1) started.send({ kind: 'devices', count: this.#deviceCount })
    this.#message = undefined
    this.#setState('idle')
    return started
  }

  #died(gone: KernelProcess, end: KernelEnd): void {
    if (this.#process !== gone) return
    this.#process = null
    this.#clearStopTimers()
    this.#forgetRan()
    this.#message = explainEnd(end, this.#endedByStop, this.#program.memoryLimit)
    this.#setState('dead')
  }

  #forgetRan(): void {
    this.#lost = [...new Set([...this.#lost, ...this.#ran])]
    this.#ran.clear()
  }

  #showDevices(devices: readonly DeviceInfo[]): void {
    this.#devices = devices
    this.#events.status(this.status)
  }

  #setState(state: KernelState): void {
    this.#state = state
    this.#events.status(this.status)
  }

  #clearStopTimers(): void {
    for (const timer of this.#stopTimers) clearTimeout(timer)
    this.#stopTimers = []
  }
}

function explainEnd({ reason, detail }: KernelEnd, endedByStop: boolean, memoryLimit: number): string {
  const consequence = 'The variables of this lesson are gone, your text is not. Run the cells above again to go on.'
  const advice = 'Work with fewer or smaller arrays, or do not keep the ones that are no longer needed.'
  if (endedByStop) return `The cell did not react to Stop, so its kernel was ended. ${consequence}`
  switch (reason) {
    case 'memory':
      return detail === 'arrays'
        ? `Out of memory: the arrays of this lesson needed more memory than there is to spare, and the kernel ended. ${advice} ${consequence}`
        : `Out of memory: the cell needed more than a kernel may use for objects (${memoryLimit} MB), and the kernel ended. ${advice} ${consequence}`
    case 'killed':
      return `The system ended the kernel (${detail}), most often because the machine ran out of memory. Close what else needs memory, or work with smaller arrays. ${consequence}`
    case 'forged':
      return `Code of this lesson wrote to the lab's own connection, so the kernel was ended. Look at what the lesson's cells do before you run them again. ${consequence}`
    case 'crash':
      return `The kernel ended unexpectedly (${detail}). ${consequence}`
    case 'not-started':
      return `The kernel could not be started: ${detail}`
  }
}
