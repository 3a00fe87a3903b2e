import { describe, expect, it, vi } from 'vitest'
import { hardenContents, hardenSession, isLabFrame, isLocal } from '../../../electron/security.ts'
import { Session, WebContents } from './electron-stand-in.ts'
import { asElectron } from './as-electron.ts'

describe('isLabFrame', () => {
  const top = { parent: null, origin: 'app://lab' }
  it('accepts the top frame of the page', () => {
    expect(isLabFrame(asElectron(top))).toBe(true)
  })

  it.each([
    ['no frame, as after a reload', null],
    ['a frame inside the page', { parent: top, origin: 'app://lab' }],
    ['a page from elsewhere', { parent: null, origin: 'https://example.org' }],
    ['an origin that starts alike', { parent: null, origin: 'app://lab.example.org' }],
    ['an opaque origin', { parent: null, origin: 'null' }],
  ])('rejects %s', (_what, frame) => {
    expect(isLabFrame(frame === null ? null : asElectron(frame))).toBe(false)
  })
})

describe('isLocal', () => {
  it.each(['app://lab/index.html', 'data:image/svg+xml,x', 'blob:app://lab/1'])('lets %s pass', (url) => {
    expect(isLocal(url, false)).toBe(true)
  })

  it.each(['https://example.org/', 'http://127.0.0.1/', 'ws://127.0.0.1/', 'file:///etc/passwd', 'ftp://example.org/'])(
    'stops %s, also with developer tools',
    (url) => {
      expect(isLocal(url, false)).toBe(false)
      expect(isLocal(url, true)).toBe(false)
    },
  )

  it('lets the developer tools load themselves only where they are allowed', () => {
    expect(isLocal('devtools://devtools/bundled/inspector.html', true)).toBe(true)
    expect(isLocal('devtools://devtools/bundled/inspector.html', false)).toBe(false)
  })
})

describe('hardenSession', () => {
  const hardened = () => {
    const session = new Session()
    hardenSession(asElectron(session), false)
    return session
  }

  it.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fileSystem'])(
    'denies the permission %s',
    (permission) => {
      const session = hardened()
      const answer = vi.fn()
      session.setPermissionRequestHandler.mock.lastCall?.[0](null, permission, answer)
      expect(answer).toHaveBeenCalledExactlyOnceWith(false)
      expect(session.setPermissionCheckHandler.mock.lastCall?.[0](null, permission)).toBe(false)
    },
  )

  it('allows copying a picture, and nothing of devices or the spell checker', () => {
    const session = hardened()
    const answer = vi.fn()
    session.setPermissionRequestHandler.mock.lastCall?.[0](null, 'clipboard-sanitized-write', answer)
    expect(answer).toHaveBeenCalledExactlyOnceWith(true)
    expect(session.setDevicePermissionHandler.mock.lastCall?.[0]({})).toBe(false)
    expect(session.setSpellCheckerEnabled).toHaveBeenCalledExactlyOnceWith(false)
  })

  it('cancels requests that leave the lab and lets its own pass', () => {
    const decide = hardened().webRequest.onBeforeRequest.mock.lastCall?.[0]
    const answer = vi.fn()
    decide({ url: 'https://example.org/font.woff2' }, answer)
    decide({ url: 'app://lab/index.html' }, answer)
    expect(answer.mock.calls).toEqual([[{ cancel: true }], [{ cancel: false }]])
  })
})

describe('hardenContents', () => {
  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])('prevents %s', (name) => {
    const contents = new WebContents()
    hardenContents(asElectron(contents))
    const event = { preventDefault: vi.fn() }
    contents.emit(name, event)
    expect(event.preventDefault).toHaveBeenCalledOnce()
  })

  it('opens no further windows', () => {
    const contents = new WebContents()
    hardenContents(asElectron(contents))
    expect(contents.setWindowOpenHandler.mock.lastCall?.[0]()).toEqual({ action: 'deny' })
  })
})
