import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** Everything that decides what a build produces. */
export const buildInputs = [
  'core',
  'electron',
  'renderer',
  'build',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]

/**
 * A hash of the contents of files and folders, the same on every machine and for every checkout.
 *
 * @param {string} folder
 * @param {readonly string[]} inputs Files or folders in it.
 */
export function fingerprint(folder, inputs = buildInputs) {
  const hash = createHash('sha256')
  for (const path of inputs.flatMap((input) => filesUnder(join(folder, input)))) {
    hash.update(relative(folder, path).split(sep).join('/'))
    hash.update('\0')
    hash.update(readFileSync(path))
    hash.update('\0')
  }
  return hash.digest('hex')
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(path) {
  let entries
  try {
    entries = readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return [path]
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)],
  )
}
