/**
 * Block sizes of the heap. A page is what the heap counts in; small blocks of one size share a span of eight
 * pages, larger blocks are runs of pages. Between two sizes lies an eighth to a quarter, so that little is lost.
 */
export const pageBytes = 4096
export const pageShift = 12
export const spanPages = 8
export const granuleShift = 6
/** Every block starts at a multiple of this: a cache line, and more than any vector needs. */
export const alignment = 1 << granuleShift
export const largestSmall = 8192

function sizes(): number[] {
  const all: number[] = []
  for (let size = alignment; size <= 512; size += alignment) all.push(size)
  for (let power = 512; power < largestSmall; power *= 2)
    for (let quarter = 1; quarter <= 4; quarter++) all.push(power + (power / 4) * quarter)
  return all
}

/** Bytes of a block of each class, ascending. */
export const smallSizes: readonly number[] = sizes()

const classes = new Uint8Array(largestSmall / alignment + 1)
for (let granules = 1; granules < classes.length; granules++) {
  classes[granules] = smallSizes.findIndex((size) => size >= granules * alignment)
}

/** The class of the smallest small block that holds so many bytes. */
export function classOf(bytes: number): number {
  return classes[(bytes + alignment - 1) >>> granuleShift]
}
