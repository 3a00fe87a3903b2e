import * as v from 'valibot'
import { lessonProgressSchema, type LessonProgress } from '../../../electron/protocol.ts'

export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

const stored = v.pipe(v.string(), v.parseJson(), lessonProgressSchema)

/**
 * Work that the host could not be told of, kept in the browser until it can: a lab that was stopped and
 * started again finds what was typed in between.
 */
export class Drafts {
  readonly #storage: DraftStorage

  constructor(storage: DraftStorage) {
    this.#storage = storage
  }

  keep(lessonId: string, progress: LessonProgress): void {
    this.#storage.setItem(keyOf(lessonId), JSON.stringify(progress))
  }

  /** Null when there is none, or none that can be read. */
  find(lessonId: string): LessonProgress | null {
    const draft = v.safeParse(stored, this.#storage.getItem(keyOf(lessonId)))
    return draft.success ? draft.output : null
  }

  drop(lessonId: string): void {
    this.#storage.removeItem(keyOf(lessonId))
  }
}

function keyOf(lessonId: string): string {
  return `jax-workshop-lab.unsaved.${lessonId}`
}
