import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeProgress } from '../../../electron/host/merge-progress.ts'
import { progressFormat } from '../../../electron/host/progress-format.ts'
import {
  entryKey,
  longestSavedText,
  revisionOf,
  type HostApi,
  type LessonProgress,
  type ProgressEntry,
} from '../../../electron/protocol.ts'
import { Drafts } from '../../../renderer/app/notebook/drafts.ts'
import { ProgressSync, type LocalWork } from '../../../renderer/app/notebook/progress-sync.svelte.ts'
import { reconcile } from '../../../renderer/app/notebook/reconcile.ts'
import { FakeBrowser } from '../browser.ts'

const source = (id: string, value: string): ProgressEntry => ({ kind: 'source', id, value })

/** The host's side: what is on its disk, and the events that are on their way to each page. */
class Server {
  content = progressFormat.empty
  #revision = 0
  readonly pages: Page[] = []
  /** The disk refuses. */
  broken = false
  /** The longest text that the disk has room for. */
  room = Infinity

  get state(): LessonProgress {
    const entries = [...this.content.entries.values()].map(({ entry }) => entry)
    return { lessonId: 'L', revision: this.#revision, entries }
  }

  readonly saveProgress: HostApi['saveProgress'] = async ({ changes }) => {
    const fits = changes.every(({ value }) => String(value ?? '').length <= this.room)
    if (this.broken || !fits) throw new Error('the disk is full')
    this.content = mergeProgress(this.content, changes)
    this.#revision++
    for (const page of this.pages) page.inbox.push(this.state)
    return this.state
  }
}

/** A window with the lesson open, without anything to see. */
class Page {
  readonly texts = new Map<string, ProgressEntry>()
  readonly inbox: LessonProgress[] = []
  readonly sync: ProgressSync
  #kept = 0

  constructor(server: Server, browser = new FakeBrowser(), name = String(server.pages.length)) {
    for (const entry of server.state.entries) this.texts.set(entryKey(entry), entry)
    const work: LocalWork = {
      entries: () => [...this.texts.values()],
      apply: (kind, id, value) => {
        if (value === null) this.texts.delete(entryKey({ kind, id }))
        else if (kind === 'hints') this.texts.set(entryKey({ kind, id }), { kind, id, value: Number(value) })
        else this.texts.set(entryKey({ kind, id }), { kind, id, value: String(value) })
      },
      keepText: (text) => this.edit(`scratch-${name}-${++this.#kept}`, text),
      canAsk: () => true,
      changed: () => undefined,
    }
    const drafts = new Drafts(browser.storage, browser.page())
    this.sync = new ProgressSync({ lessonId: 'L', saved: server.state, work, drafts, host: server })
    server.pages.push(this)
  }

  text(id: string): string | null {
    const entry = this.texts.get(entryKey({ kind: 'source', id }))
    return entry?.kind === 'source' ? entry.value : null
  }

  edit(id: string, text: string | null): void {
    if (text === null) this.texts.delete(entryKey({ kind: 'source', id }))
    else this.texts.set(entryKey({ kind: 'source', id }), source(id, text))
    this.sync.keepDrafts()
  }

