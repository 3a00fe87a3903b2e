/**
 * `npm run bench`: measures. `npm run bench -- room records` measures these parts only. A part is a program in
 * tests/bench/parts, named after what it measures, which prints a table; what it printed stands in docs/performance.md.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './child.mjs'
import { ensureInstalled, requireNode } from './install.mjs'
import { root } from './project.mjs'

requireNode()
const folder = join(root, 'tests', 'bench', 'parts')
const parts = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''))
const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !parts.includes(name))
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. The parts are ${parts.join(', ')}.`)
  process.exit(1)
}
await ensureInstalled()
const { ensureBuilt, requirePinnedNode } = await import('./built.mjs')
await ensureBuilt()
for (const part of chosen.length > 0 ? chosen : parts) {
  console.log(`\n${part}`)
  const code = await run(requirePinnedNode(), [join(folder, `${part}.ts`)], { cwd: root })
  if (code !== 0) process.exitCode = code
}
