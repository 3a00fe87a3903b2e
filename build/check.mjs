/** `npm run check`: types, lint, format and dead code; every check runs, also after one has failed. */
import { join } from 'node:path'
import { run } from './child.mjs'
import { ensureInstalled, requireNode } from './install.mjs'
import { root } from './project.mjs'

requireNode()
await ensureInstalled()
const { requirePinnedNode } = await import('./built.mjs')
const node = requirePinnedNode()

/** @type {readonly (readonly [string, string, ...string[]])[]} */
const checks = [
  ['types', 'typescript/bin/tsc', '-p', 'tsconfig.json'],
  ['types of the preload and the journeys', 'typescript/bin/tsc', '-p', 'tests/e2e/tsconfig.json'],
  ['types of the page', 'svelte-check/bin/svelte-check', '--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings'],
  ['lint', 'eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  ['format', 'prettier/bin/prettier.cjs', '.', '--check', '--log-level', 'warn'],
  ['dead code', 'knip/bin/knip.js'],
]

const wanted = process.argv.slice(2)
const failed = []
for (const [name, program, ...args] of checks) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue
  console.log(`— ${name}`)
  const code = await run(node, [join(root, 'node_modules', program), ...args], { cwd: root })
  if (code !== 0) failed.push(name)
}
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1
