import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

const beat = 5000
/** A lock that was not touched for this long has no owner any more, whatever process has its id now. */
const staleAfter = 20_000

const ownerSchema = v.pipe(v.string(), v.parseJson(), v.object({ pid: v.number() }))

/** The right to write to a data folder, which one lab has at a time. */
export interface DataLock {
  release(): void
}

/** Takes the lock of a folder, or says which process has it. */
export function lockData(folder: string): DataLock | { readonly ownerPid: number | null } {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'lab.lock')
  if (!create(path)) {
    const owner = ownerOf(path)
    if (owner !== 'nobody') return { ownerPid: owner }
    rmSync(path, { force: true })
    // Another lab may have been as quick as this one.
    if (!create(path)) return { ownerPid: null }
  }
  const timer = setInterval(() => touch(path), beat)
  timer.unref()
  return {
    release() {
      clearInterval(timer)
      if (ownerOf(path) === process.pid) rmSync(path, { force: true })
    },
  }
}

function create(path: string): boolean {
  try {
    const file = openSync(path, 'wx')
    writeFileSync(file, JSON.stringify({ pid: process.pid }))
    closeSync(file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function ownerOf(path: string): number | null | 'nobody' {
  try {
    if (Date.now() - statSync(path).mtimeMs > staleAfter) return 'nobody'
    const owner = v.safeParse(ownerSchema, readFileSync(path, 'utf8'))
    // A lock without a readable owner is being written at this moment.
    if (!owner.success) return null
    return isAlive(owner.output.pid) ? owner.output.pid : 'nobody'
  } catch {
    return 'nobody'
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // Somebody removed the folder; the next write will say so.
  }
}
