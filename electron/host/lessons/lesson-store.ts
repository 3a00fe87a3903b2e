import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { streams } from '../../protocol.ts'
import type { LessonSummary } from '../../protocol.ts'
import { parseLesson } from './parse-lesson.ts'
import type { ParsedLesson } from './parsed-lesson.ts'

export interface LessonCollection {
  /** In the order of the lesson list: by stream, level, then `order`. */
  readonly lessons: ReadonlyMap<string, ParsedLesson>
  /** Each as `folder/lesson.md:line: what is wrong`. */
  readonly problems: readonly string[]
}

const levels = [null, 'beginner', 'intermediate', 'advanced'] as const
const largestLesson = 2_000_000

/**
 * Reads the lessons of several folders. Each lesson is a folder with a `lesson.md`; when two claim one
 * id, the first keeps it. A lesson that cannot be read is a problem and no more than that.
 */
export async function readLessons(roots: readonly string[]): Promise<LessonCollection> {
  const problems: string[] = []
  const found = new Map<
    string,
    { readonly lesson: ParsedLesson; readonly file: string; readonly requiresLine: number }
  >()
  for (const folder of await lessonFolders(roots, problems)) {
    const file = `${basename(folder)}/lesson.md`
    const source = await readSource(join(folder, 'lesson.md'), file, problems)
    if (source === null) continue
    const result = parseLesson(source, file, folder)
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
  return { lessons: new Map(sorted.map((lesson) => [lesson.summary.id, lesson])), problems }
}

/** The lessons of some folders, read again whenever `refresh` is called. */
export class LessonStore {
  readonly #roots: readonly string[]
  #collection: LessonCollection = { lessons: new Map(), problems: [] }

  constructor(roots: readonly string[]) {
    this.#roots = roots
  }

  /** Reads all folders: a lesson that was dropped in or changed since then shows. */
  async refresh(): Promise<LessonCollection> {
    this.#collection = await readLessons(this.#roots)
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
      folders.push(...names.toSorted().map((name) => resolve(root, name)))
    } catch (error) {
      problems.push(`${root}: cannot be read: ${reasonOf(error)}`)
    }
  }
  return folders
}

async function readSource(path: string, file: string, problems: string[]): Promise<string | null> {
  try {
    const { size } = await stat(path)
    if (size <= largestLesson) return await readFile(path, 'utf8')
    problems.push(`${file}:1: ${size} bytes are too many for a lesson; the limit is ${largestLesson}`)
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
