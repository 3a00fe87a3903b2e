/** The two families that figures are set in. Layout, screen and files use the same ones. */

export type FontFamily = 'sans' | 'mono'
export type FontWeight = 400 | 600

export interface FontFace {
  readonly family: FontFamily
  readonly weight: FontWeight
  readonly subset: 'latin' | 'greek'
  /** Package and path of the WOFF file. */
  readonly file: string
}

export const familyNames: Readonly<Record<FontFamily, string>> = { sans: 'Inter', mono: 'JetBrains Mono' }

/** With what to fall back on where the family is not installed: a file that opens on another machine. */
export const familyStacks: Readonly<Record<FontFamily, string>> = {
  sans: "Inter, 'Inter Variable', Helvetica, Arial, sans-serif",
  mono: "'JetBrains Mono', Menlo, Consolas, monospace",
}

const packages: Readonly<Record<FontFamily, string>> = { sans: 'inter', mono: 'jetbrains-mono' }
const families: readonly FontFamily[] = ['sans', 'mono']
const weights: readonly FontWeight[] = [400, 600]
const subsets: readonly FontFace['subset'][] = ['latin', 'greek']

export const fontFaces: readonly FontFace[] = families.flatMap((family) =>
  weights.flatMap((weight) =>
    subsets.map((subset) => ({
      family,
      weight,
      subset,
      file: `@fontsource/${packages[family]}/files/${packages[family]}-${subset}-${weight}-normal.woff`,
    })),
  ),
)

/** The faces that draw a text, the one to try first in front. */
export function facesOf(family: FontFamily, weight: FontWeight): FontFace[] {
  return fontFaces.filter((face) => face.family === family && face.weight === weight)
}
