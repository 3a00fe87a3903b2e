import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBirpc } from 'birpc'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import type { HostApi, RendererApi } from '../../../electron/protocol.ts'
import { childrenOf, isAlive } from '../processes.ts'
import { TestFolder, lessonText } from './lesson-folder.ts'

vi.setConfig({ testTimeout: 60_000 })

const entry = fileURLToPath(new URL('../../../electron/serve.ts', import.meta.url))
let folder: TestFolder
let child: ChildProcess | null = null

beforeEach(() => {
  folder = new TestFolder()
  folder.write('page/index.html', 'page')
  folder.write('lessons/t1/lesson.md', lessonText)
})
afterEach(() => {
  child?.kill('SIGKILL')
  folder[Symbol.dispose]()
})

/** Makes the lab fail in a place that nobody expects, when it is told to. */
const failOnSignal = `data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => {
  Promise.reject(new Error('a promise that nobody waits for'))
  throw new Error('an error that nobody catches')
})`)}`

function serve(...args: string[]) {
  const { path } = folder
  const fixed = ['--page', join(path, 'page'), '--data', join(path, 'data'), '--lessons', join(path, 'lessons')]
  const started = spawn(process.execPath, ['--import', failOnSignal, entry, ...fixed, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child = started
  let output = ''
  const line = new Promise<string>((resolve) => {
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const found = /^JAX Workshop Lab: (\S+)$/m.exec(output)
        if (found?.[1] !== undefined) resolve(found[1])
      })
    }
  })
  const ended = once(started, 'close').then(([code, signal]: (number | string | null)[]) => ({ code, signal, output }))
  return { started, line, ended }
}

function talk(address: string) {
  const url = new URL(address)
  const socket = new WebSocket(`ws://${url.host}/`, { origin: url.origin })
  socket.on('open', () => socket.send(JSON.stringify({ token: url.hash.replace('#token=', '') })))
  const notices: string[] = []
  const events: RendererApi = {
    cellOutput() {},
    kernelStatus() {},
    lessonTrust() {},
    notice: ({ message }) => void notices.push(message),
    progressChanged() {},
    settingsChanged() {},
  }
  const opened = once(socket, 'open')
  const host = createBirpc<HostApi, RendererApi>(events, {
    post: async (message: string) => {
      await opened
      socket.send(message)
    },
    on: (listener) => socket.on('message', (data) => listener(String(data))),
    serialize: (message) => JSON.stringify(message),
    deserialize: (text: string) => JSON.parse(text),
    timeout: -1,
  })
  return { host, notices }
}

/** Starts a kernel and gives its process id. */
async function kernelPid({ host }: ReturnType<typeof talk>, lab: ChildProcess): Promise<number> {
  const trust = await host.lessonTrust({ lessonId: 'T1' })
  if (trust.kind === 'asks') await host.trustLesson({ lessonId: 'T1', digest: trust.digest })
  await host.runCell({ lessonId: 'T1', cellId: 'first', runId: 'r1', source: '1' })
  const kernels = childrenOf(lab.pid ?? 0)
  expect(kernels).toHaveLength(1)
  return kernels[0] ?? 0
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('one line gives the address, and %s saves everything and ends the kernels', async (signal, exitCode) => {
  const { started, line, ended } = serve('--port', '0')
  const page = talk(await line)
  const hello = await page.host.hello({})
  expect(hello).toMatchObject({ shell: 'serve', notices: [] })
  expect(hello.lessons.map((lesson) => lesson.id)).toContain('T1')
  const pid = await kernelPid(page, started)
  expect(isAlive(pid)).toBe(true)
  await page.host.saveSettings({ changes: { theme: 'dark' } })
  started.kill(signal)
  const { code, output } = await ended
  expect(code).toBe(exitCode)
  expect(output.trim().split('\n')).toHaveLength(1)
  expect(isAlive(pid)).toBe(false)
  expect(JSON.parse(readFileSync(join(folder.path, 'data', 'settings.json'), 'utf8'))).toMatchObject({ theme: 'dark' })
})

test('a lab that is killed leaves no kernel behind, even one that is busy', async () => {
  const { started, line, ended } = serve('--port', '0')
  const page = talk(await line)
  const pid = await kernelPid(page, started)
  void page.host.runCell({ lessonId: 'T1', cellId: 'first', runId: 'r2', source: 'while (true) {}' }).catch(() => {})
  started.kill('SIGKILL')
  await ended
  await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false)
})

