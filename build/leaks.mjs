/**
 * `npm run leaks`: 100,000 eager and 100,000 jitted calls each with results of 16 B, 4 KB and 4 MB, on both CPU
 * platforms, each in a process with a heap of 128 MB; prints what memory did. Takes about ten minutes. With a number, that
 * many calls of 4 MB.
 */
import { join } from 'node:path'
import { run } from './child.mjs'
import { ensureInstalled, requireNode } from './install.mjs'
import { root } from './project.mjs'

requireNode()
await ensureInstalled()
const { requirePinnedNode } = await import('./built.mjs')
const program = join(root, 'tests', 'core', 'runtime', 'leaks-program.ts')
const large = process.argv[2] ?? '100000'
const failed = []
for (const platform of ['reference', 'cpu']) {
  for (const how of ['eager', 'jitted']) {
    for (const bytes of [16, 4096, 4_194_304]) {
      const rounds = bytes === 4_194_304 ? large : '100000'
      const flags = ['--expose-gc', '--max-old-space-size=128']
      const code = await run(requirePinnedNode(), [...flags, program, how, String(bytes), rounds, platform], {
        cwd: root,
      })
      if (code !== 0) failed.push(`${how} ${bytes} B on ${platform}`)
    }
  }
}
if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1
