import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './child.mjs'
import { cache, root } from './project.mjs'

const day = 24 * 3600 * 1000

/** @param {string} path */
function text(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null
}

/**
 * The Electron executable, by looking at files only: loading the package `electron` would try a download.
 *
 * @param {string} [folder] Folder that holds `node_modules`.
 * @returns {{ ok: true, path: string } | { ok: false, reason: 'package-missing' | 'binary-missing' | 'other-version' }}
 */
export function electronBinary(folder = root) {
  const home = join(folder, 'node_modules', 'electron')
  const manifest = text(join(home, 'package.json'))
  if (manifest === null) return { ok: false, reason: 'package-missing' }
  const name = text(join(home, 'path.txt'))
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const path = override ? join(override, name ?? 'electron') : join(home, 'dist', name ?? 'electron')
  try {
    accessSync(path, constants.X_OK)
  } catch {
    return { ok: false, reason: 'binary-missing' }
  }
  if (override) return { ok: true, path }
  const version = text(join(home, 'dist', 'version'))?.replace(/^v/, '')
  return version === JSON.parse(manifest).version ? { ok: true, path } : { ok: false, reason: 'other-version' }
}

/**
 * Fetches the Electron binary when its download host answers. A host that does not answer is asked again a
 * day later, so that an offline start loses no time.
 *
 * @returns {Promise<boolean>} Whether a binary is there now.
 */
export async function fetchElectron() {
  const memory = join(cache, 'electron-unreachable')
  if (Date.now() - Number(text(memory) ?? 0) < day) return false
  if (await downloadHostAnswers()) {
    console.log('Fetching Electron (about 110 MB, once) …')
    const code = await run(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], { cwd: root })
    if (code === 0 && electronBinary().ok) return true
  }
  mkdirSync(cache, { recursive: true })
  writeFileSync(memory, String(Date.now()))
  return false
}

async function downloadHostAnswers() {
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror
  try {
    await fetch(mirror ?? 'https://github.com/electron/electron/releases', {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(3000),
    })
    return true
  } catch {
    return false
  }
}
