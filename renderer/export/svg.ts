import type { Item, Paint, Scene, SceneNode, TextShape } from '../visuals/scene.ts'
import { round } from '../visuals/shapes.ts'
import { type SheetOptions, composeSheet } from '../visuals/sheet.ts'
import { familyStacks } from '../visuals/text/fonts.ts'

/** Text as the outlines of its glyphs, or null where the fonts lack a character. */
export type Outliner = (text: TextShape) => string | null

export interface SvgOptions extends SheetOptions {
  readonly background?: 'theme' | 'none'
  /** Draws text as outlines: the same everywhere, also where the fonts are missing. Without it text stays text. */
  readonly outline?: Outliner
  /** CSS `@font-face` rules that carry the fonts; only for text that stays text. */
  readonly fontFaces?: string
  /** In front of every id, so that two figures can live in one document. */
  readonly idPrefix?: string
}

/**
 * The figure as a flat SVG document: presentation attributes and hex colours only, no style, class,
 * reference or foreign object, since slide programs drop or blacken those.
 */
export function sceneToSvg(scene: Scene, options: SvgOptions = {}): string {
  const { background = 'theme', fontFaces, idPrefix = 'figure-' } = options
  const { nodes, bounds } = composeSheet(scene, options)
  const [x, y] = [Math.floor(bounds.x), Math.floor(bounds.y)]
  const width = Math.ceil(bounds.x + bounds.width) - x
  const height = Math.ceil(bounds.y + bounds.height) - y
  const size = `width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}"`
  const titleId = `${idPrefix}title`
  const descriptionId = `${idPrefix}description`
  const write = writer(options, idPrefix)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="${titleId} ${descriptionId}">`,
    `<title id="${titleId}">${escapeXml(scene.title)}</title>`,
    `<desc id="${descriptionId}">${escapeXml(scene.description)}</desc>`,
    ...(fontFaces ? [`<defs><style>${fontFaces}</style></defs>`] : []),
    ...(background === 'theme'
      ? [`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${scene.theme.background}"/>`]
      : []),
    ...nodes.map((node) => write(node, '')),
    '</svg>',
    '',
  ].join('\n')
}

/** Width and height that `sceneToSvg` gives the figure, in CSS pixels. */
export function svgSize(scene: Scene, options: SheetOptions = {}): { width: number; height: number } {
  const { bounds } = composeSheet(scene, options)
  return {
    width: Math.ceil(bounds.x + bounds.width) - Math.floor(bounds.x),
    height: Math.ceil(bounds.y + bounds.height) - Math.floor(bounds.y),
  }
}

function writer({ outline }: SvgOptions, idPrefix: string): (node: SceneNode, indent: string) => string {
  const write = (node: SceneNode, indent: string): string => {
    switch (node.kind) {
      case 'rect': {
        const radius = node.radius ? ` rx="${round(node.radius)}"` : ''
        return `${indent}<rect x="${node.x}" y="${node.y}" width="${node.width}" height="${node.height}"${radius}${paint(node)}/>`
      }
      case 'circle':
        return `${indent}<circle cx="${round(node.cx)}" cy="${round(node.cy)}" r="${round(node.r)}"${paint(node)}/>`
      case 'path':
        return `${indent}<path d="${node.d}"${paint(node)}/>`
      case 'text':
        return indent + writeText(node)
      case 'group': {
        const place = node.translate ? ` transform="translate(${node.translate.x} ${node.translate.y})"` : ''
        return wrap(`<g${place}>`, node.children, '</g>', indent)
      }
      case 'item':
        return wrap(
          `<g id="${escapeXml(idPrefix + idOf(node))}">`,
          node.children,
          '</g>',
          indent,
          node.title ?? node.label,
        )
    }
  }

  function wrap(open: string, children: readonly SceneNode[], close: string, indent: string, title?: string): string {
    const inner = `${indent}  `
    return [
      indent + open,
      ...(title === undefined ? [] : [`${inner}<title>${escapeXml(title)}</title>`]),
      ...children.map((child) => write(child, inner)),
      indent + close,
    ].join('\n')
  }

  function writeText(node: TextShape): string {
    const outlines = outline?.(node)
    if (outlines) return `<path d="${outlines}" fill="${node.fill}"/>`
    const anchor = node.anchor === 'start' ? '' : ` text-anchor="${node.anchor}"`
    const weight = node.weight === 400 ? '' : ` font-weight="${node.weight}"`
    const family = escapeXml(familyStacks[node.family])
    const attributes = `x="${node.x}" y="${node.y}" font-family="${family}" font-size="${node.size}"${weight}${anchor} fill="${node.fill}"`
    return `<text ${attributes} xml:space="preserve">${escapeXml(node.text)}</text>`
  }

  return write
}

/** Ids of documents hold characters that an XML id must not; written as their codes, different ids stay different. */
function idOf(item: Item): string {
  return item.id.replace(/[^A-Za-z0-9.-]/gu, (character) => `_${character.codePointAt(0)?.toString(16)}`)
}

function paint(node: Paint): string {
  let attributes = ` fill="${node.fill ?? 'none'}"`
  if (node.fillOpacity !== undefined) attributes += ` fill-opacity="${node.fillOpacity}"`
  if (node.stroke) attributes += ` stroke="${node.stroke}" stroke-width="${node.strokeWidth ?? 1}"`
  if (node.dash) attributes += ` stroke-dasharray="${node.dash.join(' ')}"`
  return attributes
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(controlCharacters, '')
}

/** XML 1.0 has no way to write these. */
const controlCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g
