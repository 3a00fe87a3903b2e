import { describe, expect, it } from 'vitest'
import { stepsOf } from '../../../renderer/visuals/draw.ts'
import {
  type Box,
  type Item,
  type Scene,
  type SceneNode,
  type TextShape,
  itemsOf,
} from '../../../renderer/visuals/scene.ts'
import { boundsOf } from '../../../renderer/visuals/shapes.ts'
import { composeSheet } from '../../../renderer/visuals/sheet.ts'
import { type Sample, drawSample, samples } from './figures.ts'

/** Nothing is clipped, nothing lies over something else, in any state of any figure. */
const everyStep: Sample[] = samples
  .filter(({ document, name }) => document.kind === 'tape' && name === 'tape-product')
  .flatMap((sample) =>
    Array.from({ length: stepsOf(sample.document) + 1 }, (_, step) => ({
      ...sample,
      name: `${sample.name} at ${step}`,
      step,
    })),
  )

describe.each([...samples, ...everyStep])('$name', (sample) => {
  it('has no text over text', async () => {
    const texts = textsOf((await drawSample(sample)).body)
    const clashes = texts.flatMap((text, index) =>
      texts
        .slice(index + 1)
        .flatMap((other) => (overlap(inkOf(text), inkOf(other)) ? [`"${text.text}" and "${other.text}"`] : [])),
    )
    expect(clashes).toEqual([])
  })

  it('keeps the text of every item inside it', async () => {
    const outside = itemsOf((await drawSample(sample)).body).flatMap((item) =>
      ownTexts(item).flatMap((text) => (contains(item.bounds, inkOf(text)) ? [] : [`"${text.text}" of ${item.id}`])),
    )
    // The name of a short bar is left out, never cut.
    expect(outside).toEqual([])
  })

  it('has boxes that do not cross', async () => {
    const boxes = itemsOf((await drawSample(sample)).body).filter(({ toggle }) => !toggle?.open)
    const clashes = boxes.flatMap((box, index) =>
      boxes
        .slice(index + 1)
        .flatMap((other) => (overlap(box.bounds, other.bounds, 0.5) ? [`${box.id} and ${other.id}`] : [])),
    )
    expect(clashes).toEqual([])
  })

  it('lies within the edges of its file', async () => {
    const scene: Scene = await drawSample(sample)
    const { nodes, bounds } = composeSheet(scene)
    expect(contains(bounds, boundsOf(nodes))).toBe(true)
    expect(contains(scene.bounds, boundsOf(scene.body))).toBe(true)
  })

  it('names every item and leads the arrow keys only to items', async () => {
    const items = itemsOf((await drawSample(sample)).body)
    const ids = new Set(items.map(({ id }) => id))
    expect(ids.size).toBe(items.length)
    expect(items.filter(({ label }) => label.trim() === '')).toEqual([])
    const astray = items.flatMap(({ links }) => Object.values(links).flat()).filter((id) => !ids.has(id))
    expect(astray).toEqual([])
  })
})

function textsOf(nodes: readonly SceneNode[]): TextShape[] {
  return nodes.flatMap((node) => (node.kind === 'text' ? [node] : 'children' in node ? textsOf(node.children) : []))
}

function ownTexts(item: Item): TextShape[] {
  return textsOf(item.children)
}

/** The area of a text that is ink: without the room above capitals and below descenders. */
function inkOf(text: TextShape): Box {
  const left =
    text.anchor === 'start' ? text.x : text.anchor === 'middle' ? text.x - text.width / 2 : text.x - text.width
  return { x: left, y: text.y - text.size * 0.75, width: text.width, height: text.size * 0.95 }
}

function overlap(a: Box, b: Box, slack = 0): boolean {
  return (
    a.x + slack < b.x + b.width &&
    b.x + slack < a.x + a.width &&
    a.y + slack < b.y + b.height &&
    b.y + slack < a.y + a.height
  )
}

function contains(outer: Box, inner: Box): boolean {
  const slack = 0.02
  return (
    inner.x >= outer.x - slack &&
    inner.y >= outer.y - slack &&
    inner.x + inner.width <= outer.x + outer.width + slack &&
    inner.y + inner.height <= outer.y + outer.height + slack
  )
}
