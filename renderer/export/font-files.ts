import greekMono400 from '@fontsource/jetbrains-mono/files/jetbrains-mono-greek-400-normal.woff?url'
import greekMono600 from '@fontsource/jetbrains-mono/files/jetbrains-mono-greek-600-normal.woff?url'
import latinMono400 from '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff?url'
import latinMono600 from '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-600-normal.woff?url'
import greekSans400 from '@fontsource/inter/files/inter-greek-400-normal.woff?url'
import greekSans600 from '@fontsource/inter/files/inter-greek-600-normal.woff?url'
import latinSans400 from '@fontsource/inter/files/inter-latin-400-normal.woff?url'
import latinSans600 from '@fontsource/inter/files/inter-latin-600-normal.woff?url'
import type { FontFace } from '../visuals/text/fonts.ts'

const addresses: Readonly<Record<`${FontFace['family']}-${FontFace['subset']}-${FontFace['weight']}`, string>> = {
  'sans-latin-400': latinSans400,
  'sans-latin-600': latinSans600,
  'sans-greek-400': greekSans400,
  'sans-greek-600': greekSans600,
  'mono-latin-400': latinMono400,
  'mono-latin-600': latinMono600,
  'mono-greek-400': greekMono400,
  'mono-greek-600': greekMono600,
}

/** The bytes of a bundled font file, from the lab itself. */
export async function fetchFont({ family, subset, weight }: FontFace): Promise<ArrayBuffer> {
  const response = await fetch(addresses[`${family}-${subset}-${weight}`])
  if (!response.ok) throw new Error(`The font ${family} ${weight} could not be read (${response.status}).`)
  return response.arrayBuffer()
}