  hear(): void {
    for (const state of this.inbox.splice(0)) this.sync.receive(state)
  }
}

function twoPages() {
  const server = new Server()
  return { server, a: new Page(server), b: new Page(server) }
}

describe('two windows', () => {
  it('that edit different cells end with the same text, of both', async () => {
    const { server, a, b } = twoPages()
    a.edit('first', 'of A')
    b.edit('second', 'of B')
    b.edit('scratch-1-x', 'added by B')
    await Promise.all([a.sync.save(), b.sync.save()])
    for (const page of [a, b]) {
      page.hear()
      expect([page.text('first'), page.text('second'), page.text('scratch-1-x')]).toEqual([
        'of A',
        'of B',
        'added by B',
      ])
      expect(page.sync.dirty).toBe(false)
    }
    expect(server.state.entries).toHaveLength(3)
  })

  it.each(['here', 'other'] as const)(
    'that edit one cell ask which text stays (%s), and keep the other',
    async (keep) => {
      const { server, a, b } = twoPages()
      a.edit('first', 'of A')
      b.edit('first', 'of B')
      await a.sync.save()
      await b.sync.save()
      expect(server.state.entries).toEqual([source('first', 'of A')])
      expect(b.sync.conflicts).toEqual([{ id: 'first', other: 'of A' }])
      expect(b.text('first')).toBe('of B')
      expect(b.sync.dirty).toBe(true)
      b.sync.choose('first', keep)
      await b.sync.save()
      a.hear()
      b.hear()
      const [stays, goes] = keep === 'here' ? ['of B', 'of A'] : ['of A', 'of B']
      for (const page of [a, b]) {
        expect(page.text('first')).toBe(stays)
        expect([...page.texts.values()].map(({ value }) => value).toSorted()).toEqual([stays, goes].toSorted())
        expect(page.sync.conflicts).toEqual([])
        expect(page.sync.dirty).toBe(false)
      }
    },
  )

  it('see a change of the other at once, also before anything of their own is sent', async () => {
    const { a, b } = twoPages()
    a.edit('first', 'of A')
    await a.sync.save()
    b.edit('first', 'of B, not sent yet')
    b.hear()
    expect(b.sync.conflicts).toEqual([{ id: 'first', other: 'of A' }])
  })

  it('go by what is saved now, also when they hear of it before they hear of what was saved earlier', async () => {
    const { a } = twoPages()
    for (const text of ['one', 'two']) {
      a.edit('first', text)
      await a.sync.save()
    }
    const [earlier] = a.inbox
    if (!earlier) throw new Error('nothing was heard')
    a.sync.receive(earlier)
    expect(a.text('first')).toBe('two')
    expect(a.sync.dirty).toBe(false)
  })

  it('never lose a text to a removal', async () => {
    const { server, a, b } = twoPages()
    a.edit('scratch-1-x', 'one')
    await a.sync.save()
    b.hear()
    a.edit('scratch-1-x', null)
    b.edit('scratch-1-x', 'one, edited')
    await a.sync.save()
    await b.sync.save()
    a.hear()
    expect([a.text('scratch-1-x'), b.text('scratch-1-x')]).toEqual(['one, edited', 'one, edited'])
    expect(server.state.entries).toEqual([source('scratch-1-x', 'one, edited')])
  })

  it('end with one state, in which is every text that nobody replaced, whatever happens in which order', async () => {
    const page = fc.constantFrom(0, 1)
    const action = fc.oneof(
      fc.record({ kind: fc.constant('edit' as const), page, cell: fc.constantFrom('a', 'b', 'scratch-1-x') }),
      fc.record({ kind: fc.constant('save' as const), page }),
      fc.record({ kind: fc.constant('hear' as const), page }),
      fc.record({
        kind: fc.constant('choose' as const),
        page,
        keep: fc.constantFrom('here' as const, 'other' as const),
      }),
      fc.record({ kind: fc.constant('break' as const), broken: fc.boolean() }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const { server, a, b } = twoPages()
        const pages = [a, b]
        let count = 0
        const standing = new Set<string>()
        for (const act of actions) {
          if (act.kind === 'break') server.broken = act.broken
          else {
            const at = pages[act.page]
            if (!at) throw new Error('no such page')
            if (act.kind === 'edit') {
              standing.delete(at.text(act.cell) ?? '')
              const text = `text ${++count}`
              standing.add(text)
              at.edit(act.cell, text)
            } else if (act.kind === 'hear') at.hear()
            else if (act.kind === 'save') await at.sync.save().catch(() => undefined)
            else {
              const [conflict] = at.sync.conflicts
              if (conflict) at.sync.choose(conflict.id, act.keep)
            }
          }
        }
        server.broken = false
        for (let round = 0; round < 20 && pages.some((each) => each.sync.dirty || each.inbox.length > 0); round++) {
          for (const each of pages) {
            each.hear()
            for (const { id } of each.sync.conflicts) each.sync.choose(id, round % 2 === 0 ? 'here' : 'other')
            await each.sync.save()
          }
        }
        const sorted = (entries: Iterable<ProgressEntry>) =>
          [...entries].map((entry) => JSON.stringify(entry)).toSorted()
        for (const each of pages) expect(sorted(each.texts.values())).toEqual(sorted(server.state.entries))
        const texts = new Set(server.state.entries.map(({ value }) => value))
        for (const text of standing) expect(texts).toContain(text)
      }),
      { numRuns: 1500 },
    )
  })
})

describe('a save whose answer never came', () => {
  it('is not taken for the work of somebody else', async () => {
    const server = new Server()
    const page = new Page(server)
    page.edit('first', 'one')
    const { saveProgress } = server
    Object.assign(server, {
      saveProgress: async (call: Parameters<HostApi['saveProgress']>[0]) => {
        await saveProgress(call)
        throw new Error('the connection was cut')
      },
    })
    await expect(page.sync.save()).rejects.toThrow('cut')
    page.edit('first', 'one, and more')
    Object.assign(server, { saveProgress })
    page.sync.receive(server.state, true)
    expect(page.sync.conflicts).toEqual([])
    await page.sync.save()
    expect(server.state.entries).toEqual([source('first', 'one, and more')])
  })

  it('nor by the page that comes after a crash', async () => {
    const server = new Server()
    const browser = new FakeBrowser()
    const page = new Page(server, browser)
    page.edit('first', 'one')
    const saved = page.sync.save()
    page.edit('first', 'one, and more')
    // The page is gone before it hears that `one` was saved.
    browser.endPages()
    const kept = [...browser.kept]
    await saved
    browser.kept.clear()
    for (const [key, value] of kept) browser.kept.set(key, value)
    const later = new Page(server, browser)
    expect(await later.sync.recover()).toBe(true)
    expect(later.sync.conflicts).toEqual([])
    expect(later.text('first')).toBe('one, and more')
  })
})

