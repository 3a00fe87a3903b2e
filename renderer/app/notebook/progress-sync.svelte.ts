import * as v from 'valibot'
import {
  entryKey,
  longestSavedText,
  progressChangeSchema,
  revisionOf,
  type EntryKind,
  type HostApi,
  type LessonProgress,
  type ProgressChange,
  type ProgressEntry,
} from '../../../electron/protocol.ts'
import { messageOf } from '../../transport/host-connection.ts'
import type { DraftChange, Drafts } from './drafts.ts'
import { reconcile, type EntryValue } from './reconcile.ts'

/** A text that was changed here and in another window. The one here is the cell's; this is the other one. */
export interface Conflict {
  readonly id: string
  readonly other: string
}

/** The lesson's work as the page has it. */
export interface LocalWork {
  entries(): readonly ProgressEntry[]
  /** Takes over a value; null is the lesson's own text, or no such cell. */
  apply(kind: EntryKind, id: string, value: EntryValue): void
  /** Keeps a text that has lost its place, in a cell of its own. */
  keepText(text: string): void
  /** Whether both texts of a cell can be shown, so that someone can choose. */
  canAsk(id: string): boolean
  /** There is something to save. */
  changed(): void
}

interface SyncOptions {
  readonly lessonId: string
  readonly saved: LessonProgress | undefined
  readonly work: LocalWork
  readonly drafts: Drafts
  readonly host: Pick<HostApi, 'saveProgress'>
}

/**
 * Keeps the work on one lesson in step with the host, entry by entry: sends what was changed here, takes
 * over what was changed elsewhere, and asks where a text was changed in both places.
 */
export class ProgressSync {
  /** Texts that were changed in two places. */
  conflicts: readonly Conflict[] = $state.raw([])
  /** The browser has no room for drafts: what is not saved would go with the page. */
  draftsFull = $state(false)
  readonly #options: SyncOptions
  /** What is saved, as far as this page knows. */
  readonly #base = new Map<string, ProgressEntry>()
  /** Revisions that were sent and not heard of again. */
  readonly #sent = new Map<string, Set<string>>()
  #revision: number

  constructor(options: SyncOptions) {
    this.#options = options
    for (const entry of options.saved?.entries ?? []) this.#base.set(entryKey(entry), entry)
    this.#revision = options.saved?.revision ?? -1
  }

  get dirty(): boolean {
    return this.conflicts.length > 0 || this.#unsaved().length > 0
  }

  conflictOf(id: string): Conflict | undefined {
    return this.conflicts.find((conflict) => conflict.id === id)
  }

