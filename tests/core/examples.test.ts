import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as jax from '../../core/index.ts'

/**
 * Runs what the documentation shows: every `@example` of the library, and where a line ends in a comment
 * with a value, compares. Statements before it in the same example stay in force.
 */
const folders = [
  'core/numpy',
  'core/numpy/fft',
  'core/numpy/linalg',
  'core/lax',
  'core/random',
  'core/nn',
  'core/api',
  'core/test',
  'core/ops',
  'core/tree',
  'core/optimizers',
  'core/sharding',
  'core/inspect',
  'core/control',
  'core/scipy',
  'core/scipy/cluster',
  'core/scipy/linalg',
  'core/scipy/optimize',
  'core/scipy/signal',
  'core/scipy/sparse',
  'core/scipy/spatial',
  'core/scipy/special',
  'core/scipy/stats',
]

interface Example {
  readonly title: string
  readonly lines: readonly string[]
}

function examplesOf(file: string): Example[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/@example\n((?: \*.*\n)+?) \*\/\n(.*)/g)].map(([, body, declaration], i) => ({
    title: /(?:function|const|class) (\w+)/.exec(declaration)?.[1] ?? `example ${i}`,
    lines: body
      .split('\n')
      .map((line) => line.replace(/^ \* ?/, ''))
      .filter((line) => line !== ''),
  }))
}

/** What the values of an example look like when written down: arrays as nested lists. */
function plain(value: unknown): unknown {
  if (value instanceof jax.Array) return value.tolist()
  return Array.isArray(value) ? value.map(plain) : value
}

const scope = Object.entries(jax).filter(([name]) => !Object.hasOwn(globalThis, name))

function evaluate(statements: readonly string[], expression: string): unknown {
  const names = scope.map(([name]) => name)
  const body = [...statements, `return (${expression})`].join('\n')
  const run: unknown = new Function(...names, `'use strict'\n${body}`)
  if (typeof run !== 'function') throw new Error('no function')
  const result: unknown = Reflect.apply(
    run,
    undefined,
    scope.map(([, value]) => value),
  )
  return result
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

/** Float32 results are written with the digits that matter. */
function expectAlike(actual: unknown, written: unknown): void {
  if (Array.isArray(actual) && Array.isArray(written)) {
    expect(actual).toHaveLength(written.length)
    actual.forEach((item, i) => expectAlike(item, written[i]))
  } else if (isNumber(actual) && isNumber(written)) {
    const tolerance = 1e-4 * Math.max(1, Math.abs(written))
    if (Number.isFinite(written)) expect(Math.abs(actual - written)).toBeLessThan(tolerance)
    else expect(actual).toBe(written)
  } else {
    expect(actual).toEqual(written)
  }
}

/** A value as documentation writes it, or undefined for words. */
function writtenValue(comment: string): { value: unknown } | undefined {
  try {
    return { value: evaluate([], comment) }
  } catch {
    return undefined
  }
}

for (const folder of folders) {
  // Examples of pmap need devices to run on.
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== 'pmap.ts')
  for (const file of files) {
    const examples = examplesOf(join(folder, file))
    if (examples.length === 0) continue
    describe(`${folder}/${file}`, () => {
      test.each(examples.map((example) => [example.title, example.lines] as const))('%s', (_title, lines) => {
        const before: string[] = []
        for (const line of lines) {
          const [, code, comment] = /^(.*?)(?:\s+\/\/ (.*))?$/.exec(line) ?? []
          const isStatement = /^(const|let|function|import)\b/.test(code)
          const written = comment === undefined || isStatement ? undefined : writtenValue(comment)
          if (written === undefined) before.push(code)
          else expectAlike(plain(evaluate(before, code)), written.value)
        }
        evaluate(before, 'undefined')
      })
    })
  }
}
