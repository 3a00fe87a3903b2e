import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openLab, pictureOfFailure, type OpenedLab } from './opened-lab.ts'
import { serveLab } from './served-lab.ts'

describe('a mistake in a cell', () => {
  let opened: OpenedLab
  beforeAll(async () => {
    opened = await openLab()
    await opened.at.openLesson('L0')
  })
  afterEach((context) => pictureOfFailure(context, opened))
  afterAll(() => opened?.close())

  it.each([
    ['a syntax error', 'const a = 1\nconst b = (', 'SyntaxError', 'line 2'],
    ['a name that is not there', 'const a = 1\nnowhere + a', 'ReferenceError', 'line 2'],
    ['shapes that do not fit', 'jnp.ones(2)\njnp.ones([3]) + jnp.ones([4])', 'TypeError', 'line 2'],
    [
      'a yes-or-no question to a tracer',
      'jit((x) => {\n  if (x > 0) return x\n  return -x\n})(1)',
      'TracerBoolConversionError',
      'line 2',
    ],
    ['an assignment to an entry', 'const x = jnp.ones(2)\nx[0] = 1', 'TypeError', 'line 2'],
  ])('%s is named, with its line', async (_what, source, name, line) => {
    const cell = opened.at.cell('record')
    await cell.write(source)
    expect(await cell.run()).toMatch(/^error/)
    const output = await cell.output()
    expect(output).toContain(name)
    expect(output).toContain(line)
  })

  it('a cell that takes all memory costs its kernel, and nothing else', async () => {
    const { at, page } = opened
    const cell = at.cell('frozen')
    const greedy = 'const all = []\nfor (;;) all.push(new Array(1e7).fill(1.5))'
    await cell.write(greedy)
    expect(await cell.run()).toMatch(/kernel ended/)
    await page
      .getByRole('alert')
      .getByText(/memory/)
      .waitFor()
    expect(await cell.code.innerText()).toContain('all.push')
    await cell.write('1 + 1')
    await cell.run()
    expect(await cell.value()).toBe('2')
  })
})

describe('two labs at once', () => {
  it('each have a port, and the second says that it saves nothing', async () => {
    const first = await serveLab()
    const second = await serveLab(first.dataFolder)
    const opened = await openLab(second)
    try {
      expect(new URL(second.address).port).not.toBe(new URL(first.address).port)
      await opened.page
        .getByRole('list', { name: 'Notices' })
        .getByText(/Another lab/)
        .waitFor()
    } finally {
      await opened.close()
      await second.close()
      await first.close()
    }
  })
})

describe('a progress file that cannot be read', () => {
  it('is set aside with a word about it, and nothing else is lost', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'lab-e2e-'))
    await mkdir(join(dataFolder, 'progress'))
    await writeFile(join(dataFolder, 'progress', 'L0.json'), '{ "sources": ')
    const lab = await serveLab(dataFolder)
    const opened = await openLab(lab)
    try {
      await opened.page
        .getByRole('list', { name: 'Notices' })
        .getByText(/The progress of lesson L0/)
        .waitFor()
      await opened.at.openLesson('L0')
      const kept = (await readdir(join(dataFolder, 'progress'))).filter((name) => name.startsWith('L0.'))
      const texts = await Promise.all(kept.map((name) => readFile(join(dataFolder, 'progress', name), 'utf8')))
      expect(texts).toContain('{ "sources": ')
    } finally {
      await opened.close()
      await lab.close()
      await rm(dataFolder, { recursive: true })
    }
  })
})
