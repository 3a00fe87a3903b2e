import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { validateConfiguration } from 'app-builder-lib/out/util/config/config.js'
import { DebugLogger } from 'builder-util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../../build/project.mjs'

const configuration = async () => parse(await readFile(join(root, 'electron-builder.yml'), 'utf8'))

describe('electron-builder.yml', () => {
  it("conforms to electron-builder's schema", async () => {
    await expect(validateConfiguration(await configuration(), new DebugLogger(false))).resolves.toBeUndefined()
  })

  it('would be refused with a property that does not exist', async () => {
    await expect(
      validateConfiguration({ ...(await configuration()), asarr: true }, new DebugLogger(false)),
    ).rejects.toThrow(/unknown property 'asarr'/)
  })

  it('keeps what kernels load outside the archive, and nothing else of the lab, and publishes nowhere', async () => {
    const { asarUnpack, publish, electronFuses } = await configuration()
    expect(asarUnpack).toEqual(['**/*.node', 'dist/kernel/**'])
    expect(publish).toBeNull()
    expect(electronFuses).toMatchObject({ runAsNode: false, onlyLoadAppFromAsar: true })
  })
})
