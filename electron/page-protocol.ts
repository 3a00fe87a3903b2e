/**
 * The page's own scheme, `app://lab/…`: a real origin with headers, unlike `file:`. It serves the files of
 * the page and nothing else.
 */
import type { CustomScheme } from 'electron'
import { pageHeaders, readPageFile } from './host/page-files.ts'

export const labOrigin = 'app://lab'
export const labPage = `${labOrigin}/index.html`

/** Must be registered before the application is ready. */
export const labScheme: CustomScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
}

/** Answers requests for the page's files, with the same policy as a served lab. */
export function pageHandler(folder: string): (request: Request) => Promise<Response> {
  return async ({ method, url }) => {
    const { protocol, host, pathname } = new URL(url)
    const known = method === 'GET' && `${protocol}//${host}` === labOrigin
    const file = known ? await readPageFile(folder, pathname) : missing
    return file.status === 200
      ? new Response(new Uint8Array(file.body), { headers: { ...pageHeaders, 'content-type': file.type } })
      : new Response('Not found', { status: 404, headers: { ...pageHeaders, 'content-type': 'text/plain' } })
  }
}

const missing = { status: 404 } as const
