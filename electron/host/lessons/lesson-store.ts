import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { streams } from '../../protocol.ts'
import type { LessonSummary } from '../../protocol.ts'
import { readText } from '../regular-file.ts'
import { LessonReader } from './lesson-reader.ts'
import type { ParseResult } from './parse-lesson.ts'
import type { ParsedLesson } from './parsed-lesson.ts'

export interface LessonCollection {
  /** In the order of the lesson list: by stream, level, then `order`. */
  readonly lessons: ReadonlyMap<string, ParsedLesson>
  /** Each as `folder/lesson.md:line: what is wrong`. */
  readonly problems: readonly string[]
}

const levels = [null, 'beginner', 'intermediate', 'advanced'] as const
const largestLesson = 250_000
const mostFolders = 500
const mostProblems = 100
/** In milliseconds: what all lessons together may take before those that are left have to wait for the next time. */
const patience = 20_000

/** Makes a lesson of a text. */
export type ReadLesson = (source: string, file: string, folder: string) => Promise<ParseResult>

/**
 * Reads the lessons of several folders. Each lesson is a folder with a `lesson.md`; when two claim one
 * id, the first keeps it. A lesson that cannot be read is a problem and no more than that.
 */
export async function readLessons(roots: readonly string[], read: ReadLesson): Promise<LessonCollection> {
  const problems: string[] = []
  const found = new Map<
    string,
    { readonly lesson: ParsedLesson; readonly file: string; readonly requiresLine: number }
  >()
  for (const folder of await lessonFolders(roots, problems)) {
    const file = `${basename(folder)}/lesson.md`
    const source = await readSource(join(folder, 'lesson.md'), file, problems)
    if (source === null) continue
    const result = await read(source, file, folder)
    problems.push(...result.problems)
    if (result.lesson === null) continue
    const { id } = result.lesson.summary
    const earlier = found.get(id)
    if (earlier === undefined) found.set(id, { lesson: result.lesson, file, requiresLine: result.requiresLine })
    else problems.push(`${file}:1: the lesson id ${id} is taken by ${earlier.lesson.folder}`)
  }
  for (const { lesson, file, requiresLine } of found.values()) {
    for (const needed of lesson.summary.requires) {
      if (!found.has(needed)) problems.push(`${file}:${requiresLine}: requires ${needed}, which is not there`)
    }
  }
  const sorted = [...found.values()].map(({ lesson }) => lesson).toSorted(byPlace)
  const hidden = problems.length - mostProblems
  return {
    lessons: new Map(sorted.map((lesson) => [lesson.summary.id, lesson])),
    problems: hidden <= 0 ? problems : [...problems.slice(0, mostProblems), `and ${hidden} more problems of lessons`],
  }
}

/** The lessons of some folders, read again whenever `refresh` is called. */
export class LessonStore {
  readonly #roots: readonly string[]
  readonly #reader = new LessonReader()
  #collection: LessonCollection = { lessons: new Map(), problems: [] }
  #running: Promise<LessonCollection> | null = null
  #next: Promise<LessonCollection> | null = null

  constructor(roots: readonly string[]) {
    this.#roots = roots
  }

  /**
   * Reads all folders: a lesson that was dropped in or changed since then shows. Whoever asks while they are being
   * read waits for the next reading, which is one for all who wait.
   */
  refresh(): Promise<LessonCollection> {
    if (this.#running === null) {
      this.#running = this.#readAll().finally(() => (this.#running = null))
      return this.#running
    }
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = null
        return this.refresh()
      })
    return this.#next
  }

  async #readAll(): Promise<LessonCollection> {
    const folders = new Set<string>()
    const until = performance.now() + patience
    this.#collection = await readLessons(this.#roots, async (source, file, folder) => {
      folders.add(folder)
      const known = this.#reader.known(folder, source)
      if (known !== null) return known
      if (performance.now() < until) return this.#reader.read(source, file, folder)
      const problem = `${file}:1: was not read yet, because other lessons took long. Reload the lab to go on.`
      return { lesson: null, problems: [problem], requiresLine: 1 }
    })
    this.#reader.keepOnly(folders)
    return this.#collection
  }

  get summaries(): readonly LessonSummary[] {
    return [...this.#collection.lessons.values()].map((lesson) => lesson.summary)
  }

  get problems(): readonly string[] {
    return this.#collection.problems
  }

  find(lessonId: string): ParsedLesson | undefined {
    return this.#collection.lessons.get(lessonId)
  }
}

async function lessonFolders(roots: readonly string[], problems: string[]): Promise<readonly string[]> {
  const folders: string[] = []
  for (const root of roots) {
    try {
      const entries = await readdir(root, { withFileTypes: true })
      const names = entries
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .map((entry) => entry.name)
      if (names.length > mostFolders) problems.push(`${root}: has ${names.length} lessons; the limit is ${mostFolders}`)
      folders.push(
        ...names
          .toSorted()
          .slice(0, mostFolders)
          .map((name) => resolve(root, name)),
      )
    } catch (error) {
      problems.push(`${root}: cannot be read: ${reasonOf(error)}`)
    }
  }
  return folders
}

async function readSource(path: string, file: string, problems: string[]): Promise<string | null> {
  try {
    return await readText(path, { most: largestLesson, what: 'a lesson' })
  } catch (error) {
    problems.push(`${file}:1: cannot be read: ${reasonOf(error)}`)
  }
  return null
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function byPlace(a: ParsedLesson, b: ParsedLesson): number {
  const place = ({ summary, order }: ParsedLesson): readonly number[] => [
    streams.indexOf(summary.stream),
    levels.indexOf(summary.level),
    order,
  ]
  const [left, right] = [place(a), place(b)]
  const differing = left.findIndex((value, at) => value !== right[at])
  if (differing < 0) return a.summary.id.localeCompare(b.summary.id)
  return (left[differing] ?? 0) - (right[differing] ?? 0)
}