  /** Keeps drafts of what is not saved: at once, with every change. */
  keepDrafts(): void {
    const changes = this.#unsaved().map((change) => ({
      ...change,
      sent: [...(this.#sent.get(entryKey(change)) ?? [])],
    }))
    this.draftsFull = !this.#options.drafts.keep(this.#options.lessonId, changes)
  }

  /** Takes up what pages that are gone could not save. True if there was anything that is not saved yet. */
  async recover(): Promise<boolean> {
    const { lessonId, drafts } = this.#options
    const left = await drafts.leftBehind(lessonId)
    for (const draft of left.changes) this.#recoverOne(draft)
    this.keepDrafts()
    if (!this.draftsFull) left.forget()
    return left.changes.length > 0 && this.dirty
  }

  #recoverOne(draft: DraftChange): void {
    const { work } = this.#options
    const key = entryKey(draft)
    // The page that is gone may have sent one that the host is only now writing.
    for (const revision of draft.sent) setOf(this.#sent, key).add(revision)
    const saved = this.#base.get(key)?.value ?? null
    const local = this.#local().get(key)?.value ?? null
    if (draft.value === local) return
    if (local !== saved) {
      // Two pages are gone that had both changed it.
      if (draft.kind === 'source' && typeof draft.value === 'string') work.keepText(draft.value)
      return
    }
    const known = saved === null ? null : revisionOf(saved)
    const base = known === draft.base || (known !== null && draft.sent.includes(known)) ? saved : undefined
    if (base === undefined && saved !== null && draft.kind === 'source') {
      if (typeof draft.value !== 'string') return
      work.apply('source', draft.id, draft.value)
      this.#ask(draft.id, String(saved))
      return
    }
    const verdict = reconcile(draft.kind, { base: base ?? null, local: draft.value, remote: saved })
    if (verdict === 'local') work.apply(draft.kind, draft.id, draft.value)
  }

  /** Sends everything that is not saved; resolves when it is on the disk. */
  async save(): Promise<void> {
    const { lessonId, host } = this.#options
    const inConflict = new Set(this.conflicts.map(({ id }) => id))
    const changes = this.#unsaved().filter(({ kind, id }) => kind !== 'source' || !inConflict.has(id))
    const { fitting, tooLong } = sendable(changes)
    const failures = tooLong.map((change) => new Error(tooLongText(change)))
    for (const batch of batchesOf(fitting)) {
      for (const change of batch) {
        if (change.value !== null) setOf(this.#sent, entryKey(change)).add(revisionOf(change.value))
      }
      this.keepDrafts()
      try {
        this.receive(await host.saveProgress({ lessonId, changes: batch }))
      } catch (error) {
        // A text for which the disk has no room costs none of the others.
        failures.unshift(error instanceof Error ? error : new Error(messageOf(error)))
      }
    }
    this.keepDrafts()
    const [first] = failures
    if (first) throw first
  }

  /**
   * Takes over what is saved now. After a reconnection the host may be another one, on other data: then a
   * text that it does not have is kept here and saved there.
   */
  receive(progress: LessonProgress, reconnected = false): void {
    if (!reconnected && progress.revision <= this.#revision) return
    this.#revision = progress.revision
    const remote = new Map(progress.entries.map((entry) => [entryKey(entry), entry]))
    const local = this.#local()
    for (const key of new Set([...this.#base.keys(), ...local.keys(), ...remote.keys()])) {
      const one = local.get(key) ?? remote.get(key) ?? this.#base.get(key)
      if (one) this.#merge(one, local.get(key)?.value ?? null, remote.get(key), reconnected)
    }
    this.keepDrafts()
    if (this.#unsaved().length > 0) this.#options.work.changed()
  }

  #merge({ kind, id }: ProgressEntry, local: EntryValue, saved: ProgressEntry | undefined, reconnected: boolean): void {
    const { work } = this.#options
    const key = entryKey({ kind, id })
    const remote = saved?.value ?? null
    const base = this.#base.get(key)?.value ?? null
    const mine = remote !== null && this.#sent.get(key)?.has(revisionOf(remote)) === true
    const asked = kind === 'source' && this.conflictOf(id) !== undefined
    const keeps = mine || (reconnected && remote === null && local !== null)
    const verdict =
      local === remote
        ? 'same'
        : keeps
          ? 'local'
          : asked && remote !== null
            ? 'ask'
            : reconcile(kind, { base, local, remote })
    if (verdict === 'ask' && work.canAsk(id)) {
      this.#ask(id, String(remote))
      return
    }
    if (verdict === 'remote') work.apply(kind, id, remote)
    if (asked) this.#settle(id)
    if (mine || verdict === 'same') this.#sent.delete(key)
    if (saved) this.#base.set(key, saved)
    else this.#base.delete(key)
  }

  /** Ends a conflict. The text that is not chosen is kept in a cell of its own. */
  choose(id: string, keep: 'here' | 'other'): void {
    const conflict = this.conflictOf(id)
    if (!conflict) return
    const { work } = this.#options
    const mine = this.#local().get(entryKey({ kind: 'source', id }))?.value
    this.#settle(id)
    // From here on this page knows the other text, so what it sends is no surprise to the host.
    this.#base.set(entryKey({ kind: 'source', id }), { kind: 'source', id, value: conflict.other })
    if (keep === 'here') work.keepText(conflict.other)
    else {
      if (typeof mine === 'string') work.keepText(mine)
      work.apply('source', id, conflict.other)
    }
    work.changed()
  }

  #ask(id: string, other: string): void {
    const others = this.conflicts.filter((conflict) => conflict.id !== id)
    this.conflicts = [...others, { id, other }]
  }

  #settle(id: string): void {
    this.conflicts = this.conflicts.filter((conflict) => conflict.id !== id)
  }

  #local(): Map<string, ProgressEntry> {
    return new Map(this.#options.work.entries().map((entry) => [entryKey(entry), entry]))
  }

  /** What is different here from what is saved. */
  #unsaved(): Omit<DraftChange, 'sent'>[] {
    const local = this.#local()
    const changed = [...local.values()].flatMap(({ kind, id, value }) => {
      const base = this.#base.get(entryKey({ kind, id }))?.value ?? null
      return value === base ? [] : [{ kind, id, value, base: base === null ? null : revisionOf(base) }]
    })
    const removed = [...this.#base.values()].flatMap(({ kind, id, value }) =>
      kind === 'source' && !local.has(entryKey({ kind, id }))
        ? [{ kind, id, value: null, base: revisionOf(value) }]
        : [],
    )
    return [...changed, ...removed]
  }
}

function setOf<Key, Item>(sets: Map<Key, Set<Item>>, key: Key): Set<Item> {
  const found = sets.get(key) ?? new Set<Item>()
  sets.set(key, found)
  return found
}

/** The changes that the host takes, and those that it would refuse. */
function sendable(changes: readonly Omit<DraftChange, 'sent'>[]) {
  const fitting: ProgressChange[] = []
  const tooLong: Omit<DraftChange, 'sent'>[] = []
  for (const change of changes) {
    const parsed = v.safeParse(progressChangeSchema, change)
    if (parsed.success) fitting.push(parsed.output)
    else tooLong.push(change)
  }
  return { fitting, tooLong }
}

/** Long texts travel one by one, so that no message is too long for its channel. */
function batchesOf(changes: readonly ProgressChange[]): ProgressChange[][] {
  const batches: ProgressChange[][] = []
  let room = 0
  for (const change of changes) {
    const size = String(change.value ?? '').length + 200
    const last = batches.at(-1)
    if (last && size <= room) last.push(change)
    else {
      batches.push([change])
      room = longestSavedText
    }
    room -= size
  }
  return batches
}

function tooLongText({ id, value }: Pick<DraftChange, 'id' | 'value'>): string {
  const [length, most] = [String(value ?? '').length, longestSavedText].map((number) => number.toLocaleString('en'))
  return `The text of ${id} has ${length} characters; at most ${most} can be saved. Everything else is saved.`
}
