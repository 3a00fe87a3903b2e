import { type Font, type PathCommand, parse } from 'opentype.js/dist/opentype.mjs'
import type { Scene, TextShape } from '../visuals/scene.ts'
import { round } from '../visuals/shapes.ts'
import { type FontFace, facesOf, fontFaces } from '../visuals/text/fonts.ts'
import type { Outliner } from './svg.ts'
import { type FontLoader, facesUsed } from './texts.ts'

/** Prepares to draw the texts of a scene as glyph outlines. Loads only the faces that it uses. */
export async function loadOutliner(scene: Scene, load: FontLoader): Promise<Outliner> {
  const fonts = new Map(
    await Promise.all(facesUsed(scene).map(async (face) => [face, parse(await load(face))] as const)),
  )
  return (text) => outline(text, fonts)
}

function outline(text: TextShape, fonts: ReadonlyMap<FontFace, Font>): string | null {
  const candidates = facesOf(text.family, text.weight).flatMap((face) => {
    const key = fontFaces.find((known) => known.file === face.file)
    return (key && fonts.get(key)) ?? []
  })
  const start =
    text.anchor === 'start' ? text.x : text.anchor === 'middle' ? text.x - text.width / 2 : text.x - text.width
  let x = start
  let d = ''
  for (const character of text.text) {
    const font = candidates.find((candidate) => candidate.charToGlyphIndex(character) > 0)
    // No face has it: the whole text stays text, so that nothing is lost.
    if (!font) return null
    const glyph = font.charToGlyph(character)
    d += glyph.getPath(x, text.y, text.size).commands.map(pathCommand).join('')
    x += ((glyph.advanceWidth ?? 0) * text.size) / font.unitsPerEm
  }
  return d
}

/** The library's own writer turns some numbers into NaN, at which a renderer stops drawing the path. */
function pathCommand(command: PathCommand): string {
  switch (command.type) {
    case 'M':
    case 'L':
      return `${command.type}${round(command.x)},${round(command.y)}`
    case 'Q':
      return `Q${round(command.x1)},${round(command.y1)} ${round(command.x)},${round(command.y)}`
    case 'C':
      return `C${round(command.x1)},${round(command.y1)} ${round(command.x2)},${round(command.y2)} ${round(command.x)},${round(command.y)}`
    case 'Z':
      return 'Z'
  }
}
