import type { Scene, SceneNode, TextShape } from '../visuals/scene.ts'
import { type FontFace, fontFaces } from '../visuals/text/fonts.ts'

/** Gives the bytes of a face's WOFF file. */
export type FontLoader = (face: FontFace) => Promise<ArrayBuffer>

/** The faces that the texts of a figure are set in. */
export function facesUsed(scene: Scene): FontFace[] {
  const texts = textsOf(scene)
  return fontFaces.filter((face) => texts.some((text) => needs(text, face)))
}

/** Every text of a figure, in the picture and around it. */
function textsOf(scene: Scene): TextShape[] {
  const collect = (nodes: readonly SceneNode[]): TextShape[] =>
    nodes.flatMap((node) => (node.kind === 'text' ? [node] : 'children' in node ? collect(node.children) : []))
  const around = (text: string, weight: TextShape['weight']): TextShape => {
    return {
      kind: 'text',
      x: 0,
      y: 0,
      text,
      family: 'sans',
      size: 12,
      weight,
      fill: scene.theme.ink,
      anchor: 'start',
      width: 0,
    }
  }
  return [
    around(scene.title, 600),
    around(scene.caption, 400),
    ...scene.legend.flatMap((entry) => [around(entry.text, 400), ...collect(entry.mark)]),
    ...collect(scene.body),
  ]
}

const greek = /[\u0370-\u03ff]/

/** Latin always, Greek where a letter asks for it. */
function needs(text: TextShape, face: FontFace): boolean {
  if (text.family !== face.family || text.weight !== face.weight) return false
  return face.subset === 'latin' || greek.test(text.text)
}
