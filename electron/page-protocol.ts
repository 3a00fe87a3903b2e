/**
 * The page's own scheme, `app://lab/…`: a real origin with headers, unlike `file:`. It serves the files of
 * one folder and nothing else.
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

/** Answers requests for the page's files. */
export function pageHandler(folder: string): (request: Request) => Promise<Response> {
  return async ({ url, method }) => {
    const { protocol, host, pathname } = new URL(url)
    if (protocol !== 'app:' || host !== 'lab' || method !== 'GET') return missing()
    const file = await readPageFile(folder, pathname)
    if (file.status === 404) return missing()
    return new Response(file.body, { headers: { ...pageHeaders, 'content-type': file.type } })
  }
}

function missing(): Response {
  return new Response('Not found', { status: 404, headers: { ...pageHeaders, 'content-type': 'text/plain' } })
}
