import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as v from 'valibot'
import { readTextSync } from './regular-file.ts'

const limit = { most: 64_000_000, what: 'a file of the lab' }

/** What the owner of a file is told of: a file that was set aside, a disk that is full. */
export type Notify = (message: string) => void

/** Reads a JSON file. One that is damaged is set aside under another name, and the owner is told. */
export function readJson<T>(path: string, schema: v.GenericSchema<unknown, T>, what: string, notify: Notify): T | null {
  let text: string
  try {
    text = readTextSync(path, limit)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    notify(`${what} cannot be read: ${reasonOf(error)}`)
    return null
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text)
  if (parsed.success) return parsed.output
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
  try {
    renameSync(path, aside)
    notify(`${what} was damaged and could not be read. The file was kept as ${aside}; everything else is in place.`)
  } catch (error) {
    notify(`${what} is damaged and cannot be moved aside (${reasonOf(error)}): ${path}`)
  }
  return null
}

/** Replaces a file at once or not at all: a crash in between leaves the old one. */
export function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}.draft`
  const file = openSync(draft, 'w')
  try {
    writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
}

export function removeFile(path: string): void {
  rmSync(path, { force: true })
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
