import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { threadOptions } from '../../../electron/kernel/box/permissions.ts'
import type { KernelStatus } from '../../../electron/protocol.ts'
import { Notebook } from '../notebook.ts'
import { walkEverything } from './reachable.ts'

vi.setConfig({ testTimeout: 60_000 })

const notebook = new Notebook()
const folder = mkdtempSync(join(tmpdir(), 'lab-box-'))
const secret = join(folder, 'secret')
writeFileSync(secret, 'the secret')
let connections = 0
const server = createServer((socket) => {
  connections++
  socket.destroy()
})
let port = 0
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(async () => {
  await notebook.kernel.close()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Ways a cell might take to Node's modules; what a module could do is tried at the end of each. */
const evaluated = (text: string): string => `await Function(${JSON.stringify(text)})()`
const viaImport = (module: string, use: string): string => evaluated(`return import('${module}').then((m) => ${use})`)
const viaProcess = (module: string, use: string): string =>
  `const m = Function('return process')().getBuiltinModule('${module}'); await (${use})`

const files = 'read or write files'
const threads = 'start threads or write to them'
const attempts: readonly (readonly [what: string, source: () => string, refused: string])[] = [
  ['reads a file', () => viaImport('node:fs', `m.readFileSync('${secret}', 'utf8')`), files],
  ['reads a file by another name', () => viaImport('fs/promises', `m.readFile('${secret}')`), files],
  ['writes a file', () => viaProcess('node:fs', `m.writeFileSync('${secret}', 'changed')`), 'load modules'],
  ['writes to an open descriptor', () => viaImport('fs', "m.writeSync(3, 'x')"), files],
  ['starts a program', () => viaImport('node:child_process', "m.execSync('id')"), 'start programs'],
  ['starts a program by its process', () => `process.execve('/bin/true')`, 'start programs'],
  ['connects to a port', () => viaImport('node:net', `m.connect(${port}, '127.0.0.1')`), 'use the network'],
  ['fetches', () => `await fetch('http://127.0.0.1:${port}')`, 'use the network'],
  ['fetches over the global object', () => `await globalThis.fetch('http://127.0.0.1:${port}')`, 'use the network'],
  ['opens a web socket', () => `new WebSocket('ws://127.0.0.1:${port}')`, 'use the network'],
  ['asks over http', () => viaImport('http', `m.get('http://127.0.0.1:${port}')`), 'use the network'],
  ['sends a datagram', () => viaImport('dgram', "m.createSocket('udp4')"), 'use the network'],
  ['asks for a name', () => viaImport('dns', "m.promises.lookup('localhost')"), 'use the network'],
  ['signals its parent', () => `process.kill(1, 'SIGKILL')`, 'send signals'],
  ['asks for its parent', () => 'process.ppid', 'change or end its process'],
  ['signals by the inner name', () => `process._kill(1, 0)`, 'send signals'],
  ['opens the debugger of a process', () => `process._debugProcess(1)`, 'send signals'],
  ['starts a thread', () => viaImport('worker_threads', "new m.Worker('', { eval: true, execArgv: [] })"), threads],
  ['writes to the control thread', () => viaImport('worker_threads', 'm.parentPort.postMessage({})'), threads],
  ['makes a channel', () => 'new MessageChannel()', threads],
  ['opens a database', () => viaImport('node:sqlite', "new m.DatabaseSync(':memory:')"), 'open databases'],
  ['loads native code', () => "process.dlopen({ exports: {} }, 'x.node')", 'load native code'],
  ['loads native code by import', () => viaImport(join(folder, 'x.node'), 'm'), 'load modules'],
  [
    'sets flags of the engine',
    () => viaImport('v8', "m.setFlagsFromString('--no-opt')"),
    'change the JavaScript engine',
  ],
  ['runs a WASI program', () => viaImport('wasi', "new m.WASI({ version: 'preview1' })"), 'load native code'],
  ['opens the inspector', () => viaImport('inspector', 'm.open()'), 'open the debugger'],
  ['reaches inner bindings', () => "process.binding('fs')", 'load native code'],
  ['registers hooks for modules', () => viaImport('module', 'm.registerHooks({})'), 'load modules'],
  ['requires', () => "globalThis.require('fs')", 'load modules'],
  ['imports a file', () => evaluated(`return import('file://${secret}')`), 'load modules'],
  ['imports text', () => evaluated("return import('data:text/javascript,export default 1')"), 'load modules'],
  ['imports by a callback', () => `await Reflect.apply(Function, undefined, ["return import('node:fs')"])()`, files],
  ['imports by eval', () => `await (0, eval)("import('node:fs')")`, files],
  ['ends the process', () => 'process.exit(3)', 'change or end its process'],
  ['aborts', () => 'process.abort()', 'change or end its process'],
  ['changes the folder', () => "process.chdir('/')", 'change or end its process'],
  ['becomes another user', () => 'process.setuid(0)', 'change or end its process'],
]

describe('a cell, and a check of a lesson,', () => {
  test.each(attempts)('that %s is told it may not, and the kernel goes on', async (_, source, refused) => {
    await notebook.run('const kept = 7')
    const error = await notebook.error(source())
    expect(error).toMatchObject({
      name: 'NotAllowedError',
      message: expect.stringContaining(`a cell may not ${refused} (`),
    })
    expect(error.hint).toBeTruthy()

    const checked = await notebook.check('kept', `expect('tried', true)\n${source()}`)
    expect(checked).toMatchObject({
      status: 'error',
      passed: false,
      message: expect.stringContaining(`NotAllowedError: a cell may not ${refused} (`),
    })
    expect(await notebook.value('kept')).toBe('7')
    expect(notebook.statuses.map((status) => status.state)).not.toContain('dead')
  })
})

test('nothing was written and nobody was called', () => {
  expect(readFileSync(secret, 'utf8')).toBe('the secret')
  expect(readdirSync(folder)).toEqual(['secret'])
  expect(connections).toBe(0)
})

test('nothing of Node’s can be reached from a cell’s names: no port, no stream, no process', async () => {
  const { objects, found } = JSON.parse(await notebook.printed(walkEverything))
  expect(objects).toBeGreaterThan(2000)
  expect(found).toEqual([])
})

test('a cell sees no environment', async () => {
  expect(await notebook.value('Object.keys(process.env)')).toBe('[]')
})

test('a cell gets no words of the lab by putting its own functions in place of JavaScript’s', async () => {
  const seen = `const seen = []
const watch = (object, name) => {
  const own = object[name]
  object[name] = (...all) => { seen.push(name); return Reflect.apply(own, object, all) }
}`
  await notebook.run(seen)
  for (const name of ['load', 'wait', 'store']) {
    expect(await notebook.error(`watch(Atomics, '${name}')`)).toMatchObject({ name: 'TypeError' })
  }
  expect(await notebook.error('globalThis.Atomics = {}')).toMatchObject({ name: 'TypeError' })
  expect(await notebook.stopped('for (;;) {}')).toMatchObject({ status: 'interrupted' })
})

test('a cell gets no port by putting its own functions in place of those that Node and the lab call', async () => {
  await using other = new Notebook()
  await other.run(`const caught = []
const note = (value) => {
  if (typeof value !== 'object' || value === null) return
  if (value[Symbol.toStringTag] === 'MessagePort') caught[caught.length] = 'a port'
  else if (typeof value.port === 'object') caught[caught.length] = 'what holds a port'
}
const patch = (object) => {
  for (const key of Reflect.ownKeys(object)) {
    const own = Reflect.getOwnPropertyDescriptor(object, key).value
    if (typeof own !== 'function' || key === 'constructor') continue
    const value = Function('own', 'note', 'apply', \`return function (...all) {
      note(this)
      if (Array.isArray(this)) for (let i = 0; i < this.length; i++) note(this[i])
      return apply(own, this, all)
    }\`)(own, note, Reflect.apply)
    Reflect.defineProperty(object, key, { value })
  }
}
patch(Object.getPrototypeOf(globalThis.AbortSignal.prototype))
for (const key of ['map', 'forEach', 'slice', 'at']) {
  const own = Array.prototype[key]
  Array.prototype[key] = function (...all) {
    for (let i = 0; i < this.length; i++) note(this[i])
    return Reflect.apply(own, this, all)
  }
}
const iterate = Array.prototype[Symbol.iterator]
Array.prototype[Symbol.iterator] = function () {
  for (let i = 0; i < this.length; i++) note(this[i])
  return Reflect.apply(iterate, this, [])
}`)
  await other.run("config.update('numCpuDevices', 3)")
  expect(await other.value("pmap((x) => lax.psum(x, 'i'), { axisName: 'i' })(jnp.arange(3))")).toBe('[3 3 3]')
  expect(await other.value('caught.length')).toBe('0')
})

test('what a cell needs still works', async () => {
  expect(await notebook.value('const typed: number = 3; typed + 1')).toBe('4')
  await notebook.run("config.update('numCpuDevices', 4)")
  expect(await notebook.value("pmap((x) => lax.psum(x, 'i'), { axisName: 'i' })(jnp.arange(4))")).toBe('[6 6 6 6]')
  expect(await notebook.value('await new Promise((resolve) => setTimeout(() => resolve(5), 1))')).toBe('5')
  expect(await notebook.value('structuredClone({ a: [1] }).a')).toBe('[ 1 ]')
})

describe('the permissions of a thread hold by themselves, without what is closed besides', () => {
  const application = fileURLToPath(new URL('../../../electron/', import.meta.url))

  function inThread(body: string): Promise<unknown> {
    const code = `const { parentPort } = require('node:worker_threads')
const attempt = async () => { ${body} }
attempt().then((value) => parentPort.postMessage({ value }), (error) => parentPort.postMessage({ code: error.code }))`
    const worker = new Worker(code, { eval: true, ...threadOptions(application, { addons: false }) })
    return once(worker, 'message').then(async ([message]: unknown[]) => {
      await worker.terminate()
      return message
    })
  }

  test.each([
    ['reading', `return require('fs').readFileSync('${secret}')`],
    ['writing', `return require('fs').writeFileSync('${secret}', 'x')`],
    ['writing beside the application', `return require('fs').writeFileSync('${application}x', 'x')`],
    ['programs', "return require('child_process').spawnSync('id')"],
    ['threads', "return new (require('worker_threads').Worker)('', { eval: true, execArgv: [] })"],
    ['listening', "return new Promise((_, no) => require('dgram').createSocket('udp4').on('error', no).bind(0))"],
    ['names', "return require('dns').promises.lookup('localhost')"],
    ['the inspector', "return new (require('inspector').Session)().connect()"],
    ['WASI', "return new (require('wasi').WASI)({ version: 'preview1' })"],
    ['inner bindings', "return process.binding('spawn_sync')"],
  ])('%s', async (_, body) => {
    expect(await inThread(body)).toEqual({ code: 'ERR_ACCESS_DENIED' })
  })

  test('databases and native code', async () => {
    expect(await inThread("return require('node:sqlite')")).toEqual({ code: 'ERR_UNKNOWN_BUILTIN_MODULE' })
    expect(await inThread("return process.dlopen({ exports: {} }, 'x.node')")).toEqual({ code: 'ERR_DLOPEN_DISABLED' })
    expect(await inThread('return Object.keys(process.env).length')).toEqual({ value: 0 })
  })
})

describe('what the permissions leave open refuses by itself, for a cell that found another way to it', () => {
  const closing = new URL('../../../electron/kernel/box/close-box.ts', import.meta.url)

  test.each([
    ['a descriptor', "fs.writeSync(3, 'x')"],
    ['a descriptor by its stream', 'fs.createWriteStream(null, { fd: 3 })'],
    ['flags of the engine', "v8.setFlagsFromString('--no-opt')"],
    ['priorities', 'os.setPriority(0)'],
    ['signals', "node.kill(node.pid, 'SIGKILL')"],
    ['ports of this thread', 'node._getActiveHandles()'],
    ['modules', "node.getBuiltinModule('fs')"],
  ])('%s', async (_, use) => {
    const code = `import fs from 'node:fs'
import v8 from 'node:v8'
import os from 'node:os'
import { parentPort } from 'node:worker_threads'
const node = process
const post = parentPort.postMessage.bind(parentPort)
const { closeBox } = await import('${closing.href}')
closeBox()
try { ${use}; post('done') } catch (error) { post(error.name) }`
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`))
    const [message] = await once(worker, 'message')
    await worker.terminate()
    expect(message).toBe('NotAllowedError')
  })
})

describe('a process that does not speak as the control thread does', () => {
  async function ranBy(source: string): Promise<KernelStatus> {
    const entry = new URL(`file://${join(folder, 'a/b/forging.mjs')}`)
    mkdirSync(new URL('.', entry), { recursive: true })
    writeFileSync(entry, source)
    await using other = new Notebook({ entry })
    expect((await other.run('1')).status).toBe('kernel-died')
    return other.kernel.status
  }

  test.each([
    ['a message without the seal', `'{"kind":"ready","devices":[]}\\n'`],
    ['no message at all', `'}{\\n'`],
    ['a line that only begins well', `'0'.repeat(32) + '{"kind":"ready","devices":[]}\\n'`],
  ])('%s ends it, and the host says so', async (_, text) => {
    const source = `import { writeSync } from 'node:fs'\nwriteSync(3, ${text})\nsetInterval(() => {}, 1000)`
    expect(await ranBy(source)).toMatchObject({
      state: 'dead',
      message: expect.stringContaining("wrote to the lab's own connection"),
    })
  })

  test('gets of the environment what is on the list, and nothing else', async () => {
    vi.stubEnv('LAB_TEST_SECRET', 'secret')
    vi.stubEnv('NODE_OPTIONS', '')
    const source = `import { writeSync } from 'node:fs'
process.stdin.setEncoding('utf8').on('data', (seal) => {
  const detail = Object.keys(process.env).join(' ')
  writeSync(3, seal.trim() + JSON.stringify({ kind: 'lost', reason: 'error', detail }) + '\\n')
  process.exit(1)
})`
    const { message } = await ranBy(source)
    vi.unstubAllEnvs()
    expect(message).toMatch(/\bPATH\b/)
    expect(message).not.toMatch(/LAB_TEST_SECRET|NODE_OPTIONS/)
  })
})
