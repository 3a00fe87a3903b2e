/**
 * Every message between the renderer and the host, in one file: schemas that the receiving side
 * validates with, and the types inferred from them.
 *
 * The transport (MessagePort, WebSocket, in-memory pair) carries birpc calls of `HostApi` one way and
 * of `RendererApi` the other way.
 */
import * as v from 'valibot'
import type { InspectionDocument } from '../core/inspect/documents.ts'
import { type LessonProgress, entryId as id, progressChangeSchema } from './progress-entries.ts'

export const protocolVersion = 2

export * from './progress-entries.ts'

/** The longest text that a kernel runs. A longer one is kept and saved all the same. */
export const longestRunText = 200_000
const source = v.pipe(
  v.string(),
  v.maxLength(longestRunText, `a cell of more than ${longestRunText.toLocaleString('en')} characters does not run`),
)

// --- lessons -----------------------------------------------------------------------------------

export const streams = ['intro', 'control-flow', 'parallel', 'randomness', 'differentiability', 'capstone'] as const
export type Stream = (typeof streams)[number]
export type Level = 'beginner' | 'intermediate' | 'advanced'

export interface LessonSummary {
  readonly id: string
  readonly title: string
  readonly lead: string
  readonly stream: Stream
  readonly level: Level | null
  readonly minutes: number
  readonly requires: readonly string[]
  readonly exerciseIds: readonly string[]
}

/** A block of a lesson in reading order. `html` is rendered by the host's Markdown renderer (no raw HTML passes; mathematics is MathML). */
export type LessonBlock =
  | { readonly kind: 'prose'; readonly html: string }
  | { readonly kind: 'cell'; readonly id: string; readonly source: string; readonly figure?: FigureKind }
  | { readonly kind: 'exercise'; readonly exercise: Exercise }

export type ExerciseKind = 'predict' | 'order' | 'write' | 'fix' | 'bug' | 'measure'

export interface Exercise {
  readonly id: string
  readonly kind: ExerciseKind
  readonly title: string
  readonly html: string
  /** Present when the learner writes or runs code. */
  readonly starter?: string
  /** Present for predictions: exactly one is right, the host knows which. */
  readonly options?: readonly { readonly id: string; readonly html: string }[]
  /** Present for ordering: the lines in a shuffled order. */
  readonly lines?: readonly { readonly id: string; readonly code: string }[]
  readonly hintCount: number
  readonly hasSolution: boolean
}

export interface Lesson {
  readonly summary: LessonSummary
  readonly blocks: readonly LessonBlock[]
  /** Problems the author should know of; the lesson opens all the same. */
  readonly problems: readonly string[]
}

/** Whether a lesson's code may run: its cells, and the checks of its exercises. */
export type LessonTrust =
  | { readonly kind: 'built-in' }
  /** It came from elsewhere, and nothing of it runs before a person has allowed it. */
  | {
      readonly kind: 'asks'
      readonly folder: string
      /** Names the content that would be trusted. */
      readonly digest: string
      /** Whether an earlier content of this folder was trusted. */
      readonly changed: boolean
    }
  | { readonly kind: 'trusted'; readonly folder: string; readonly digest: string; readonly since: string }

// --- running cells -----------------------------------------------------------------------------

export type FigureKind = InspectionDocument['kind']

/** A place in a cell. Lines and columns count from 1. */
export interface CellPlace {
  readonly cellId: string
  readonly line: number
  readonly column: number
  readonly endColumn?: number
}

export interface CellError {
  /** Class name: `TracerBoolConversionError`, `SyntaxError`, … */
  readonly name: string
  readonly message: string
  readonly place: CellPlace | null
  /** What is written on the line of `place`, without its indentation. */
  readonly lineText?: string
  /** Other user lines, innermost first. */
  readonly stack: readonly (CellPlace & { readonly functionName?: string })[]
  /** Why that is refused, for errors that the catalogue explains. */
  readonly why?: string
  /** What to do about it, and the lesson that explains it. */
  readonly hint?: string
  readonly lessonId?: string
}

/** A value of a plot: points share one x axis; `kind` says how they are drawn. */
export interface PlotSpec {
  readonly title?: string
  readonly xLabel?: string
  readonly yLabel?: string
  readonly series: readonly {
    readonly label: string
    readonly kind: 'line' | 'points' | 'bars'
    readonly x: readonly number[]
    readonly y: readonly number[]
  }[]
}

