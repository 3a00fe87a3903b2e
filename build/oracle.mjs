/**
 * `npm run oracle`: makes the conformance vectors anew with real JAX, and fails if one of them moved. With names of
 * tables (`npm run oracle -- elementwise random:bits`) only those. Needs Python; see tests/conformance/regenerate.sh.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './child.mjs'
import { root } from './project.mjs'

const folder = join(root, 'tests', 'conformance', 'vectors')

/** @returns {Map<string, string>} the text of each vector file, by name */
function vectors() {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

const venv = process.env.JAX_VENV
const python = venv === undefined ? 'python3' : join(venv, 'bin', 'python')
if (spawnSync(python, ['--version']).status !== 0) {
  console.error(
    `There is no ${python}. Install Python 3.11 or later, or name a virtual environment with JAX in JAX_VENV.`,
  )
  process.exit(1)
}

const before = vectors()
const code = await run('sh', [join(root, 'tests', 'conformance', 'regenerate.sh'), ...process.argv.slice(2)], {
  cwd: root,
})
const after = vectors()
const moved = [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name))
if (moved.length > 0) console.error(`These vectors moved; read their diff, and commit or undo it: ${moved.join(', ')}.`)
else if (code === 0) console.log('No vector moved.')
process.exitCode = code === 0 && moved.length === 0 ? 0 : 1
