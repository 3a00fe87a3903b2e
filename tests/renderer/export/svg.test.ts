/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { fontFaceRules } from '../../../renderer/export/font-faces.ts'
import { loadOutliner } from '../../../renderer/export/outlines.ts'
import { escapeXml, sceneToSvg, svgSize } from '../../../renderer/export/svg.ts'
import { facesUsed } from '../../../renderer/export/texts.ts'
import type { Scene } from '../../../renderer/visuals/scene.ts'
import { text } from '../../../renderer/visuals/shapes.ts'
import type { FontFace } from '../../../renderer/visuals/text/fonts.ts'
import { themes } from '../../../renderer/visuals/theme.ts'
import { drawSample, samples } from '../visuals/figures.ts'
import { flatSvgFaults } from './flat-svg.ts'

const require = createRequire(import.meta.url)

async function load(face: FontFace): Promise<ArrayBuffer> {
  const file = readFileSync(require.resolve(face.file))
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength)
}

function sceneOf(words: string): Scene {
  const body = [text(0, 12, words, '#000000', { family: 'mono' })]
  return {
    title: 't',
    description: 'd',
    theme: themes.light,
    body,
    bounds: { x: 0, y: 0, width: 10, height: 14 },
    legend: [],
    caption: '',
  }
}

describe('the SVG file', () => {
  it('escapes what XML reads as its own', () => {
    expect(escapeXml('a<b & "c">\u0001')).toBe('a&lt;b &amp; &quot;c&quot;&gt;')
    expect(sceneToSvg(sceneOf('<script>&'))).toContain('&lt;script&gt;&amp;')
  })

  it('says its size once and the same everywhere', async () => {
    const [sample] = samples
    if (!sample) throw new Error('no sample')
    const scene = await drawSample(sample)
    const { width, height } = svgSize(scene)
    expect(sceneToSvg(scene)).toMatch(
      new RegExp(`^<svg [^>]*width="${width}" height="${height}" viewBox="-?\\d+ -?\\d+ ${width} ${height}"`),
    )
  })

  it('leaves out what it is told to', async () => {
    const scene = sceneOf('x')
    expect(sceneToSvg(scene)).toContain(themes.light.background)
    expect(sceneToSvg(scene, { background: 'none' })).not.toContain('<rect')
    expect(svgSize({ ...scene, caption: 'a sentence' }, { caption: false })).toEqual(svgSize(scene))
  })
})

describe('text as outlines', () => {
  it.each(samples)('leaves no text in $name and breaks no rule', async (sample) => {
    const scene = await drawSample(sample)
    const svg = sceneToSvg(scene, { outline: await loadOutliner(scene, load) })
    expect([...svg.matchAll(/<text.*/g)].map(([words]) => words)).toEqual([])
    expect(flatSvgFaults(svg)).toEqual([])
  })

  it('draws Greek with the Greek face, and loads that only then', async () => {
    expect(facesUsed(sceneOf('x')).some(({ subset }) => subset === 'greek')).toBe(false)
    const scene = sceneOf('λ x')
    expect(facesUsed(scene).some(({ subset, family }) => subset === 'greek' && family === 'mono')).toBe(true)
    expect(sceneToSvg(scene, { outline: await loadOutliner(scene, load) }).includes('<text')).toBe(false)
  })

  it('keeps as text what no bundled font can draw', async () => {
    const scene = sceneOf('猫')
    expect(sceneToSvg(scene, { outline: await loadOutliner(scene, load) })).toContain('>猫</text>')
  })
})

describe('editable text', () => {
  it('carries the fonts it is set in', async () => {
    const rules = await fontFaceRules(sceneOf('x'), load)
    expect(rules).toContain("@font-face{font-family:'JetBrains Mono';font-weight:400;")
    expect(rules).toContain("@font-face{font-family:'Inter';font-weight:600;")
    expect(rules).not.toContain('unicode-range')
    const svg = sceneToSvg(sceneOf('x'), { fontFaces: rules })
    expect(svg).toContain('>x</text>')
    expect(flatSvgFaults(svg)).toEqual(['holds a style element'])
  })
})

describe('the rules of a flat SVG', () => {
  it.each([
    ['<rect style="fill:red"/>', 'holds a style attribute'],
    ['<rect fill="rgba(0,0,0,.5)"/>', 'holds a colour that is not hex'],
    ['<path d="M0,0LNaN,1"/>', 'path M0,0LNaN,1'],
    ['<foreignObject></foreignObject>', 'holds foreignObject'],
    ['<g id="loose"></g>', 'id loose has no prefix'],
  ])('find %s', (inner, fault) => {
    const svg = `<svg xmlns="x" width="1" height="1" viewBox="0 0 1 1"><title>t</title><desc>d</desc>${inner}</svg>`
    expect(flatSvgFaults(svg)).toContain(fault)
  })
})
