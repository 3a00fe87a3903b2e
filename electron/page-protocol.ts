/**
 * The page's own scheme, `app://lab/…`: a real origin with headers, unlike `file:`. It serves the files of
 * one folder and nothing else.
 */
import { readFile } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import type { CustomScheme } from 'electron'

export const labOrigin = 'app://lab'
export const labPage = `${labOrigin}/index.html`

/** Must be registered before the application is ready. */
export const labScheme: CustomScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
}

/** No remote content, no inline scripts, no evaluated text: user code never runs in the page. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** The file that an address of the page's origin names, or null when it leaves the folder. */
export function pageFile(folder: string, address: string): string | null {
  const url = new URL(address)
  if (url.protocol !== 'app:' || url.host !== 'lab') return null
  let path: string
  try {
    path = decodeURIComponent(url.pathname)
  } catch {
    return null
  }
  if (path.includes('\0') || path.includes('\\')) return null
  const base = resolve(folder)
  const file = resolve(join(base, path))
  return file.startsWith(base + sep) ? file : null
}

/** Answers requests for the page's files. */
export function pageHandler(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const file = pageFile(folder, request.url)
    const type = file === null ? undefined : types[extname(file)]
    if (file === null || type === undefined || request.method !== 'GET') return missing()
    try {
      return new Response(await readFile(file), { headers: { ...headers, 'content-type': type } })
    } catch {
      return missing()
    }
  }
}

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

function missing(): Response {
  return new Response('Not found', { status: 404, headers: { ...headers, 'content-type': 'text/plain' } })
}
