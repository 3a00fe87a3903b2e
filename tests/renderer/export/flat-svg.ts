/** What a flat SVG must not hold: every entry was dropped or blackened by some program that opens SVG files. */
const forbidden: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/<style/, 'a style element'],
  [/\sstyle=/, 'a style attribute'],
  [/\sclass=/, 'a class'],
  [/<foreignObject/, 'foreignObject'],
  [/<(filter|mask|clipPath|use|image|marker|pattern|script|a)[\s>]/, 'an element that programs drop'],
  [/<svg[\s\S]*<svg/, 'a nested svg'],
  [/dominant-baseline|alignment-baseline|textLength/, 'a text attribute that programs ignore'],
  [/var\(|currentColor|rgba?\(|hsla?\(|oklch|color-mix|transparent/, 'a colour that is not hex'],
  [/="[^"]*(NaN|undefined|Infinity|null)[^"]*"/, 'a number that is none'],
  [/\sfont=/, 'the font shorthand'],
]

const paint = /\s(fill|stroke)="([^"]*)"/g
const hex = /^#[0-9a-f]{6}$/
const numberPattern = '-?\\d+(?:\\.\\d+)?'
const pathPattern = new RegExp(`^(?:[MLQCZ](?:${numberPattern}(?:[ ,]${numberPattern})*)?)+$`)

/** The rules that a flat SVG document breaks; empty when there is none. */
export function flatSvgFaults(svg: string): string[] {
  const faults = forbidden.flatMap(([pattern, what]) => (pattern.test(svg) ? [`holds ${what}`] : []))
  const root = /^<svg ([^>]*)>/.exec(svg)?.[1] ?? ''
  for (const attribute of ['width', 'height', 'viewBox', 'xmlns']) {
    if (!root.includes(`${attribute}="`)) faults.push(`has no ${attribute}`)
  }
  if (!/<title[ >]/.test(svg) || !/<desc[ >]/.test(svg)) faults.push('has no title or description')
  for (const [, attribute, value = ''] of svg.matchAll(paint)) {
    if (value !== 'none' && !hex.test(value)) faults.push(`${attribute} is ${value}`)
  }
  for (const [, d = ''] of svg.matchAll(/\sd="([^"]*)"/g)) {
    if (!pathPattern.test(d)) faults.push(`path ${d.slice(0, 60)}`)
  }
  const ids = [...svg.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => id)
  for (const id of ids) if (!id.startsWith('figure-')) faults.push(`id ${id} has no prefix`)
  if (new Set(ids).size !== ids.length) faults.push('an id is there twice')
  return faults
}
