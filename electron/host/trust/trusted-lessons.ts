import { join } from 'node:path'
import type { LessonTrust } from '../../protocol.ts'
import { type Notify, reasonOf } from '../json-file.ts'
import type { ParsedLesson } from '../lessons/parsed-lesson.ts'
import { StoredFile } from '../stored-file.ts'
import { lessonDigest } from './lesson-digest.ts'
import { type Decision, type StoredTrust, trustFormat } from './trust-format.ts'

/**
 * Which lessons may run code. Those that came with the application may; of any other a person decides, for
 * the folder and the content that it has then. A lesson that changes asks again.
 */
export class TrustedLessons {
  readonly #builtIn: ReadonlySet<string>
  readonly #notify: Notify
  readonly #file: StoredFile<StoredTrust>
  /** What was decided here and could not be saved: it holds until the lab ends. */
  readonly #unsaved = new Map<string, Decision | null>()

  /** `builtIn` are the folders of lessons that came with the application. */
  constructor(dataFolder: string, builtIn: readonly string[], notify: Notify) {
    this.#builtIn = new Set(builtIn)
    this.#notify = notify
    this.#file = new StoredFile({
      path: join(dataFolder, 'trusted-lessons.json'),
      what: 'The list of trusted lessons',
      format: trustFormat,
      notify,
      // Every lab may decide: the file is read anew before each change.
      beforeChange: () => {},
      beforeReplacing: () => {},
    })
    this.#file.load(true)
  }

  of(lesson: ParsedLesson): LessonTrust {
    const { folder, root } = lesson
    if (this.#builtIn.has(root)) return { kind: 'built-in' }
    const unsaved = this.#unsaved.get(folder)
    const decision = unsaved === undefined ? this.#file.content.decisions.get(folder) : unsaved
    const digest = lessonDigest(lesson)
    if (decision?.digest === digest) return { kind: 'trusted', folder, digest, since: decision.since }
    return { kind: 'asks', folder, digest, changed: decision !== undefined && decision !== null }
  }

  /** Takes a person's decision on the lesson with the digest that they were shown. */
  async trust(lesson: ParsedLesson, digest: string): Promise<void> {
    if (lessonDigest(lesson) !== digest) {
      throw new Error(
        `Lesson ${lesson.summary.id} has changed since it was shown. Look at it again before you allow it.`,
      )
    }
    await this.#decide(lesson.folder, { digest, since: new Date().toISOString() })
  }

  async withdraw({ folder, root }: ParsedLesson): Promise<void> {
    if (!this.#builtIn.has(root)) await this.#decide(folder, null)
  }

  async settled(): Promise<void> {
    await this.#file.settled()
  }

  async #decide(folder: string, decision: Decision | null): Promise<void> {
    this.#unsaved.set(folder, decision)
    try {
      await this.#file.change(({ decisions, ...rest }) => {
        const others = [...decisions].filter(([each]) => each !== folder)
        return { ...rest, decisions: new Map(decision === null ? others : [...others, [folder, decision]]) }
      })
      this.#unsaved.delete(folder)
    } catch (error) {
      this.#notify(`${reasonOf(error)} What you decided holds until the lab is closed.`)
    }
  }
}
