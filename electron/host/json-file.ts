import { existsSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readTextSync } from './regular-file.ts'

/** What the owner of a file is told of: one that was set aside, a part that could not be read. */
export type Notify = (message: string) => void

export type FileText =
  | { readonly kind: 'absent' }
  | { readonly kind: 'text'; readonly text: string }
  /** There is something, and it must not be overwritten. */
  | { readonly kind: 'unreadable'; readonly reason: string }

const limit = { most: 256_000_000, what: 'a file of the lab' }

/** Reads a text file. What is no file (a pipe that nobody writes to, a device) is never waited for. */
export function readText(path: string): FileText {
  try {
    return { kind: 'text', text: readTextSync(path, limit) }
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? { kind: 'absent' } : { kind: 'unreadable', reason: reasonOf(error) }
  }
}

/**
 * Replaces a file at once or not at all. Resolves when the disk has it, and a power cut would leave it there.
 * `mayReplace` throws when, at the last moment, it must not happen.
 */
export async function replaceFile(path: string, text: string, mayReplace: () => void = () => {}): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  const draft = `${path}.${process.pid}${draftEnding}`
  try {
    const file = await open(draft, 'w')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    mayReplace()
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {})
    throw error
  }
  await syncFolder(folder)
}

/** How the name of a file ends that was being written; left behind only by a lab that was killed. */
export const draftEnding = '.draft'

/** The new name lies in the folder, which has to reach the disk as well, where a system can be asked for that. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const opened = await open(folder, 'r')
  try {
    await opened.sync()
  } catch (error) {
    // Some file systems know no sync of a folder, which is another thing than one that failed.
    if (!cannotSync.has(codeOf(error))) throw error
  } finally {
    await opened.close()
  }
}

const cannotSync: ReadonlySet<unknown> = new Set(['EINVAL', 'ENOTSUP', 'ENOSYS', 'EPERM', 'EBADF', 'EISDIR'])

/** Tells one state of a file from another without reading it; null when there is none. */
export function stateOf(path: string): string | null {
  try {
    const about = statSync(path, { bigint: true, throwIfNoEntry: false })
    return about === undefined ? null : `${about.ino} ${about.size} ${about.mtimeNs}`
  } catch (error) {
    // Reading it will fail as well, and say why.
    return reasonOf(error)
  }
}

/** Gives a file that cannot be read another name, so that nothing overwrites it. */
export function setAside(path: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
  renameSync(path, aside)
  return aside
}

/** Keeps parts of a file that could not be read, beside it. The same parts are kept once. */
export function keepBeside(path: string, name: string, text: string): string {
  const beside = `${path}.${name}`
  if (!existsSync(beside)) writeFileSync(beside, text, { flag: 'wx', flush: true })
  return beside
}

export function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOSPC':
      return 'the disk is full'
    case 'EDQUOT':
      return 'your share of the disk is used up'
    case 'EROFS':
      return 'the disk can only be read'
    case 'EACCES':
    case 'EPERM':
      return `the lab may not use ${pathOf(error)}`
    case 'EIO':
      return 'the disk reports an error'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null
}

function pathOf(error: unknown): string {
  return error instanceof Error && 'path' in error ? String(error.path) : 'the folder of its data'
}
