import type { Session, WebContents, WebFrameMain } from 'electron'
import { labOrigin } from './page-protocol.ts'

/** What the page may load; everything else is cancelled, so that the lab makes no network request at all. */
const localSchemes = new Set(['app:', 'data:', 'blob:'])

/** Whether an address stays inside the lab. The developer tools of an unpackaged lab bring their own scheme. */
export function isLocal(url: string, allowDevTools: boolean): boolean {
  const protocol = URL.parse(url)?.protocol ?? ''
  return localSchemes.has(protocol) || (allowDevTools && (protocol === 'devtools:' || protocol === 'chrome:'))
}

/** Denies every permission but copying, every device, every request that leaves the machine. */
export function hardenSession(session: Session, allowDevTools: boolean): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === copying))
  session.setPermissionCheckHandler((_contents, permission) => permission === copying)
  session.setDevicePermissionHandler(() => false)
  // The spell checker would fetch dictionaries.
  session.setSpellCheckerEnabled(false)
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isLocal(url, allowDevTools) }))
}

const copying = 'clipboard-sanitized-write'

/** Keeps a page where it is: no navigation, no new windows, no embedded guests. */
export function hardenContents(contents: WebContents): void {
  contents.on('will-navigate', (details) => details.preventDefault())
  contents.on('will-frame-navigate', (details) => details.preventDefault())
  contents.on('will-redirect', (details) => details.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Whether a message comes from the lab's own page, in its top frame. */
export function isLabFrame(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && frame.origin === labOrigin
}
