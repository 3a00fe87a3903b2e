import { describe, expect, it } from 'vitest'
import { verdict } from '../../build/verdict.mjs'

const clean = { passed: 3, failed: [], skipped: [], errors: [] }
const electron = { name: 'tests/e2e/electron.test.ts > the lab', reason: 'not installed' }
const other = { name: 'tests/core/grad.test.ts > grad', reason: 'no reason given' }

describe('verdict', () => {
  it('sums a clean run up in one line', () => {
    expect(verdict(clean, 0, true)).toEqual({ lines: ['3 passed, 0 failed, 0 skipped'], passed: true })
  })

  it('names failures and errors, and counts both', () => {
    expect(verdict({ ...clean, failed: ['a > b'], errors: ['c does not load'] }, 1, false)).toEqual({
      lines: ['FAILED   a > b', 'FAILED   c does not load', '3 passed, 2 failed, 0 skipped'],
      passed: false,
    })
  })

  it('lets real Electron be skipped, also in continuous integration', () => {
    expect(verdict({ ...clean, skipped: [electron] }, 0, true)).toEqual({
      lines: ['SKIPPED  tests/e2e/electron.test.ts > the lab: not installed', '3 passed, 0 failed, 1 skipped'],
      passed: true,
    })
  })

  it('lets nothing else be skipped in continuous integration', () => {
    expect(verdict({ ...clean, skipped: [other] }, 0, false).passed).toBe(true)
    expect(verdict({ ...clean, skipped: [other] }, 0, true)).toEqual({
      lines: [
        'FAILED   tests/core/grad.test.ts > grad: skipped in continuous integration (no reason given)',
        '3 passed, 1 failed, 0 skipped',
      ],
      passed: false,
    })
  })

  it.each([
    ['ended early', null, 1],
    ['ended early with success', null, 0],
    ['failed for no reason that a test gave', clean, 1],
    ['ran no test', { ...clean, passed: 0 }, 0],
  ])('fails a run that %s', (_what, summary, code) => {
    const { lines, passed } = verdict(summary, code, false)
    expect(passed).toBe(false)
    expect(lines.at(-1)).toMatch(/^\d+ passed, 1 failed, 0 skipped$/)
  })
})
