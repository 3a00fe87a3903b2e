/**
 * Everything from outside, malformed, against the served lab in a process of its own: what pages, kernels and
 * lesson files can hold, what a request line can say, and connections that break. The seed is printed; the
 * variable FUZZ_SEED repeats a run.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { isKernelMessage } from '../../electron/kernel/messages.ts'
import { hostileLesson, largestLessons, noFiles, putLesson } from './hostile-lessons.ts'
import { forgedLine, meaninglessLine, messages, seal, valueAt } from './kernel-lines.ts'
import { asks, callId, pageMessage } from './page-messages.ts'
import { type HostileRequest, request } from './request-targets.ts'
import { pathsIn, replaced } from './schema-samples.ts'
import { type RawPage, ServedLab } from './served-lab.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })

const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_130)
const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] => fc.sample(arbitrary, { seed, numRuns })
const counts: string[] = []

let lab: ServedLab
let page: RawPage
/** Connections that say nothing more; how they end is looked at after everything else. */
let slow: { readonly request: Promise<string>; readonly page: Promise<string> }
beforeAll(async () => {
  lab = await ServedLab.start()
  page = await lab.openPage()
  slow = {
    request: lab.send(`GET / HTTP/1.1\r\nHost: ${lab.address.host}\r\nA: b\r\n`),
    page: lab.send(upgradeFrom(lab.address.origin)),
  }
})
afterAll(async () => {
  page?.close()
  await lab?.close()
  console.log(`hostile input (seed ${seed}): ${counts.join(', ')}`)
})

