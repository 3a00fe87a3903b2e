import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import { isLabOrigin, isLocalHost, targetPath } from '../../../electron/host/local-request.ts'
import { pathInFolder } from '../../../electron/host/page-files.ts'
import type { TextChannel } from '../../../electron/host/text-channel.ts'
import { PortInUse, type WebServer, startWebServer } from '../../../electron/host/web-server.ts'
import { TestFolder } from './lesson-folder.ts'

let page: TestFolder
let server: WebServer
const channels: TextChannel[] = []
const report = vi.fn<(error: unknown) => void>()

beforeEach(async () => {
  page = new TestFolder()
  page.write('index.html', '<!doctype html>the page')
  page.write('assets/a.js', 'export {}')
  page.write('notes.txt', 'not served')
  channels.length = 0
  server = await startWebServer({ pageDir: page.path, port: 0, connect: (channel) => channels.push(channel), report })
})
afterEach(async () => {
  await server.close()
  page[Symbol.dispose]()
})

/** Sends bytes as they stand, and gives everything that comes back before the connection ends. */
function raw(text: string, { reset = false } = {}): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(url().port), url().hostname)
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part
      if (reset) socket.resetAndDestroy()
    })
    socket.on('error', () => {}).on('close', () => resolve(answer))
    socket.write(text)
  })
}

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

describe('whatever stands in the request line has an answer', () => {
  test.each([
    ['//', 404],
    ['///', 404],
    ['/\\', 404],
    ['//[', 404],
    ['//a:b', 404],
    ['//%', 404],
    ['http://', 400],
    ['http://[', 400],
    ['mailto:x', 400],
    ['*', 400],
    ['http://127.0.0.1/', 200],
    ['/?a=//[', 200],
    [`/${'a'.repeat(2000)}`, 414],
  ])('%s', async (target, status) => {
    const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: ${url().host}\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect((await get('/')).status).toBe(200)
    expect(report).not.toHaveBeenCalled()
  })

  test('headers without end are cut off', async () => {
    expect(await raw(`GET / HTTP/1.1\r\nA: ${'a'.repeat(20_000)}`)).toMatch(/^HTTP\/1.1 431 /)
  })
})

test('a connection that is reset after a refusal costs nothing', async () => {
  const upgrade = `GET / HTTP/1.1\r\nHost: ${url().host}\r\nOrigin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
  const answers = await Promise.all(Array.from({ length: 40 }, () => raw(upgrade.repeat(3), { reset: true })))
  expect(new Set(answers.map((answer) => answer.split('\r\n')[0]))).toEqual(new Set(['HTTP/1.1 403 Forbidden']))
  expect((await get('/')).status).toBe(200)
})

test('a refused connection is closed although the other side keeps its end open', async () => {
  const refused = connect({ port: Number(url().port), host: url().hostname, allowHalfOpen: true })
  const closed = new Promise((resolve) => refused.on('close', resolve))
  refused.on('error', () => {}).resume()
  refused.write(`GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
  await new Promise((resolve) => refused.on('end', resolve))
  // Nobody is there any more: what is written now is answered by a reset.
  const write = setInterval(() => refused.write('x'), 10)
  await closed
  clearInterval(write)
})

test('a page that stops reading is let go before its messages fill the memory', async () => {
  const { opened } = socket(JSON.stringify({ token: token() }))
  await expect.poll(() => channels.length, { timeout: 10_000 }).toBe(1)
  const [channel] = channels
  const gone = new Promise<void>((resolve) => channel?.onClose(resolve))
  opened.pause()
  for (let sent = 0; sent < 100; sent++) channel?.send('x'.repeat(1_000_000))
  await gone
  opened.terminate()
})

describe('the port that browsers leave out', () => {
  test.each([
    ['127.0.0.1', 80, true],
    ['LOCALHOST', 80, true],
    ['127.0.0.1:80', 80, true],
    ['127.0.0.1', 4517, false],
    ['evil.example', 80, false],
    ['127.0.0.1.evil.example', 80, false],
    [undefined, 80, false],
  ])('%s on %i: %s', (host, port, expected) => {
    expect(isLocalHost(host, port)).toBe(expected)
    expect(isLabOrigin(host === undefined ? host : `http://${host.toLowerCase()}`, port)).toBe(expected)
  })

  test('is no part of the origin either', () => {
    expect(isLabOrigin('http://127.0.0.1', 80)).toBe(true)
    expect(isLabOrigin('https://127.0.0.1', 80)).toBe(false)
    expect(isLabOrigin('null', 80)).toBe(false)
  })
})

test('a target is a path, or the path of an address, or nothing', () => {
  expect(['/a?b', '//a/b#c', 'http://h/x', 'https://h/x', 'x', ''].map(targetPath)).toEqual([
    '/a',
    '//a/b',
    '/x',
    null,
    null,
    null,
  ])
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
  const start = startWebServer({ pageDir: page.path, port: Number(url().port), connect: () => {}, report })
  await expect(start).rejects.toThrow(PortInUse)
  await expect(start).rejects.toThrow(/is in use. Choose another with --port N/)
})

test('without a port the first free one is taken', async () => {
  const blocker = createServer().listen(4517, '127.0.0.1')
  await new Promise<void>((resolve) => {
    blocker.once('listening', resolve).once('error', () => resolve())
  })
  const second = await startWebServer({ pageDir: page.path, port: null, connect: () => {}, report })
  expect(Number(new URL(second.url).port)).toBeGreaterThan(4517)
  await second.close()
  blocker.close()
})
