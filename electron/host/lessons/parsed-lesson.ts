import type { ExerciseKind, Lesson, LessonSummary } from '../../protocol.ts'

/** A lesson as the host keeps it: what the renderer gets, and what it must not see before it asks. */
export interface ParsedLesson {
  readonly summary: LessonSummary
  /** What `openLesson` answers: no checks, hints, solutions or right answers in it. */
  readonly lesson: Lesson
  /** Absolute path of the lesson's folder. */
  readonly folder: string
  /** The folder of lessons in which that lies, as the host was given it: it tells whose lesson this is. */
  readonly root: string
  /** Position within its stream and level. */
  readonly order: number
  readonly exercises: ReadonlyMap<string, ParsedExercise>
}

/** The host's half of an exercise. */
export interface ParsedExercise {
  readonly id: string
  readonly kind: ExerciseKind
  readonly answer: ExerciseAnswer
  /** Rendered hints, mildest first. */
  readonly hints: readonly string[]
  /** What `solution` answers; null when the lesson gives none. */
  readonly solution: { readonly source: string | null; readonly html: string } | null
  /** Code that shows the right option or order to be right. Only the tests run it. */
  readonly proof: string | null
}

/** How an answer is judged: by code in the kernel, or by comparing with the right option or order. */
export type ExerciseAnswer = CodeAnswer | OptionAnswer | OrderAnswer

export interface CodeAnswer {
  readonly kind: 'code'
  readonly starter: string
  /** Runs in the kernel right after the learner's cell. */
  readonly check: string
}

export interface OptionAnswer {
  readonly kind: 'option'
  readonly rightId: string
  /** Plain text for the person who chose it, by option id. The right option may have one too. */
  readonly feedback: ReadonlyMap<string, string>
}

export interface OrderAnswer {
  readonly kind: 'order'
  /** The lines in the right order. */
  readonly lines: readonly { readonly id: string; readonly code: string }[]
  /** `exact`: this order alone. `names`: any order in which a line follows the lines that define what it reads. */
  readonly by: 'exact' | 'names'
}
