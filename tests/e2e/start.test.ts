import { createServer, type Server } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { electronBinary } from '../../build/electron-binary.mjs'
import { root } from '../../build/project.mjs'
import { Program, addressPattern } from './served-lab.ts'

/** `npm start` as a machine without a display runs it, with a home folder of its own. */
describe('npm start', () => {
  let home = ''
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'lab-start-'))
  })
  afterAll(() => rm(home, { recursive: true }))

  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...withoutDisplay } = process.env
  const startWith = (env: NodeJS.ProcessEnv, ...args: string[]): Program =>
    new Program(process.execPath, [join(root, 'build/start.mjs'), ...args], {
      ...withoutDisplay,
      HOME: home,
      XDG_CONFIG_HOME: home,
      ...env,
    })
  const start = (...args: string[]): Program => startWith({}, ...args)

  it('says in one line why there is no window, serves the lab, and ends without a trace at Ctrl-C', async () => {
    const program = start()
    const [address] = await program.printed(addressPattern)
    expect(program.output).toMatch(electronBinary().ok ? /^.*no display.*$/m : /^Electron's program is not.*$/m)
    const page = await fetch(address)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('JAX Workshop Lab')
    expect(await program.end('SIGINT')).toBe(0)
    await expect(fetch(address)).rejects.toThrow()
  })

  it.runIf(process.platform === 'linux')('opens the lab in Electron where its program and a display are', async () => {
    const program = join(home, 'electron')
    await writeFile(program, '#!/bin/sh\necho "Electron opens $*"\nexit 3\n', { mode: 0o755 })
    const started = startWith({ ELECTRON_OVERRIDE_DIST_PATH: home, DISPLAY: ':0' })
    expect(await started.end()).toBe(3)
    expect(started.output).toMatch(new RegExp(`^Electron opens (--no-sandbox )?${root}$`, 'm'))
    expect(started.output).not.toMatch(addressPattern)
  })

  it('serves on the port that is asked for', async () => {
    const free = await listening()
    const { port } = free
    await free.close()
    const program = start('--serve', '--port', String(port))
    const [, printed] = await program.printed(addressPattern)
    expect(printed).toBe(String(port))
    expect(program.output).not.toContain('Electron')
    await program.end('SIGTERM')
  })

  it('ends with a clear line when that port is taken', async () => {
    const other = await listening()
    const program = start('--serve', '--port', String(other.port))
    expect(await program.end()).toBe(1)
    expect(program.output).toContain(`Port ${other.port} is in use`)
    await other.close()
  })

  it('moves on from its usual port when that is taken, and says so', async () => {
    const usual = await listening(4517).catch(() => null)
    const program = start('--serve')
    const [, port] = await program.printed(addressPattern)
    expect(port).not.toBe('4517')
    expect(program.output).toContain(`Port 4517 is in use, so the lab is on ${port}.`)
    await program.end('SIGTERM')
    await usual?.close()
  })

  it('explains its options when one is wrong', async () => {
    const program = start('--prot', '80')
    expect(await program.end()).toBe(1)
    expect(program.output).toContain('--port N')
  })
})

async function listening(port = 0): Promise<{ port: number; close(): Promise<void> }> {
  const server: Server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  return { port: bound.port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}
