import { describe, expect, it } from 'vitest'
import { crc32, drawableScale, withDensity } from '../../../renderer/export/png.ts'

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const header = [0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89]
const end = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]

describe('PNG files', () => {
  it('check their chunks as the format asks', () => {
    expect(crc32(new TextEncoder().encode('IEND'))).toBe(0xae426082)
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  })

  it('say how large they are meant to be', () => {
    const png = withDensity(new Uint8Array([...signature, ...header, ...end]), 2)
    const view = new DataView(png.buffer)
    expect([...png.subarray(0, 33)]).toEqual([...signature, ...header])
    expect(new TextDecoder().decode(png.subarray(37, 41))).toBe('pHYs')
    // 192 pixels an inch, in metres.
    expect([view.getUint32(33), view.getUint32(41), view.getUint32(45), png[49]]).toEqual([9, 7559, 7559, 1])
    expect(view.getUint32(50)).toBe(crc32(png.subarray(37, 50)))
    expect([...png.subarray(54)]).toEqual(end)
  })

  it('are drawn at a scale that a canvas can hold', () => {
    expect(drawableScale(800, 600, 4)).toBe(4)
    expect(drawableScale(8192, 100, 4)).toBe(2)
    const scale = drawableScale(10_000, 10_000, 4)
    expect(10_000 * scale * 10_000 * scale).toBeLessThanOrEqual(268_000_001)
  })
})
