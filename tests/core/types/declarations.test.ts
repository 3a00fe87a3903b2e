import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** Compiles programs against the one file of declarations, in a folder that has nothing else. */
const root = resolve(import.meta.dirname, '../../..')
let folder = ''

beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  folder = mkdtempSync(join(root, '.cache', 'declarations-'))
  execFileSync(process.execPath, [join(root, 'build', 'types-core.mjs'), join(folder, 'core.d.ts')], { cwd: root })
  const compilerOptions = {
    target: 'ES2024',
    lib: ['ESNext'],
    module: 'ESNext',
    moduleResolution: 'Bundler',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
    typeRoots: [],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the project's compiler says to the folder; empty when all is well. */
function complaints(): string {
  try {
    execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', folder])
    return ''
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout)
    throw error
  }
}

test('the declarations name no other file', () => {
  const text = readFileSync(join(folder, 'core.d.ts'), 'utf8')
  expect(text).not.toMatch(/^import |\bimport\(|<reference |^declare module/m)
})

test('a program compiles against them alone, and its mistakes are found', { timeout: 120_000 }, () => {
  copyFileSync(join(import.meta.dirname, 'consumer.ts.txt'), join(folder, 'consumer.ts'))
  expect(complaints()).toBe('')
  writeFileSync(join(folder, 'mistaken.ts'), "import { jnp } from './core'\njnp.sum(jnp.ones(3), { axes: 0 })\n")
  expect(complaints()).toContain("'axes' does not exist")
})

test('the signatures that are pinned are the same there', { timeout: 120_000 }, () => {
  rmSync(join(folder, 'mistaken.ts'), { force: true })
  const pinned = readFileSync(join(import.meta.dirname, 'signatures.test-d.ts'), 'utf8')
  writeFileSync(join(folder, 'signatures.ts'), pinned.replace("'../../../core/index.ts'", "'./core'"))
  expect(complaints()).toBe('')
})
