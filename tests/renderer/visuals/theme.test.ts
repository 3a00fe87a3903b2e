import { describe, expect, it } from 'vitest'
import { type Theme, themes } from '../../../renderer/visuals/theme.ts'

type Rgb = readonly [red: number, green: number, blue: number]

function linear(hex: string): Rgb {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

function luminance(hex: string): number {
  const [red, green, blue] = linear(hex)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** Matrices of Viénot, Brettel and Mollon (1999) and Machado et al. (2009), on linear RGB. */
const seenAs = {
  'all colours': [1, 0, 0, 0, 1, 0, 0, 0, 1],
  'no red (protanopia)': [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  'no green (deuteranopia)': [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
} as const

/** CIE L*a*b* of a colour seen through a matrix. */
function lab(hex: string, m: readonly number[]): Rgb {
  const [r, g, b] = linear(hex)
  const row = (at: number) => (m[at] ?? 0) * r + (m[at + 1] ?? 0) * g + (m[at + 2] ?? 0) * b
  const [red, green, blue] = [row(0), row(3), row(6)]
  const x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  const z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))]
}

function difference(a: string, b: string, matrix: readonly number[]): number {
  const [p, q] = [lab(a, matrix), lab(b, matrix)]
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])
}

const texts = ['ink', 'soft', 'forward', 'reverse', 'bad'] as const
const marks = [
  'outline',
  'inactive',
  'forward',
  'reverse',
  'residualOutline',
  'bad',
  'accent',
  'collective',
  'compute',
  'copy',
  'control',
] as const
const surfaces = ['background', 'card', 'accentWeak'] as const

describe.each(Object.values(themes))('the $name theme', (theme: Theme) => {
  it.each(texts)('sets %s so that it can be read', (text) => {
    for (const surface of surfaces) expect(contrast(theme[text], theme[surface])).toBeGreaterThanOrEqual(4.5)
    if (text === 'bad') expect(contrast(theme.bad, theme.badWeak)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(marks)('draws %s so that it is seen', (mark) => {
    for (const surface of ['background', 'card', 'panel'] as const)
      expect(contrast(theme[mark], theme[surface])).toBeGreaterThanOrEqual(3)
  })

  it('writes on filled bars so that it can be read', () => {
    for (const bar of ['compute', 'collective'] as const)
      expect(contrast(theme.background, theme[bar])).toBeGreaterThanOrEqual(4.5)
  })

  it.each(Object.entries(seenAs))('tells meanings apart by those who see %s', (_, matrix) => {
    for (const [a, b] of [
      ['forward', 'reverse'],
      ['forward', 'bad'],
      ['compute', 'collective'],
    ] as const) {
      expect(difference(theme[a], theme[b], matrix)).toBeGreaterThan(12)
    }
  })
})
