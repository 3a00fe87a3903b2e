import { describe, expect, it } from 'vitest'
import { menuTemplate } from '../../../electron/menu.ts'

const roles = (platform: NodeJS.Platform, packaged: boolean): (string | undefined)[] =>
  menuTemplate(platform, packaged).flatMap(({ role, submenu }) => [
    role,
    ...(Array.isArray(submenu) ? submenu.map((item) => item.role) : []),
  ])

describe('menuTemplate', () => {
  it('starts as the platform expects', () => {
    expect(roles('darwin', true)[0]).toBe('appMenu')
    expect(roles('linux', true)[0]).toBe('fileMenu')
    expect(roles('linux', true)).toContain('editMenu')
  })

  it('offers developer tools only in an unpackaged lab', () => {
    expect(roles('linux', false)).toContain('toggleDevTools')
    expect(roles('linux', true)).not.toContain('toggleDevTools')
    expect(roles('linux', true)).not.toContain('reload')
  })
})
