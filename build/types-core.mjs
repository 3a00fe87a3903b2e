/**
 * `npm run types:core`: writes dist/core.d.ts, the types of the core in one file that needs no other; with a path,
 * there. Whoever uses it needs the library `ESNext`, which has Float16Array. Mistakes are for `npm run check` to find;
 * here declarations are only written down and put together.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { run } from './child.mjs'
import { ensureInstalled, requireNode } from './install.mjs'
import { root } from './project.mjs'

requireNode()
await ensureInstalled()
const { requirePinnedNode } = await import('./built.mjs')
const { generateDtsBundle } = await import('dts-bundle-generator')

const target = resolve(root, process.argv[2] ?? join('dist', 'core.d.ts'))
const configuration = join(root, 'build', 'types-core.tsconfig.json')
const emitted = join(root, '.cache', `core-types-${process.pid}`)

try {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const code = await run(requirePinnedNode(), [compiler, '-p', configuration, '--outDir', emitted], { cwd: root })
  if (code !== 0) throw new Error(`tsc ended with ${code}`)
  const [text] = generateDtsBundle(
    [
      {
        filePath: join(emitted, 'index.d.ts'),
        output: { noBanner: true, exportReferencedTypes: false },
      },
    ],
    { preferredConfigPath: configuration },
  )
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
  console.log(`The types of the core are in ${target}.`)
} finally {
  rmSync(emitted, { recursive: true, force: true })
}
