import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { electronBinary } from '../../build/electron-binary.mjs'
import { softwareGpu } from '../../build/browser.mjs'
import { root } from '../../build/project.mjs'
import { LabPage } from './lab-page.ts'
import { Program } from './served-lab.ts'

const script = join(root, 'tests/e2e/mapped-range.mjs')
const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** The Electron executable; where there is none, the test is skipped and says why. */
function electron({ skip }: TestContext): string {
  const binary = electronBinary()
  if (!binary.ok) return skip(`Electron's program is not installed (${binary.reason})`)
  const display = process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY
  if (process.platform === 'linux' && !display) return skip('there is no display for a window')
  return binary.path
}

describe('a WebGPU result', () => {
  it('can be read under the Node that runs the kernels', async () => {
    const node = new Program(process.execPath, [script], { ...process.env, ...(await softwareGpu()) })
    expect((await node.printed(/getMappedRange (\w+)/))[1]).toBe('allowed')
    await node.end()
  })

  it('cannot be read in Electron, which is why kernels are processes of their own', async (context) => {
    const path = electron(context)
    const program = new Program(path, [...sandbox, script], { ...process.env, ...(await softwareGpu()) })
    expect((await program.printed(/getMappedRange (\w+)/))[1]).toBe('refused')
    await program.end()
  })
})

describe('the lab in Electron', () => {
  it('opens a sandboxed window that runs a cell', async (context) => {
    const executablePath = electron(context)
    const userData = await mkdtemp(join(tmpdir(), 'lab-electron-'))
    const lab = await _electron.launch({ executablePath, args: [...sandbox, `--user-data-dir=${userData}`, root] })
    onTestFinished(async () => {
      await lab.close()
      await rm(userData, { recursive: true, force: true })
    })
    const window = await lab.firstWindow()
    expect(window.url()).toBe('app://lab/index.html')
    expect(await window.evaluate(() => ['require', 'process', 'module'].filter((name) => name in globalThis))).toEqual(
      [],
    )
    expect(
      await window.evaluate(() =>
        fetch('https://example.org/').then(
          () => 'answered',
          () => 'cancelled',
        ),
      ),
    ).toBe('cancelled')
    const at = new LabPage(window)
    await at.openLesson('L0')
    const cell = at.cell('spy')
    await cell.write('jnp.sum(jnp.arange(5))')
    await cell.run()
    expect(await cell.value()).toBe('10')
  })
})
