import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'

/*
 * Reading that always ends. A pipe under a file's name would keep its reader waiting for ever, a device would
 * give more than there is memory for; neither is read as a file here.
 */

// Without a writer, opening a pipe would wait for one. Windows has neither the flag nor such pipes.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** What has the name of a file is none, or is longer than its reader takes. */
class UnfitFile extends Error {
  override readonly name = 'UnfitFile'
}

/** How large what may be: `{ most: 1000, what: 'a lesson' }`. */
export interface Limit {
  /** In bytes. */
  readonly most: number
  readonly what: string
}

interface FileKind {
  readonly size: number
  isFile(): boolean
  isDirectory(): boolean
  isFIFO(): boolean
}

/** Reads a text of limited size. */
export async function readText(path: string, limit: Limit): Promise<string> {
  const file = await open(path, flags)
  try {
    requireFit(await file.stat(), limit)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** The same at once, for what has to be known before the lab can start. */
export function readTextSync(path: string, limit: Limit): string {
  const file = openSync(path, flags)
  try {
    requireFit(fstatSync(file), limit)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

function requireFit(kind: FileKind, limit: Limit): void {
  if (!kind.isFile()) {
    const what = kind.isDirectory() ? 'a folder' : kind.isFIFO() ? 'a named pipe' : 'a device'
    throw new UnfitFile(`it is ${what}, not a file`)
  }
  if (kind.size > limit.most) {
    throw new UnfitFile(`its ${kind.size} bytes are too many for ${limit.what}; the limit is ${limit.most}`)
  }
}
