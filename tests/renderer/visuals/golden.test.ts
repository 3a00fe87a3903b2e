/// <reference types="node" />
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sceneToSvg } from '../../../renderer/export/svg.ts'
import { flatSvgFaults } from '../export/flat-svg.ts'
import { drawSample, samples } from './figures.ts'

/**
 * Every figure against its golden file. A figure that differs leaves `<name>-changed.svg` beside it;
 * after looking at both, `UPDATE_GOLDEN=1` accepts the new one.
 */
const folder = new URL('./golden/', import.meta.url)

describe.each(samples)('$name', (sample) => {
  const golden = new URL(`${sample.name}.svg`, folder)
  const changed = new URL(`${sample.name}-changed.svg`, folder)

  it('is drawn as its golden file', async () => {
    const svg = sceneToSvg(await drawSample(sample))
    rmSync(changed, { force: true })
    if (process.env.UPDATE_GOLDEN) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(golden, svg)
    }
    const expected = existsSync(golden) ? readFileSync(golden, 'utf8') : ''
    if (svg !== expected) writeFileSync(changed, svg)
    expect(svg === expected, `${sample.name}.svg differs; see ${sample.name}-changed.svg`).toBe(true)
  })

  it('is a flat SVG', () => {
    expect(flatSvgFaults(readFileSync(golden, 'utf8'))).toEqual([])
  })
})
