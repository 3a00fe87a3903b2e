/** `npm test`: installs what is missing, builds what is stale, runs every test that can run on this machine. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, delimiter, join } from 'node:path'
import { run } from './child.mjs'
import { ensureInstalled, requireNode } from './install.mjs'
import { cache, root } from './project.mjs'
import { verdict } from './verdict.mjs'

requireNode()
await ensureInstalled()
const { ensureBuilt, requirePinnedNode } = await import('./built.mjs')
const { softwareGpu } = await import('./browser.mjs')
await ensureBuilt()

const node = requirePinnedNode()
const summaryFile = join(cache, `test-summary-${process.pid}.json`)
mkdirSync(cache, { recursive: true })

const code = await run(
  node,
  [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    `--reporter=${join(root, 'build', 'summary-reporter.ts')}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    env: {
      ...process.env,
      ...(await softwareGpu()),
      LAB_TEST_SUMMARY: summaryFile,
      PATH: [dirname(node), process.env.PATH].filter(Boolean).join(delimiter),
    },
  },
)

/** @type {import('./verdict.mjs').Summary | null} */
let summary = null
if (existsSync(summaryFile)) {
  summary = JSON.parse(readFileSync(summaryFile, 'utf8'))
  rmSync(summaryFile)
}
const { lines, passed } = verdict(summary, code, Boolean(process.env.CI))
for (const line of lines) console.log(line)
process.exitCode = passed ? 0 : 1
