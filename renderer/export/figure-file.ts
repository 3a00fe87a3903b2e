import type { Scene } from '../visuals/scene.ts'
import { fontFaceRules } from './font-faces.ts'
import { fetchFont } from './font-files.ts'
import { drawableScale, svgToPng } from './png.ts'
import { type Outliner, type SvgOptions, sceneToSvg, svgSize } from './svg.ts'

/** What a file shows around and behind the picture. */
export type FileOptions = Pick<SvgOptions, 'title' | 'legend' | 'caption' | 'background'>

/**
 * The figure as an SVG file. Outlined text looks the same everywhere, slide programs included;
 * editable text carries its fonts with it, which slide programs do not read.
 */
export async function figureSvg(
  scene: Scene,
  text: 'outlines' | 'editable' = 'outlines',
  options: FileOptions = {},
): Promise<Blob> {
  const fonts =
    text === 'outlines' ? { outline: await outlinerFor(scene) } : { fontFaces: await fontFaceRules(scene, fetchFont) }
  return new Blob([sceneToSvg(scene, { ...options, ...fonts })], { type: 'image/svg+xml' })
}

/** A PNG file and the scale it was drawn at, which is less than the wanted one for a very large figure. */
export interface PngFile {
  readonly blob: Blob
  readonly scale: number
}

/** The figure as a PNG file at 1, 2 or 4 pixels for each pixel of the figure. */
export async function figurePng(scene: Scene, wanted: 1 | 2 | 4, options: FileOptions = {}): Promise<PngFile> {
  const svg = sceneToSvg(scene, { ...options, outline: await outlinerFor(scene) })
  const { width, height } = svgSize(scene, options)
  const scale = drawableScale(width, height, wanted)
  return { blob: await svgToPng(svg, width, height, scale), scale }
}

/** The font reader is loaded with the first file that needs it. */
async function outlinerFor(scene: Scene): Promise<Outliner> {
  const { loadOutliner } = await import('./outlines.ts')
  return loadOutliner(scene, fetchFont)
}