test('what nobody caught is logged and shown, and the lab goes on', async () => {
  const { started, line, ended } = serve('--port', '0')
  const page = talk(await line)
  await page.host.hello({})
  started.kill('SIGUSR2')
  await expect.poll(() => page.notices.join('\n'), { timeout: 30_000 }).toMatch(/promise that nobody waits for/)
  expect(page.notices.join('\n')).toMatch(/the lab went on: an error that nobody catches/)
  const hello = await page.host.hello({})
  expect(hello.lessons.map((lesson) => lesson.id)).toContain('T1')
  expect(hello.notices.join('\n')).toContain('an error that nobody catches')
  started.kill('SIGTERM')
  const { code, output } = await ended
  expect(code).toBe(143)
  expect(output).toMatch(/Error: an error that nobody catches\n\s+at /)
})

test('pipes that nobody writes to, in the place of settings and lessons, keep nothing waiting', async () => {
  folder.write('data/here', '')
  folder.write('lessons/t2/here', '')
  for (const name of ['data/settings.json', 'lessons/t2/lesson.md']) execFileSync('mkfifo', [join(folder.path, name)])
  const page = talk(await serve('--port', '0').line)
  const { notices, lessons } = await page.host.hello({})
  expect(lessons.map((lesson) => lesson.id)).toContain('T1')
  expect(notices.join('\n')).toMatch(/[Ss]ettings.*named pipe/)
  expect(notices.join('\n')).toMatch(/t2\/lesson\.md:1: .*named pipe/)
})

test('a terminal that was closed does not end the lab', async () => {
  const { started, line } = serve('--port', '0')
  const page = talk(await line)
  await page.host.hello({})
  started.stdout.destroy()
  started.stderr.destroy()
  for (let times = 0; times < 3; times++) {
    started.kill('SIGUSR2')
    await page.host.hello({})
  }
  await expect.poll(() => page.notices.length, { timeout: 30_000 }).toBe(2)
  expect((await page.host.hello({})).lessons).not.toEqual([])
})

test.each([
  [['--port', 'many'], '--port takes a number from 0 to 65535, not "many".'],
  [['--port', '1e3'], '--port takes a number from 0 to 65535, not "1e3".'],
  [['--port', '0x50'], '--port takes a number from 0 to 65535, not "0x50".'],
  [['--port', ''], '--port takes a number from 0 to 65535, not "".'],
  [['--page', '/nowhere'], 'The page is not built: /nowhere has no index.html.'],
  [['--speed'], "Unknown option '--speed'"],
])('%j is answered in one line', async (args, message) => {
  const { code, output } = await serve(...args).ended
  expect(code).toBe(1)
  expect(output).toContain(message)
  expect(output).not.toMatch(/^\s+at /m)
})

test('a busy port is answered in one line', async () => {
  const blocker = createServer().listen(0, '127.0.0.1')
  await once(blocker, 'listening')
  const bound = blocker.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  const { code, output } = await serve('--port', String(bound.port)).ended
  blocker.close()
  expect(code).toBe(1)
  expect(output).toBe(
    `Port ${bound.port} is in use. Choose another with --port N, or leave --port out to take a free one.\n`,
  )
})

test('a lab comes back on the port it had, since a browser keeps what is typed by address', async () => {
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const bound = free.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  const file = folder.write('data/served.json', JSON.stringify({ port: bound.port }))
  const second = serve()
  const elsewhere = new URL(await second.line)
  expect(elsewhere.port).not.toBe(String(bound.port))
  second.started.kill('SIGTERM')
  expect((await second.ended).output).toContain(`Port ${bound.port} is in use, so the lab is on ${elsewhere.port}.`)
  free.close()
  await once(free, 'close')
  const third = serve()
  expect(new URL(await third.line).port).toBe(String(bound.port))
  third.started.kill('SIGTERM')
  await third.ended
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ port: bound.port })
})