export type CellOutput =
  | { readonly kind: 'text'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  /** The value of the last expression, as NumPy prints it. */
  | {
      readonly kind: 'value'
      readonly text: string
      /** Dtype and shape of the arrays in it: `f32[3]`, `{ w: f32[3,4], b: f32[4] }`. */
      readonly type?: string
      readonly truncated: boolean
    }
  | {
      readonly kind: 'table'
      readonly columns: readonly string[]
      readonly rows: readonly (readonly (string | number)[])[]
      readonly truncated: boolean
    }
  | { readonly kind: 'plot'; readonly plot: PlotSpec }
  | { readonly kind: 'document'; readonly document: InspectionDocument }
  | { readonly kind: 'error'; readonly error: CellError }

export type RunStatus = 'ok' | 'error' | 'interrupted' | 'kernel-died'

/** A function that a cell handed to a transformation, or called: a figure of it can be asked for. */
export interface InspectableCall {
  readonly callId: string
  /** A call, everything that a cell did without a transformation, or the keys of a cell. */
  readonly kind: 'call' | 'cell' | 'keys'
  /** With everything around it: `vmap(grad(f))`; `this cell` for what a cell did without a transformation. */
  readonly label: string
  /** The call in whose function it was made. */
  readonly inside: string | null
  /** How often the same line called it with arguments of the same kind: the figure is of the last time. */
  readonly count: number
  readonly place: CellPlace | null
  /** `f32[], f32[3]` */
  readonly avals: string
  readonly figures: readonly FigureKind[]
}

export interface RunResult {
  readonly status: RunStatus
  readonly milliseconds: number
  /** Device the cell's default platform ran on: `cpu:0`, `reference`. */
  readonly device: string
  /** Newest first. */
  readonly calls: readonly InspectableCall[]
}

export interface CheckResult {
  readonly passed: boolean
  /** Ticks in order; partial credit shows. */
  readonly items: readonly { readonly label: string; readonly passed: boolean; readonly message?: string }[]
  readonly message: string
  readonly status: RunStatus
}

export type KernelState = 'starting' | 'idle' | 'busy' | 'interrupting' | 'dead'

export interface KernelStatus {
  readonly lessonId: string
  readonly state: KernelState
  /** Why it died, and what to do: shown with an offer to run the cells above again. */
  readonly message?: string
  /** Cells that had run and whose variables are gone. */
  readonly lostCellIds: readonly string[]
  readonly devices: readonly DeviceInfo[]
}

export interface DeviceInfo {
  readonly id: string
  readonly platform: 'cpu' | 'gpu' | 'reference'
  readonly label: string
  readonly state: 'idle' | 'busy' | 'off' | 'lost'
}

// --- settings ----------------------------------------------------------------------------------

/** The most CPU devices that the control offers: as many as `config.update('numCpuDevices', n)` takes. */
export const mostCpuDevices = 16
const cpuDevices = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(mostCpuDevices))

export const settingsSchema = v.object({
  theme: v.picklist(['system', 'light', 'dark']),
  cpuDevices,
  lastLessonId: v.nullable(id),
})
export type Settings = v.InferOutput<typeof settingsSchema>

// --- calls -------------------------------------------------------------------------------------

export interface Hello {
  readonly protocolVersion: number
  readonly appVersion: string
  /** How the lab runs: `electron`, or `serve` in a browser. */
  readonly shell: 'electron' | 'serve'
  readonly capabilities: { readonly saveDialog: boolean }
  readonly lessons: readonly LessonSummary[]
  readonly settings: Settings
  readonly progress: readonly LessonProgress[]
  /** Things the user should know: a corrupt progress file that was set aside, a lesson that cannot be read. */
  readonly notices: readonly string[]
}

