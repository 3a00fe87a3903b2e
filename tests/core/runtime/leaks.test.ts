import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/**
 * The loop of `npm run leaks`, in processes with a heap of 128 MB: 100,000 calls with small results, and with large
 * ones as many as a test has time for, many times what the heap would hold. The program itself checks that the heap
 * in use returns to its baseline and that memory and pages reach a plateau; its figures are in docs/performance.md.
 */
const cases = ['reference', 'cpu'].flatMap((platform) =>
  ['eager', 'jitted'].flatMap((how) => [
    { platform, how, bytes: 16, rounds: 100_000 },
    { platform, how, bytes: 4096, rounds: 100_000 },
    { platform, how, bytes: 4_194_304, rounds: 300 },
  ]),
)

test.each(cases)(
  '$rounds $how calls of $bytes B on $platform leave nothing behind',
  { timeout: 120_000 },
  ({ platform, how, bytes, rounds }) => {
    const program = join(import.meta.dirname, 'leaks-program.ts')
    const flags = ['--expose-gc', '--max-old-space-size=128']
    const said = execFileSync(process.execPath, [...flags, program, how, String(bytes), String(rounds), platform], {
      encoding: 'utf8',
    })
    expect(JSON.parse(said)).toMatchObject({ platform, how, bytes, rounds, heapBytesInUse: 0 })
  },
)
