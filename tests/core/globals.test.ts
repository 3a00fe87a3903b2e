import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** In a process of its own, where nothing but core is imported. */
test('importing core and running programs leaves no trace on the globals', { timeout: 60_000 }, () => {
  const program = join(import.meta.dirname, 'globals-program.ts')
  const said = execFileSync(process.execPath, [program], { encoding: 'utf8' })
  const nothing = { added: [], removed: [], changed: [], prototypes: [] }
  expect(JSON.parse(said)).toEqual({ ...nothing, ran: 7 })
})
