/** The lab for a browser on this machine: the same host as under Electron, over a socket. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { createHost } from './host/create-host.ts'
import { dataFolder } from './host/data-folder.ts'
import { rememberPort, servedPort } from './host/served-port.ts'
import { startWebServer } from './host/web-server.ts'
import { keepServing } from './last-resort.ts'
import { pinnedNode } from './pinned-node.mjs'

const usage = `serve [options]

  --port N       the port to serve on; without it the one this lab had before, or the first
                 free one from 4517 on
  --open         open the address in a browser, if there is a display
  --data DIR     where progress and settings are kept
  --lessons DIR  a folder of lessons besides the lab's own; may be given several times
  --page DIR     the built page
  --help         this text`

const manifestSchema = v.pipe(v.string(), v.parseJson(), v.object({ version: v.string(), productName: v.string() }))

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      open: { type: 'boolean', default: false },
      data: { type: 'string' },
      lessons: { type: 'string', multiple: true, default: [] },
      page: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const port = values.port === undefined ? null : Number(values.port)
  // Digits only: Number also reads 1e3, 0x50 and an empty text.
  if (port !== null && !(/^\d{1,5}$/.test(values.port ?? '') && port <= 65_535)) {
    throw new Error(`--port takes a number from 0 to 65535, not "${values.port}".`)
  }
  return { ...values, port }
}

/** The folder of the project or of the installed application. */
function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('The lab is incomplete: it has no package.json.')
    folder = parent
  }
  return folder
}

async function serve(): Promise<void> {
  const options = readOptions()
  if (options.help) {
    console.log(usage)
    return
  }
  const root = findRoot()
  const manifest = v.parse(manifestSchema, readFileSync(join(root, 'package.json'), 'utf8'))
  const nodePath = pinnedNode({ root })
  if (nodePath === null) throw new Error('There is no Node 26 for the kernels. Run `npm install` once more.')
  const pageDir = resolve(options.page ?? join(root, 'dist', 'renderer'))
  if (!existsSync(join(pageDir, 'index.html'))) {
    throw new Error(`The page is not built: ${pageDir} has no index.html. \`npm start -- --serve\` builds it.`)
  }
  const dataDir = resolve(options.data ?? dataFolder(manifest.productName))
  const host = createHost({
    lessonsDirs: [join(root, 'workshops'), ...options.lessons.map((folder) => resolve(folder))],
    builtInDirs: [join(root, 'workshops')],
    dataDir,
    nodePath,
    version: manifest.version,
    shell: 'serve',
  })
  keepServing((error) => host.failed(error))
  const server = await startWebServer({
    pageDir,
    port: options.port,
    usualPort: servedPort(dataDir),
    connect: (page) => host.connect(page),
    report: (error) => host.failed(error),
  }).catch(async (error: unknown) => {
    await host.close()
    throw error
  })
  // A port that was asked for is asked for again by whoever wants it.
  if (options.port === null) rememberPort(dataDir, server.port)
  if (server.takenPort !== null) console.log(`Port ${server.takenPort} is in use, so the lab is on ${server.port}.`)
  console.log(`${manifest.productName}: ${server.url}`)
  if (options.open) openBrowser(server.url)

  let closing = false
  const close = async (exitCode: number): Promise<void> => {
    // A second Ctrl-C does not wait for anything.
    if (closing) process.exit(exitCode)
    closing = true
    for (const part of [server, host]) await part.close().catch((error: unknown) => console.error(error))
    process.exit(exitCode)
  }
  process.on('SIGINT', () => void close(130))
  process.on('SIGTERM', () => void close(143))
  process.on('SIGHUP', () => void close(129))
}

function openBrowser(url: string): void {
  const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY)
  if (!hasDisplay) return
  const [command, ...args] =
    process.platform === 'darwin' ? ['open', url] : process.platform === 'win32' ? ['explorer', url] : ['xdg-open', url]
  if (command === undefined) return
  // The address was printed; a machine without a browser is no reason to fail.
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}

try {
  await serve()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
