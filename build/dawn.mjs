import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache, root } from './project.mjs'

const limit = 120_000

/**
 * Fetches the binary of `@kmamal/gpu` in the background, once for each version of it: its own install script
 * would go on to compile Dawn from source. Without it the lab uses the binary that `webgpu` ships.
 *
 * @param {string} node
 * @returns {() => void} Gives up at once; to be called before the process ends.
 */
export function fetchDawnInBackground(node) {
  const home = join(root, 'node_modules', '@kmamal', 'gpu')
  if (!existsSync(join(home, 'package.json'))) return () => {}
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const memory = join(cache, `dawn-${version}.json`)
  const binaries = join(home, 'dist')
  if (existsSync(memory) || existsSync(join(binaries, 'dawn.node'))) return () => {}

  const child = spawn(node, ['download-release.mjs'], { cwd: join(home, 'scripts'), stdio: 'ignore' })
  const timer = setTimeout(() => child.kill('SIGKILL'), limit)
  let abandoned = false
  /** @param {boolean} fetched */
  const settle = (fetched) => {
    clearTimeout(timer)
    if (!fetched) rmSync(binaries, { recursive: true, force: true })
    if (abandoned) return
    mkdirSync(cache, { recursive: true })
    writeFileSync(memory, JSON.stringify({ fetched }))
  }
  child.once('error', () => settle(false))
  child.once('exit', (code) => settle(code === 0))
  return () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    abandoned = true
    child.kill('SIGKILL')
    rmSync(binaries, { recursive: true, force: true })
  }
}
