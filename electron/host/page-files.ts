import { readFile } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'

/** A file of the page, or why there is none. */
export type PageFile =
  { readonly status: 200; readonly type: string; readonly body: Uint8Array<ArrayBuffer> } | { readonly status: 404 }

/** Files of any other kind are not served. */
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

/**
 * What the page may do, in a window of Electron and in a browser: run its own files, talk to its own host,
 * and nothing else. No remote content, no inline scripts, no evaluated text.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
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
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default lesson-html svelte-trusted-html',
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** The path in a folder that the path of an address names, or null when it would leave the folder. */
export function pathInFolder(folder: string, pathname: string): string | null {
  let path: string
  try {
    path = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (path.includes('\0') || path.includes('\\')) return null
  const base = resolve(folder)
  const file = resolve(join(base, path === '/' ? '/index.html' : path))
  return file.startsWith(base + sep) ? file : null
}

export async function readPageFile(folder: string, pathname: string): Promise<PageFile> {
  const path = pathInFolder(folder, pathname)
  const type = path === null ? undefined : types[extname(path)]
  if (path === null || type === undefined) return { status: 404 }
  try {
    return { status: 200, type, body: await readFile(path) }
  } catch {
    return { status: 404 }
  }
}
