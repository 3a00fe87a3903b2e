import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pinnedNode } from '../electron/pinned-node.mjs'
import { run } from './child.mjs'
import { fingerprint } from './fingerprint.mjs'
import { dist, root } from './project.mjs'

/** The pinned Node, or the end of the process with a line that says what to do. */
export function requirePinnedNode() {
  const node = pinnedNode({ root })
  if (node) return node
  console.error(
    `There is no Node 26 for ${process.platform}-${process.arch} in node_modules. Run "npm ci --include=optional", or start with Node 26 or newer.`,
  )
  process.exit(1)
}

/**
 * Builds the lab when a source changed since the last build. The result appears in one move, so a lab that is
 * running, or a second one that starts at the same time, never sees half of it.
 */
export async function ensureBuilt() {
  const stamp = join(dist, '.stamp')
  const wanted = fingerprint(root)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.log('Building the lab …')
  const fresh = `${dist}-${process.pid}`
  const old = `${fresh}-old`
  const code = await run(requirePinnedNode(), [join(root, 'build', 'bundle.ts'), fresh], { cwd: root })
  if (code === 0) {
    writeFileSync(join(fresh, '.stamp'), wanted)
    if (existsSync(dist)) renameSync(dist, old)
    // Another lab may have built the same at the same time, and been quicker by a moment.
    if (!existsSync(dist)) renameSync(fresh, dist)
  }
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true })
  if (code === 0) return
  if (code !== 130) console.error('The build failed; see the message above.')
  process.exit(code)
}
