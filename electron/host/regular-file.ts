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

interface FileKind {
  readonly size: number
  isFile(): boolean
  isDirectory(): boolean
  isFIFO(): boolean
}

/** Reads a text of at most `limit` bytes. */
export async function readText(path: string, limit: number): Promise<string> {
  const file = await open(path, flags)
  try {
    requireFit(await file.stat(), limit)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** The same at once, for what has to be known before the lab can start. */
export function readTextSync(path: string, limit: number): string {
  const file = openSync(path, flags)
  try {
    requireFit(fstatSync(file), limit)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

function requireFit(kind: FileKind, limit: number): void {
  if (!kind.isFile()) {
    const what = kind.isDirectory() ? 'a folder' : kind.isFIFO() ? 'a named pipe' : 'a device'
    throw new UnfitFile(`it is ${what}, not a file`)
  }
  if (kind.size > limit) throw new UnfitFile(`it has ${kind.size} bytes, and the limit is ${limit}`)
}