/** What a page asks for a socket with, if it comes from an origin. */
const upgradeFrom = (origin: string): string =>
  `GET / HTTP/1.1\r\nHost: ${lab.address.host}\r\nOrigin: ${origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

/** The lab has not ended, no failure had to be caught as a last resort, and all of its lessons are there. */
async function requireServing(): Promise<readonly string[]> {
  expect(await lab.send(`GET / HTTP/1.1\r\nHost: ${lab.address.host}\r\nConnection: close\r\n\r\n`)).toContain(
    'the page',
  )
  const { r: hello } = await page.call('hello', {})
  expect(hello).toMatchObject({
    lessons: expect.arrayContaining(['T1', 'L0', 'A1', 'B1', 'C1', 'D1'].map((id) => expect.objectContaining({ id }))),
  })
  expect(lab.isRunning).toBe(true)
  expect(lab.output).not.toMatch(/^\w*Error\b/m)
  const notices = valueAt(hello, ['notices'])
  const lines = Array.isArray(notices) ? notices.map(String) : []
  expect(lines.filter((line) => line.includes('the lab went on'))).toEqual([])
  return lines
}

/** Some at a time, as a browser would. */
async function inTurns<T>(items: readonly T[], atOnce: number, each: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of queue) await each(item)
    }),
  )
}

test('messages of a page', async () => {
  const texts = sample(pageMessage, 21_000)
  let answered = 0
  for (let from = 0; from < texts.length; from += 3000) {
    const answers: Promise<unknown>[] = []
    for (const text of texts.slice(from, from + 3000)) {
      const id = page.nextId()
      const message = text.replace(callId, id)
      if (asks(message, id)) answers.push(page.answer(id))
      page.send(message)
    }
    answered += (await Promise.all(answers)).length
    page.send(new Uint8Array(100).fill(from))
    await requireServing()
  }
  expect(answered).toBeGreaterThan(texts.length / 3)
  counts.push(`${texts.length} messages of a page (${answered} answered, the rest dropped)`)
})

test('a message larger than any page sends costs the page its connection and nothing else', async () => {
  const other = await lab.openPage()
  other.send(`"${'x'.repeat(17_000_000)}"`)
  other.send('x')
  await requireServing()
  other.close()
})

test('messages of a kernel, each in every field', () => {
  let refused = 0
  for (const message of messages) {
    expect(isKernelMessage(message)).toBe(true)
    for (const path of pathsIn(message)) {
      const isList = typeof valueAt(message, path) === 'object'
      for (const wrong of isList ? [5, 'text', true] : [{}, [], { toString: 1 }, { length: 1e9 }, [[]]]) {
        const forged = replaced(message, path, wrong)
        expect(isKernelMessage(forged), JSON.stringify(forged)).toBe(false)
        refused++
      }
    }
  }
  counts.push(`${refused} messages of a kernel with one field wrong (all refused)`)
})

test('kernels that have fallen into the wrong hands', async () => {
  const kernels = 30
  const meaningless = sample(meaninglessLine, kernels * 300)
  const forged = sample(forgedLine, kernels)
  for (const [at, last] of forged.entries()) {
    const lines = meaningless.slice(at * 300, (at + 1) * 300)
    // The source of a cell is limited, and so is what one kernel is told to say.
    for (let part: string[] = lines.splice(0, 50); part.length > 0; part = lines.splice(0, 50)) {
      const source = JSON.stringify({ lines: [...part, ran] })
      const { r } = await page.call('runCell', { lessonId: 'L0', cellId: 'c', runId: 'r', source })
      expect(r).toMatchObject({ status: 'ok' })
    }
    const source = JSON.stringify({ lines: [last] })
    const { r } = await page.call('runCell', { lessonId: 'L0', cellId: 'c', runId: 'r', source })
    expect(r, last).toMatchObject({ status: 'kernel-died' })
    if (at % 10 === 9) await requireServing()
  }
  counts.push(`${meaningless.length} lines without meaning and ${forged.length} forged ones of ${kernels} kernels`)
})
const report = { status: 'ok', milliseconds: 1, device: '', calls: [] }
const ran = `${seal}${JSON.stringify({ kind: 'ran', runId: 'r', report })}`

test('files of lessons', async () => {
  const texts = [...sample(hostileLesson, 300), ...largestLessons]
  const files = [...texts.map((text, at) => (path: string) => writeFileSync(path, text(`X${at}`))), ...noFiles]
  let problems = 0
  for (let from = 0; from < files.length; from += 80) {
    const batch = files.slice(from, from + 80)
    // They come before the good one.
    batch.forEach((write, at) => putLesson(lab.lessons, `0-hostile-${at}`, write))
    const notices = await requireServing()
    problems += notices.length
    for (const notice of notices) expect(notice).toMatch(/lesson\.md:(\d+: )?|more problems of lessons$/)
    for (let at = from; at < from + 80; at += 8) {
      const answer = JSON.stringify(await page.call('openLesson', { lessonId: `X${at}` }))
      expect(answer).not.toMatch(/<script|<img|href=\\"javascript/)
    }
    batch.forEach((_, at) => rmSync(join(lab.lessons, `0-hostile-${at}`), { recursive: true }))
  }
  expect(problems).toBeGreaterThan(0)
  await requireServing()
  counts.push(`${files.length} lessons`)
})

test('request lines', async () => {
  const requests = sample(request, 2000)
  const status = new Map<string, number>()
  const send = async ({ method, target, host }: HostileRequest): Promise<void> => {
    const head = `${method} ${target} HTTP/1.1\r\nHost: ${host ?? lab.address.host}\r\nConnection: close\r\n\r\n`
    const answer = await lab.send(head, method === 'HEAD' ? 'when answered' : undefined)
    const [, code = 'closed'] = /^HTTP\/1\.1 (\d+) /.exec(answer) ?? []
    status.set(code, (status.get(code) ?? 0) + 1)
  }
  for (let from = 0; from < requests.length; from += 500) {
    await inTurns(requests.slice(from, from + 500), 30, send)
    await requireServing()
  }
  // A method that no server knows may be answered by closing the connection.
  for (const code of status.keys()) expect(code).toMatch(/^(200|4\d\d|closed)$/)
  const codes = [...status].map(([code, times]) => `${code}: ${times}`).join(', ')
  counts.push(`${requests.length} request lines (${codes})`)
})

test('connections that are reset', async () => {
  const { host, origin } = lab.address
  const frame = '\x81\xfe\xff\xff\x00\x00\x00\x00half of a message'
  const kinds: readonly (readonly [string, 'at once' | 'when written' | 'when answered'])[] = [
    ['', 'at once'],
    [upgradeFrom(origin).slice(0, 60), 'when written'],
    [upgradeFrom(origin), 'when written'],
    [upgradeFrom(origin) + frame, 'when written'],
    [upgradeFrom(origin) + frame, 'when answered'],
    [upgradeFrom('http://evil.example'), 'when written'],
    [upgradeFrom('http://evil.example'), 'when answered'],
    [upgradeFrom('http://evil.example').repeat(3), 'when answered'],
    [upgradeFrom(origin).replace('Key: dGhl', 'Key: '), 'when answered'],
    [`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000000\r\n\r\nhalf of a body`, 'when answered'],
    [`POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf`, 'when written'],
    [`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(20), 'when answered'],
  ]
  const resets = Array.from({ length: 20 }, () => kinds).flat()
  for (let from = 0; from < resets.length; from += 60) {
    await inTurns(resets.slice(from, from + 60), 20, async ([bytes, when]) => void (await lab.send(bytes, when)))
    await requireServing()
  }
  counts.push(`${resets.length} connections reset`)
})

test('connections that say nothing more are ended', async () => {
  expect(await slow.request).toMatch(/^HTTP\/1.1 408 /)
  expect(await slow.page).toMatch(/^HTTP\/1.1 101 [^]*The page did not introduce itself\./)
  await requireServing()
})
