import type { FontFamily, FontWeight } from './fonts.ts'
import { widthTables } from './widths.ts'

type FaceKey = keyof typeof widthTables

const widths: Readonly<Record<FaceKey, ReadonlyMap<string, number>>> = {
  'sans-400': byCharacter(widthTables['sans-400']),
  'sans-600': byCharacter(widthTables['sans-600']),
  'mono-400': byCharacter(widthTables['mono-400']),
  'mono-600': byCharacter(widthTables['mono-600']),
}

/** A character outside the bundled fonts is drawn by some other font; an em is wide enough for nearly all. */
const unknownWidth = 1000

/** Characters that the bundled fonts lack, spelled with those that they have. */
const spellings: Readonly<Record<string, string>> = {
  '→': '->',
  '←': '<-',
  '≤': '<=',
  '≥': '>=',
  '≈': '~',
  '\t': ' ',
  '\n': ' ',
}

function byCharacter(table: Readonly<Record<number, string>>): Map<string, number> {
  const map = new Map<string, number>()
  for (const [width, characters] of Object.entries(table)) {
    for (const character of characters) map.set(character, Number(width))
  }
  return map
}

/** The text as figures draw it: only characters that the bundled fonts have, where a spelling is known. */
export function drawable(text: string): string {
  return text.replace(/[→←≤≥≈\t\n]/g, (character) => spellings[character] ?? character)
}

/** Width in pixels of one line of text, without kerning. */
export function measure(text: string, family: FontFamily, size: number, weight: FontWeight = 400): number {
  const table = widths[`${family}-${weight}`]
  let thousandths = 0
  for (const character of text) thousandths += table.get(character) ?? unknownWidth
  return (thousandths * size) / 1000
}

/** The text, or as much of it as fits with an ellipsis. */
export function fitText(
  text: string,
  room: number,
  family: FontFamily,
  size: number,
  weight: FontWeight = 400,
): string {
  if (measure(text, family, size, weight) <= room) return text
  const characters = [...text]
  while (characters.length > 1) {
    characters.pop()
    const shortened = characters.join('').trimEnd() + '…'
    if (measure(shortened, family, size, weight) <= room) return shortened
  }
  return '…'
}

/** Breaks a text at spaces into lines no wider than `room`; a longer word stays whole. */
export function wrapText(
  text: string,
  room: number,
  family: FontFamily,
  size: number,
  weight: FontWeight = 400,
): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && measure(longer, family, size, weight) > room) {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return line === '' ? lines : [...lines, line]
}