const lessonRef = { lessonId: id }
/** Argument schemas of `HostApi`, by method. The host validates with them before it does anything. */
export const hostCalls = {
  hello: v.object({}),
  openLesson: v.object({ ...lessonRef }),
  showLesson: v.object({ lessonId: v.nullable(id) }),
  lessonTrust: v.object({ ...lessonRef }),
  trustLesson: v.object({ ...lessonRef, digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
  withdrawTrust: v.object({ ...lessonRef }),
  runCell: v.object({ ...lessonRef, cellId: id, runId: id, source }),
  checkExercise: v.object({
    ...lessonRef,
    exerciseId: id,
    runId: id,
    answer: v.union([
      v.object({ kind: v.literal('code'), source }),
      v.object({ kind: v.literal('option'), optionId: id }),
      v.object({ kind: v.literal('order'), lineIds: v.array(id) }),
    ]),
  }),
  hint: v.object({ ...lessonRef, exerciseId: id, index: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  solution: v.object({ ...lessonRef, exerciseId: id }),
  interrupt: v.object({ ...lessonRef }),
  restartKernel: v.object({ ...lessonRef }),
  kernelStatus: v.object({ ...lessonRef }),
  inspect: v.object({ ...lessonRef, callId: id, figure: v.picklist(['graph', 'tape', 'keys', 'timeline']) }),
  setDevices: v.object({ ...lessonRef, count: cpuDevices }),
  saveProgress: v.object({ ...lessonRef, changes: v.array(progressChangeSchema) }),
  resetLesson: v.object({ ...lessonRef }),
  saveSettings: v.object({ changes: v.partial(settingsSchema) }),
  saveFile: v.object({ name: v.pipe(v.string(), v.maxLength(120)), mime: v.string(), base64: v.string() }),
} as const
type Call<Name extends keyof typeof hostCalls> = v.InferOutput<(typeof hostCalls)[Name]>

/** What the renderer may ask of the host. Every method takes one object and is validated. */
export interface HostApi {
  hello(call: Call<'hello'>): Promise<Hello>
  openLesson(call: Call<'openLesson'>): Promise<Lesson>
  /** Says which lesson this page shows: kernels of lessons that no page shows end after a while. */
  showLesson(call: Call<'showLesson'>): Promise<void>
  lessonTrust(call: Call<'lessonTrust'>): Promise<LessonTrust>
  /** A person allows the code of a lesson, with the content that they were shown. */
  trustLesson(call: Call<'trustLesson'>): Promise<LessonTrust>
  /** Takes that back, and ends the lesson's kernel. */
  withdrawTrust(call: Call<'withdrawTrust'>): Promise<LessonTrust>
  /** Outputs arrive as `cellOutput` events while it runs; resolves when the run is over. */
  runCell(call: Call<'runCell'>): Promise<RunResult>
  checkExercise(call: Call<'checkExercise'>): Promise<CheckResult>
  /** Rendered Markdown of the hint. */
  hint(call: Call<'hint'>): Promise<{ html: string }>
  solution(call: Call<'solution'>): Promise<{ source: string | null; html: string }>
  interrupt(call: Call<'interrupt'>): Promise<void>
  restartKernel(call: Call<'restartKernel'>): Promise<void>
  kernelStatus(call: Call<'kernelStatus'>): Promise<KernelStatus>
  inspect(call: Call<'inspect'>): Promise<{ document: InspectionDocument } | { error: CellError }>
  setDevices(call: Call<'setDevices'>): Promise<KernelStatus>
  /**
   * Resolves once the changes are on the disk, with everything that is saved of the lesson. A text that was
   * changed elsewhere in the meantime is not overwritten: what comes back is the other one.
   */
  saveProgress(call: Call<'saveProgress'>): Promise<LessonProgress>
  /** Forgets the lesson's progress. */
  resetLesson(call: Call<'resetLesson'>): Promise<LessonProgress>
  /** Resolves once they are on the disk. Settings that are not named stay as they are. */
  saveSettings(call: Call<'saveSettings'>): Promise<void>
  /** Opens a save dialog. Only when `capabilities.saveDialog`; the browser downloads instead. */
  saveFile(call: Call<'saveFile'>): Promise<{ path: string | null }>
}

/** What the host tells the renderer. */
export interface RendererApi {
  cellOutput(event: { lessonId: string; cellId: string; runId: string; output: CellOutput }): void
  kernelStatus(status: KernelStatus): void
  lessonTrust(event: { lessonId: string; trust: LessonTrust }): void
  notice(event: { message: string }): void
  /** Something else is saved of a lesson than before, whichever page saved it. */
  progressChanged(progress: LessonProgress): void
  settingsChanged(settings: Settings): void
}
