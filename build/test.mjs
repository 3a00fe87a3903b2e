/** `npm test`: installs what is missing, builds what is stale, runs every test that can run on this machine. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, delimiter, join } from 'node:path'
import { run } from './child.mjs'
import { ensureInstalled, requireNode } from './install.mjs'
import { cache, root } from './project.mjs'

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

/** @type {import('./summary-reporter.ts').Summary | null} */
let summary = null
try {
  summary = JSON.parse(readFileSync(summaryFile, 'utf8'))
} catch {
  console.error('\nThe test run ended before it was complete.')
} finally {
  rmSync(summaryFile, { force: true })
}

const failures = [...(summary?.failed ?? []), ...(summary?.errors ?? [])]
const skipped = summary?.skipped ?? []
for (const name of failures) console.log(`FAILED   ${name}`)
for (const { name, reason } of skipped) console.log(`SKIPPED  ${name}: ${reason}`)

/** What CI may leave out: Electron's binary is not to be had there. */
const allowedInCi = /^tests\/e2e\/electron\.test\.ts /
const forbidden = process.env.CI ? skipped.filter(({ name }) => !allowedInCi.test(name)) : []
for (const { name } of forbidden) console.log(`FAILED   ${name}: nothing but real Electron may be skipped in CI`)

const incomplete = summary === null || (code !== 0 && failures.length === 0) ? 1 : 0
const failed = failures.length + forbidden.length + incomplete
console.log(`${summary?.passed ?? 0} passed, ${failed} failed, ${skipped.length - forbidden.length} skipped`)
process.exitCode = failed === 0 ? 0 : 1
