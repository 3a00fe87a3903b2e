import { request } from 'node:http'
import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import WebSocket from 'ws'
import { pathInFolder } from '../../../electron/host/page-files.ts'
import type { TextChannel } from '../../../electron/host/text-channel.ts'
import { PortInUse, type WebServer, startWebServer } from '../../../electron/host/web-server.ts'
import { TestFolder } from './lesson-folder.ts'

let page: TestFolder
let server: WebServer
const channels: TextChannel[] = []

beforeEach(async () => {
  page = new TestFolder()
  page.write('index.html', '<!doctype html>the page')
  page.write('assets/a.js', 'export {}')
  page.write('notes.txt', 'not served')
  channels.length = 0
  server = await startWebServer({ pageDir: page.path, port: 0, connect: (channel) => channels.push(channel) })
})
afterEach(async () => {
  await server.close()
  page[Symbol.dispose]()
})

const url = (): URL => new URL(server.url)

function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const { hostname, port } = url()
    // Unlike fetch, this sends a path as it stands.
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.on('error', reject).end()
  })
}

/** A socket as a page opens it, and how it ended. */
function socket(greeting: string | null, origin = url().origin) {
  const opened = new WebSocket(`ws://${url().host}/`, { origin })
  const closed = new Promise<number | string>((resolve) => {
    opened.on('close', (code) => resolve(code))
    opened.on('error', (error) => resolve(error.message))
  })
  if (greeting !== null) opened.on('open', () => opened.send(greeting))
  return { opened, closed }
}

const token = (): string => url().hash.replace('#token=', '')

test('the page comes with a policy that lets it load nothing else', async () => {
  const { status, headers, body } = await get('/')
  expect([status, body]).toEqual([200, '<!doctype html>the page'])
  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'; worker-src 'self'")
  expect(headers['cross-origin-opener-policy']).toBe('same-origin')
  expect(headers['cross-origin-embedder-policy']).toBe('require-corp')
  expect((await get('/assets/a.js')).headers['content-type']).toBe('text/javascript; charset=utf-8')
})

test.each([
  '/../../../etc/passwd',
  '/..%2f..%2fetc/passwd',
  '/%2e%2e/secret.js',
  '/notes.txt',
  '/missing.js',
  '/%zz',
  '/a%00.js',
  '//etc/passwd',
  '/..\\x.js',
])('%s is not there', async (path) => {
  expect((await get(path)).status).toBe(404)
})

test('a path never leaves its folder', () => {
  expect(pathInFolder('/page', '/a/../../b.js')).toBeNull()
  expect(pathInFolder('/page', '/a/../b.js')).toBe('/page/b.js')
  expect(pathInFolder('/page', '/')).toBe('/page/index.html')
})

test('requests under a foreign name, and other methods, are refused', async () => {
  expect((await get('/', { host: 'evil.example' })).status).toBe(403)
  expect((await get('/', {}, 'POST')).status).toBe(405)
  expect((await get('/', { host: `localhost:${url().port}` })).status).toBe(200)
})

test('a page that knows the token talks to the host', async () => {
  const { opened, closed } = socket(JSON.stringify({ token: token() }))
  const answered = new Promise((resolve) => opened.on('message', (data) => resolve(String(data))))
  await expect.poll(() => channels.length, { timeout: 10_000 }).toBe(1)
  const [channel] = channels
  const heard = new Promise((resolve) => channel?.onMessage(resolve))
  opened.send('question')
  expect(await heard).toBe('question')
  channel?.send('answer')
  expect(await answered).toBe('answer')
  const gone = new Promise<void>((resolve) => channel?.onClose(resolve))
  opened.close()
  await gone
  expect(await closed).toBe(1005)
})

test.each([
  ['a wrong token', () => socket(JSON.stringify({ token: 'x'.repeat(token().length) })), 4401],
  ['no token', () => socket('{}'), 4401],
  ['nonsense', () => socket('hello'), 4401],
  [
    'a page of another site',
    () => socket(JSON.stringify({ token: token() }), 'http://evil.example'),
    'Unexpected server response: 403',
  ],
])('%s is turned away', async (_, open, end) => {
  expect(await open().closed).toBe(end)
  expect(channels).toEqual([])
})

test('a port that is taken is an error that says what to do', async () => {
  const start = startWebServer({ pageDir: page.path, port: Number(url().port), connect: () => {} })
  await expect(start).rejects.toThrow(PortInUse)
  await expect(start).rejects.toThrow(/is in use. Choose another with --port N/)
})

test('without a port the first free one is taken', async () => {
  const blocker = createServer().listen(4517, '127.0.0.1')
  await new Promise<void>((resolve) => {
    blocker.once('listening', resolve).once('error', () => resolve())
  })
  const second = await startWebServer({ pageDir: page.path, port: null, connect: () => {} })
  expect(Number(new URL(second.url).port)).toBeGreaterThan(4517)
  await second.close()
  blocker.close()
})
