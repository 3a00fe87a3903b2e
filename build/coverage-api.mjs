/** `npm run coverage:api`: writes docs/coverage.md, what the core has of JAX's public names. */
import { join } from 'node:path'
import { run } from './child.mjs'
import { ensureInstalled, requireNode } from './install.mjs'
import { root } from './project.mjs'

requireNode()
await ensureInstalled()
const { requirePinnedNode } = await import('./built.mjs')
process.exitCode = await run(requirePinnedNode(), [join(root, 'tests', 'conformance', 'write-coverage.ts')], {
  cwd: root,
})
