import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { catalogueFile, catalogueText, errorDocuments } from '../../build/error-catalogue.ts'
import { coreArrays } from '../../electron/kernel/core-arrays.ts'
import * as jax from '../../core/index.ts'
import { DeviceLostError, MissingLoweringError, errorParts } from '../../core/errors.ts'

const scope = Object.entries(jax).filter(([name]) => !Object.hasOwn(globalThis, name))
const file = 'entry:example'

/** Runs an example of the documentation, with everything that core exports in scope. */
function run(program: string): void {
  const body = `'use strict'\n${program}\n//# sourceURL=${file}`
  const example: unknown = new Function(...scope.map(([name]) => name), body)
  if (typeof example !== 'function') throw new Error('no function')
  Reflect.apply(
    example,
    undefined,
    scope.map(([, value]) => value),
  )
}

function thrownBy(body: () => void): Error {
  try {
    body()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

const documents = errorDocuments()

/** Entries whose cause lies outside a program of core alone: a platform, or the operators of a cell. */
const byHand = ['device-lost', 'tracer-bool', 'narrowed-dtype']

afterEach(() => {
  for (const name of ['debugKeyReuse', 'debugNans']) jax.config.update(name, false)
  jax.config.update('numCpuDevices', 1)
  jax.config.update('platform', 'reference')
  jax.setUserFile(() => false)
})

test('the data file is what the entries say', () => {
  expect(readFileSync(catalogueFile, 'utf8'), 'run node build/error-catalogue.ts').toBe(catalogueText())
})

test('every lesson that an entry points to is one', () => {
  const ids = ['l0-tracer', 'a1-loops', 'b1-vmap', 'c1-keys', 'd1-two-directions'].map(
    (folder) => /^id: (.+)$/m.exec(readFileSync(`workshops/${folder}/lesson.md`, 'utf8'))?.[1],
  )
  for (const { kind, lesson } of documents) if (lesson !== null) expect(ids, kind).toContain(lesson)
})

describe.each(documents.filter(({ kind }) => !byHand.includes(kind)).map((entry) => [entry.kind, entry] as const))(
  '%s',
  (kind, entry) => {
    test('is raised by its example, and message, entry and card agree', () => {
      jax.setUserFile((name) => name.startsWith('entry:'))
      const error = thrownBy(() => run(entry.fails))
      const parts = errorParts(error)
      expect(error.name, error.message).toBe(entry.class)
      expect(parts?.kind, error.message).toBe(kind)
      expect(parts?.why).toBe(entry.why)
      expect(error.message).toContain(parts?.summary)
      expect(error.message).toContain(entry.why)
      expect(error.message).toContain(parts?.hint)
      expect(error.message).toMatch(/At line \d+ of entry:example/)
      expect(parts?.lesson ?? null).toBe(entry.lesson)
      if (entry.lesson !== null) expect(error.message).toContain(`Lesson: ${entry.lesson}`)
    })

    test('does not happen in the repaired example', () => {
      expect(() => run(entry.works)).not.toThrow()
    })
  },
)

test('a leaked tracer says where it was born', () => {
  jax.setUserFile((name) => name.startsWith('entry:'))
  const { message } = thrownBy(() => run(documents.find(({ kind }) => kind === 'leaked-tracer')?.fails ?? ''))
  expect(message).toMatch(/left the jit it was made in\. It was born at line \d+ of entry:example/)
})

test('a warning has its entry, and the program goes on', () => {
  const said = vi.spyOn(console, 'warn').mockReturnValue()
  jax.setUserFile((name) => name.startsWith('entry:'))
  const entry = documents.find(({ kind }) => kind === 'narrowed-dtype')
  run(entry?.fails ?? '')
  expect(said.mock.calls).toEqual([
    [expect.stringMatching(/float64 was asked for, float32 is used\.\nAt line \d+ of entry/)],
  ])
  expect(said.mock.calls[0]?.[0]).toContain(`${entry?.why} ${entry?.fix}`)
  run(entry?.works ?? '')
  expect(said).toHaveBeenCalledOnce()
})

test('the condition of a cell on a tracer has its entry', () => {
  const error = thrownBy(() => jax.jit((x) => (coreArrays.truth(x) ? x : null))(1))
  expect(error.name).toBe('TracerBoolConversionError')
  expect(errorParts(error)).toMatchObject({ kind: 'tracer-bool', lesson: 'A1' })
  run(documents.find(({ kind }) => kind === 'tracer-bool')?.works ?? '')
})

test.each([
  [new MissingLoweringError('gpu', 'sort'), 'missing-lowering'],
  [new DeviceLostError('gpu:0'), 'device-lost'],
])('%s has its entry', (error, kind) => {
  expect(errorParts(error)).toMatchObject({ kind, why: documents.find((entry) => entry.kind === kind)?.why })
})