describe('drafts', () => {
  it('of a page that crashed are taken up, and those of one that is open are left alone', async () => {
    const server = new Server()
    const browser = new FakeBrowser()
    new Page(server, browser).edit('first', 'typed, then crashed')
    browser.endPages()
    new Page(server, browser).edit('second', 'being typed')
    const later = new Page(server, browser)
    expect(await later.sync.recover()).toBe(true)
    expect([later.text('first'), later.text('second')]).toEqual(['typed, then crashed', null])
    await later.sync.save()
    expect(server.state.entries).toEqual([source('first', 'typed, then crashed')])
    expect([...browser.kept.keys()]).toEqual([expect.stringContaining('page-2')])
  })

  it('that the host has meanwhile another text for are asked about', async () => {
    const server = new Server()
    const browser = new FakeBrowser()
    const gone = new Page(server, browser)
    gone.edit('first', 'typed, then crashed')
    browser.endPages()
    const other = new Page(server, browser)
    other.edit('first', 'saved since')
    await other.sync.save()
    const later = new Page(server, browser)
    await later.sync.recover()
    expect(later.text('first')).toBe('typed, then crashed')
    expect(later.sync.conflicts).toEqual([{ id: 'first', other: 'saved since' }])
  })

  it('of two pages that crashed are both kept', async () => {
    const server = new Server()
    const browser = new FakeBrowser()
    for (const text of ['of A', 'of B']) new Page(server, browser).edit('first', text)
    browser.endPages()
    const later = new Page(server, browser)
    await later.sync.recover()
    expect([...later.texts.values()].map(({ value }) => value).toSorted()).toEqual(['of A', 'of B'])
  })

  it('of the first labs are read, one bad text in them costing no other', async () => {
    const server = new Server()
    const browser = new FakeBrowser()
    const old = { sources: { first: 'old', constructor: 'older', '../x': 'bad', second: 7 }, solved: {} }
    browser.kept.set('jax-workshop-lab.unsaved.L', JSON.stringify(old))
    const page = new Page(server, browser)
    await page.sync.recover()
    expect([...page.texts.values()]).toEqual([source('first', 'old'), source('constructor', 'older')])
    await page.sync.save()
    expect(browser.kept.size).toBe(0)
  })

  it('say when the browser has no room, and leave what was there', async () => {
    const server = new Server()
    const browser = new FakeBrowser()
    const page = new Page(server, browser)
    browser.room = 100
    page.edit('first', 'x'.repeat(200))
    expect(page.sync.draftsFull).toBe(true)
    await page.sync.save()
    expect(page.sync.draftsFull).toBe(false)
    expect(server.state.entries).toHaveLength(1)
  })
})

it('saves what fits and says what does not', async () => {
  const server = new Server()
  const page = new Page(server)
  page.edit('long', 'x'.repeat(longestSavedText + 1))
  page.edit('first', 'x'.repeat(300_000))
  page.edit('second', 'short')
  await expect(page.sync.save()).rejects.toThrow(
    'The text of long has 2,000,001 characters; at most 2,000,000 can be saved',
  )
  expect(server.state.entries.map(({ id }) => id)).toEqual(['first', 'second'])
  expect(page.text('long')).toHaveLength(longestSavedText + 1)
})

it('saves the other texts when the disk has no room for one', async () => {
  const server = new Server()
  server.room = 100_000
  const page = new Page(server)
  page.edit('first', 'x'.repeat(longestSavedText))
  page.edit('second', 'short')
  page.edit('third', 'x'.repeat(longestSavedText))
  await expect(page.sync.save()).rejects.toThrow('the disk is full')
  expect(server.state.entries.map(({ id }) => id)).toEqual(['second'])
  expect(page.sync.dirty).toBe(true)
})

it('keeps here what a host on other data does not have', async () => {
  const server = new Server()
  const page = new Page(server)
  page.edit('first', 'one')
  await page.sync.save()
  const other = new Server()
  page.sync.receive(other.state, true)
  expect(page.text('first')).toBe('one')
  expect(page.sync.dirty).toBe(true)
})

it('merges without asking what is no text', () => {
  const values = { base: null, local: '2026-01-02T00:00:00.000Z', remote: '2026-01-01T00:00:00.000Z' }
  expect(reconcile('solved', values)).toBe('remote')
  expect(reconcile('hints', { base: 0, local: 3, remote: 2 })).toBe('local')
  expect(reconcile('prediction', { base: 'a', local: 'b', remote: 'c' })).toBe('local')
})

it('tells texts apart by their revisions', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => (revisionOf(a) === revisionOf(b)) === (a === b)))
  const names = Array.from({ length: 20_000 }, (_, at) => revisionOf(`const x = ${at}`))
  expect(new Set(names).size).toBe(names.length)
})
