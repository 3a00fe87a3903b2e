import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type LessonProgress, type Settings, lessonProgressSchema, settingsSchema } from '../protocol.ts'
import { type DataLock, lockData } from './data-lock.ts'
import { type Notify, readJson, reasonOf } from './json-file.ts'
import { PendingWrites } from './pending-writes.ts'

const defaultSettings: Settings = { theme: 'system', cpuDevices: 1, lastLessonId: null }

/**
 * Progress and settings, a JSON file for each lesson, so that a damaged one costs no other. A second lab
 * on the same folder starts from what is there and keeps its own changes in memory.
 */
export class ProgressStore {
  readonly #folder: string
  readonly #writes: PendingWrites
  readonly #lock: DataLock | null
  readonly #lessons = new Map<string, LessonProgress>()
  #settings: Settings

  constructor(folder: string, notify: Notify) {
    this.#folder = folder
    this.#writes = new PendingWrites(notify)
    this.#lock = takeLock(folder, notify)
    this.#settings = readJson(this.#settingsPath, settingsSchema, 'The settings file', notify) ?? defaultSettings
    for (const lessonId of savedLessons(join(folder, 'progress'))) {
      const what = `The progress of lesson ${lessonId}`
      const progress = readJson(this.#lessonPath(lessonId), lessonProgressSchema, what, notify)
      if (progress !== null) this.#lessons.set(lessonId, progress)
    }
  }

  get settings(): Settings {
    return this.#settings
  }

  set settings(settings: Settings) {
    this.#settings = settings
    this.#save(this.#settingsPath, settings)
  }

  get lessons(): Readonly<Record<string, LessonProgress>> {
    return Object.fromEntries(this.#lessons)
  }

  saveLesson(lessonId: string, progress: LessonProgress): void {
    this.#lessons.set(lessonId, progress)
    this.#save(this.#lessonPath(lessonId), progress)
  }

  forgetLesson(lessonId: string): void {
    this.#lessons.delete(lessonId)
    this.#save(this.#lessonPath(lessonId), undefined)
  }

  /** Writes what has not been written yet. */
  flush(): void {
    this.#writes.flush()
  }

  close(): void {
    this.flush()
    this.#lock?.release()
  }

  #save(path: string, value: unknown): void {
    if (this.#lock !== null) this.#writes.put(path, value)
  }

  get #settingsPath(): string {
    return join(this.#folder, 'settings.json')
  }

  #lessonPath(lessonId: string): string {
    return join(this.#folder, 'progress', `${lessonId}.json`)
  }
}

function takeLock(folder: string, notify: Notify): DataLock | null {
  try {
    const lock = lockData(folder)
    if ('release' in lock) return lock
    const owner = lock.ownerPid === null ? '' : ` (process ${lock.ownerPid})`
    notify(
      `Another lab${owner} is open on the same data. This one shows the progress saved so far and works as usual, ` +
        'but what you change here is not saved. Close the other lab and start this one again to keep your work.',
    )
  } catch (error) {
    notify(`The data folder ${folder} cannot be written to, so nothing will be saved: ${reasonOf(error)}`)
  }
  return null
}

function savedLessons(folder: string): string[] {
  try {
    mkdirSync(folder, { recursive: true })
    return readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : []))
  } catch {
    return []
  }
}
