import type { Scene } from '../visuals/scene.ts'
import { familyNames } from '../visuals/text/fonts.ts'
import { type FontLoader, facesUsed } from './texts.ts'

/** `@font-face` rules that carry the fonts of a figure inside the file, for text that stays text. */
export async function fontFaceRules(scene: Scene, load: FontLoader): Promise<string> {
  const rules = await Promise.all(
    facesUsed(scene).map(async (face) => {
      const range = face.subset === 'greek' ? 'unicode-range:U+0370-03FF;' : ''
      const source = `url(data:font/woff;base64,${base64(new Uint8Array(await load(face)))})`
      return `@font-face{font-family:'${familyNames[face.family]}';font-weight:${face.weight};${range}src:${source}}`
    }),
  )
  return rules.join('')
}

function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(binary)
}
