/** `npm start`: installs what is missing, builds what is stale, opens the lab. */
import { join } from 'node:path'
import { run } from './child.mjs'
import { ensureInstalled, requireNode } from './install.mjs'
import { dist, root } from './project.mjs'
import { startOptions, usage } from './start-options.mjs'

requireNode()
const options = startOptions(process.argv.slice(2))
if (options.kind === 'help') {
  console.log(usage)
} else if (options.kind === 'wrong') {
  console.error(`${options.message}\n\n${usage}`)
  process.exitCode = 1
} else {
  await ensureInstalled()
  process.exitCode = await start(options)
}

/**
 * @param {{ serve: boolean, port: number | null }} options
 * @returns {Promise<number>} The exit code.
 */
async function start({ serve, port }) {
  const { ensureBuilt, requirePinnedNode } = await import('./built.mjs')
  const { fetchDawnInBackground } = await import('./dawn.mjs')
  const node = requirePinnedNode()
  const electron = serve ? null : await usableElectron()
  await ensureBuilt()
  const stopFetching = fetchDawnInBackground(node)
  try {
    if (electron) return await run(electron, [...sandboxFlags(), root], { cwd: root })
    const args = port === null ? [] : ['--port', String(port)]
    const code = await run(node, [join(dist, 'electron', 'serve.js'), '--open', ...args], { cwd: root })
    // Ctrl-C is how a served lab is closed, not a failure.
    return code === 130 ? 0 : code
  } finally {
    stopFetching()
  }
}

/** The Electron executable, or null after saying in one line why the lab is served instead. */
async function usableElectron() {
  const { electronBinary, fetchElectron } = await import('./electron-binary.mjs')
  let binary = electronBinary()
  if (!binary.ok && hasDisplay() && (await fetchElectron())) binary = electronBinary()
  if (binary.ok && hasDisplay()) return binary.path
  console.log(
    binary.ok
      ? 'There is no display for a window of Electron; serving the lab to a browser instead.'
      : "Electron's program is not installed; serving the same lab to a browser instead.",
  )
  return null
}

function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/** Chromium refuses to start for root with its sandbox on. */
function sandboxFlags() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return []
  console.log('Running as root: the sandbox of the page is off.')
  return ['--no-sandbox']
}
