import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { namesFile, offeredNames, type OfferedNames } from '../../build/completion-names.ts'

const kept: OfferedNames = JSON.parse(readFileSync(namesFile, 'utf8'))

function everyPath({ names, namespaces, array }: OfferedNames): string[] {
  return [
    ...names,
    ...array.map((member) => `Array.${member}`),
    ...Object.entries(namespaces).flatMap(([path, members]) => members.map((member) => `${path}.${member}`)),
  ]
}

it('completes no name that cells do not see', () => {
  const real = new Set(everyPath(offeredNames()))
  expect(everyPath(kept).filter((path) => !real.has(path))).toEqual([])
})

it('completes nearly every name that cells see (node build/completion-names.ts writes the file anew)', () => {
  const known = new Set(everyPath(kept))
  const real = everyPath(offeredNames())
  const missing = real.filter((path) => !known.has(path))
  expect(missing.length / real.length, `missing: ${missing.join(' ')}`).toBeLessThan(0.1)
})
