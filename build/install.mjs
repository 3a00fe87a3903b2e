import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './child.mjs'
import { root } from './project.mjs'

const oldest = [20, 19]

/** Ends the process with one clear line when Node is too old for the tools. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return
  console.error(`The JAX Workshop Lab needs Node ${oldest.join('.')} or newer; this is ${process.version}.`)
  process.exit(1)
}

/**
 * What is missing from `node_modules` according to the lock file, by reading the two lock files only.
 *
 * @param {string} folder
 * @returns {string | null} Why an installation is needed, or null.
 */
export function missingPackages(folder) {
  const wanted = packagesOf(join(folder, 'package-lock.json'))
  if (!existsSync(join(folder, 'node_modules', '.package-lock.json'))) return 'nothing is installed yet'
  const installed = packagesOf(join(folder, 'node_modules', '.package-lock.json'))
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.optional || entry.devOptional) continue
    if (installed[path]?.version !== entry.version) return `${path.replace(/^node_modules\//, '')} changed`
  }
  return null
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>}
 */
function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages
}

/** Installs the packages of the lock file when they are not there; leaves a complete installation alone. */
export async function ensureInstalled() {
  const reason = missingPackages(root)
  if (!reason) return
  console.log(`Installing packages (${reason}); the first time this takes about a minute …`)
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  // Under `npm start` this process may run on the Node that the installation is about to replace; npm's own does not.
  const code =
    npm && node
      ? await run(node, [npm, ...args], { cwd: root })
      : await run('npm', args, { cwd: root, shell: process.platform === 'win32' })
  if (code === 0) return
  console.error('The packages could not be installed; see the message of npm above.')
  process.exit(code)
}
