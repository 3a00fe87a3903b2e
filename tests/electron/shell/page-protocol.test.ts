import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labScheme, pageHandler } from '../../../electron/page-protocol.ts'

describe('pageHandler', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lab-page-'))
    await mkdir(join(folder, 'page'))
    await writeFile(join(folder, 'page', 'index.html'), '<p>lab</p>')
    await writeFile(join(folder, 'page', 'notes.txt'), 'not a file of the page')
    await writeFile(join(folder, 'secret.html'), 'secret')
    await mkdir(join(folder, 'page-drafts'))
    await writeFile(join(folder, 'page-drafts', 'draft.html'), 'draft')
  })
  afterAll(() => rm(folder, { recursive: true }))
  const answer = (address: string, init?: RequestInit) => pageHandler(join(folder, 'page'))(new Request(address, init))

  it('serves a file with its type and a policy that allows nothing remote and no inline script', async () => {
    const response = await answer('app://lab/index.html')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('<p>lab</p>')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const policy = new Map(
      response.headers
        .get('content-security-policy')
        ?.split('; ')
        .map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]),
    )
    expect(policy.get('default-src')).toEqual(["'none'"])
    expect(policy.get('script-src')).toEqual(["'self'"])
    expect(policy.get('connect-src')).toEqual(["'self'"])
    expect([...policy.values()].flat()).not.toContain("'unsafe-eval'")
  })

  it.each([
    ['a file that does not exist', 'app://lab/missing.html', {}],
    ['a climb out of the folder', 'app://lab/..%2fsecret.html', {}],
    ['a climb with a backslash', 'app://lab/..%5csecret.html', {}],
    ['a climb into a neighbour whose name starts alike', 'app://lab/..%2fpage-drafts/draft.html', {}],
    ['a zero byte', 'app://lab/index.html%00.html', {}],
    ['a broken escape', 'app://lab/%E0%A4%A', {}],
    ['another host of the scheme', 'app://elsewhere/index.html', {}],
    ['a type that the page does not use', 'app://lab/notes.txt', {}],
    ['a method that changes something', 'app://lab/index.html', { method: 'POST' }],
  ])('answers 404 for %s, under the same policy', async (_what, address, init) => {
    const response = await answer(address, init)
    expect(response.status).toBe(404)
    expect(await response.text()).toBe('Not found')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })
})

it('does not let the scheme bypass the policy', () => {
  expect(labScheme).toEqual({
    scheme: 'app',
    privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
  })
})
