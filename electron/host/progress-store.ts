import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LessonProgress, ProgressChange, Settings } from '../protocol.ts'
import { DataLock } from './data-lock.ts'
import { type Notify, draftEnding, reasonOf } from './json-file.ts'
import { isSame, mergeProgress } from './merge-progress.ts'
import { type StoredProgress, progressFormat } from './progress-format.ts'
import { type StoredSettings, settingsFormat } from './settings-format.ts'
import { StoredFile } from './stored-file.ts'

interface StoreEvents {
  readonly notify: Notify
  readonly onLesson: (progress: LessonProgress) => void
  readonly onSettings: (settings: Settings) => void
}

interface StoredLesson {
  readonly file: StoredFile<StoredProgress>
  revision: number
}

const ending = '.json'
/** Names that Windows keeps for devices: a file that is called so would take everything and keep nothing. */
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** The name of a lesson's file. No id begins with the underscore that keeps some of them apart from devices. */
function fileNameOf(lessonId: string): string {
  return `${deviceName.test(lessonId) ? '_' : ''}${lessonId}${ending}`
}

function lessonIdOf(fileName: string): string {
  return fileName.slice(0, -ending.length).replace(/^_/, '')
}

/**
 * Progress and settings, a JSON file for each lesson, so that a damaged one costs no other. A second lab on
 * the same folder shows what is there and saves nothing, which each save says, until the first one is closed.
 */
export class ProgressStore {
  readonly #folder: string
  readonly #events: StoreEvents
  readonly #lock: DataLock
  readonly #lessons = new Map<string, StoredLesson>()
  readonly #settings: StoredFile<StoredSettings>
  readonly #guards = {
    beforeChange: () => this.#requireLock(),
    beforeReplacing: () => {
      if (!this.#lock.isHeld) throw new Error('another lab has taken over the data folder')
    },
  }
  #closed = false

  constructor(folder: string, events: StoreEvents) {
    this.#folder = folder
    this.#events = events
    this.#lock = new DataLock(folder)
    this.#settings = new StoredFile({
      path: join(folder, 'settings.json'),
      what: 'The settings file',
      format: settingsFormat,
      notify: events.notify,
      ...this.#guards,
    })
    const refusal = this.#refusal()
    if (refusal !== null) events.notify(refusal)
    this.#load(refusal === null)
  }

  get settings(): Settings {
    return this.#settings.content.settings
  }

  get lessons(): readonly LessonProgress[] {
    return [...this.#lessons.keys()].map((lessonId) => this.lesson(lessonId))
  }

  lesson(lessonId: string): LessonProgress {
    const { file, revision } = this.#lesson(lessonId)
    return { lessonId, revision, entries: [...file.content.entries.values()].map(({ entry }) => entry) }
  }

  /** Merges a page's changes. Resolves, with everything that is saved of the lesson, once they are on the disk. */
  async saveLesson(lessonId: string, changes: readonly ProgressChange[]): Promise<LessonProgress> {
    return this.#changeLesson(lessonId, (saved) => {
      const after = mergeProgress(saved, changes)
      const keys = new Set([...saved.entries.keys(), ...after.entries.keys()])
      return [...keys].every((key) => isSame(saved.entries.get(key), after.entries.get(key))) ? saved : after
    })
  }

  /** What a newer lab added to the file goes too: it is the work on the same lesson. */
  async forgetLesson(lessonId: string): Promise<LessonProgress> {
    return this.#changeLesson(lessonId, () => ({ ...progressFormat.empty }))
  }

  async saveSettings(changes: { readonly [Name in keyof Settings]?: Settings[Name] | undefined }): Promise<void> {
    await this.#settings.change((stored) => {
      const { settings } = stored
      const { theme = settings.theme, cpuDevices = settings.cpuDevices, lastLessonId = settings.lastLessonId } = changes
      return { ...stored, settings: { theme, cpuDevices, lastLessonId } }
    })
    this.#events.onSettings(this.settings)
  }

  /** Resolves when everything that was asked for is written, and gives the folder free. */
  async close(): Promise<void> {
    await Promise.all([...this.#lessons.values()].map(({ file }) => file.settled()))
    await this.#settings.settled()
    this.#closed = true
    this.#lock.release()
  }

  async #changeLesson(lessonId: string, change: (saved: StoredProgress) => StoredProgress): Promise<LessonProgress> {
    const lesson = this.#lesson(lessonId)
    const before = lesson.file.content
    if ((await lesson.file.change(change)) === before) return this.lesson(lessonId)
    lesson.revision++
    const changed = this.lesson(lessonId)
    this.#events.onLesson(changed)
    return changed
  }

  /** Throws unless this lab may write. One that has just got the right starts from what the others left. */
  #requireLock(): void {
    if (this.#closed) throw new Error('The lab was closed.')
    if (this.#lock.isHeld) return
    const refusal = this.#refusal()
    if (refusal !== null) throw new Error(refusal)
    this.#load(true)
    for (const [lessonId, lesson] of this.#lessons) {
      lesson.revision++
      this.#events.onLesson(this.lesson(lessonId))
    }
    this.#events.onSettings(this.settings)
  }

  /** Takes the lock. Null if this lab has it, otherwise why it cannot write. */
  #refusal(): string | null {
    try {
      const answer = this.#lock.take()
      if (answer.held) return null
      const owner = answer.ownerPid === null ? '' : ` (process ${answer.ownerPid})`
      return (
        `Another lab${owner} is open on the same data, and only one may save. ` +
        'What you change here is kept in this window, and saved once the other lab is closed.'
      )
    } catch (error) {
      return `Nothing can be saved in the data folder ${this.#folder}: ${reasonOf(error)}.`
    }
  }

  #load(mayWrite: boolean): void {
    const progressFolder = join(this.#folder, 'progress')
    if (mayWrite) removeDrafts(this.#folder, progressFolder)
    this.#settings.load(mayWrite)
    const saved = namesIn(progressFolder).filter((name) => name.endsWith(ending))
    const lessonIds = new Set([...this.#lessons.keys(), ...saved.map(lessonIdOf)])
    for (const lessonId of lessonIds) this.#lesson(lessonId).file.load(mayWrite)
  }

  #lesson(lessonId: string): StoredLesson {
    const known = this.#lessons.get(lessonId)
    if (known !== undefined) return known
    const file = new StoredFile({
      path: join(this.#folder, 'progress', fileNameOf(lessonId)),
      what: `The progress of lesson ${lessonId}`,
      format: progressFormat,
      notify: this.#events.notify,
      ...this.#guards,
    })
    const lesson = { file, revision: 0 }
    this.#lessons.set(lessonId, lesson)
    return lesson
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // There is none yet, or none that can be read: each save will say so.
    return []
  }
}

/** What a lab that was killed was about to write. It never said that it had. */
function removeDrafts(...folders: readonly string[]): void {
  for (const folder of folders) {
    for (const name of namesIn(folder)) if (name.endsWith(draftEnding)) rmSync(join(folder, name), { force: true })
  }
}
