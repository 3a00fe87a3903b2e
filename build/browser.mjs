/**
 * The browser that tests run in, and the software GPU: Debian's Chromium where it is installed, otherwise
 * the one that the npm package `@sparticuz/chromium` carries, unpacked once.
 */
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { chmod } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { extract } from 'tar'
import { cache, root } from './project.mjs'

/** Without a GPU, WebGPU is computed by SwiftShader; the sandbox of Chromium does not work for root. */
const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-gpu',
]

/** The package carries a Linux program only. */
const carried = process.platform === 'linux' && process.arch === 'x64'

/**
 * @typedef {object} Browser
 * @property {string} executablePath
 * @property {string[]} args
 * @property {Record<string, string>} env
 */

/**
 * How to launch the browser, in the form that playwright-core takes. `LAB_CHROMIUM` names an executable, or is
 * `npm` for the one from the package.
 *
 * @returns {Promise<Browser>}
 */
export async function headlessBrowser() {
  const wish = process.env.LAB_CHROMIUM
  if (wish && wish !== 'npm') return { executablePath: wish, args: flags, env: environment() }
  const debian = '/usr/bin/chromium'
  if (wish !== 'npm' && existsSync(debian)) return { executablePath: debian, args: flags, env: environment() }
  if (!carried) {
    throw new Error('No Chromium for the tests: set LAB_CHROMIUM to the path of one (Chrome and Edge will do).')
  }
  const folder = await unpackedChromium()
  return {
    executablePath: join(folder, 'chromium'),
    args: [...flags, '--headless=shell'],
    env: {
      ...environment(),
      LD_LIBRARY_PATH: libraryPath([join(folder, 'lib'), folder]),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  }
}

/**
 * Environment variables that let Dawn find a software GPU; they must be set before a process starts. Tests
 * compute on it also where there is a real GPU, so that they see the same everywhere.
 *
 * @returns {Promise<Record<string, string>>}
 */
export async function softwareGpu() {
  if (!carried) return {}
  const folder = await unpackedChromium()
  return { VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: libraryPath([folder]) }
}

/**
 * This process's environment without the software GPU, which a browser brings itself.
 *
 * @returns {Record<string, string>}
 */
function environment() {
  const { LD_LIBRARY_PATH: _libraries, VK_ICD_FILENAMES: _driver, ...rest } = process.env
  return Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** @param {readonly string[]} folders */
function libraryPath(folders) {
  return [...folders, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter)
}

/** Unpacks the package's browser, its libraries, fonts and SwiftShader; returns the folder. */
async function unpackedChromium() {
  const home = join(root, 'node_modules', '@sparticuz', 'chromium')
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const folder = join(cache, `chromium-${version}`)
  if (existsSync(folder)) return folder
  const partial = `${folder}-${process.pid}`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  const packed = (/** @type {string} */ name) =>
    createReadStream(join(home, 'bin', name)).pipe(createBrotliDecompress())
  await pipeline(packed('chromium.br'), createWriteStream(join(partial, 'chromium')))
  await chmod(join(partial, 'chromium'), 0o755)
  for (const name of ['al2023.tar.br', 'swiftshader.tar.br', 'fonts.tar.br']) {
    await pipeline(packed(name), extract({ cwd: partial }))
  }
  writeFileSync(join(partial, 'fonts.conf'), fontConfiguration(folder))
  if (existsSync(folder)) rmSync(partial, { recursive: true, force: true })
  else renameSync(partial, folder)
  return folder
}

/**
 * The package's own names the folders of a cloud function.
 *
 * @param {string} folder
 */
function fontConfiguration(folder) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/font-cache</cachedir>
</fontconfig>
`
}
