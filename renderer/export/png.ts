/** Chromium draws no larger canvas. */
const longestSide = 16384
const mostPixels = 268_000_000

/** The scale at which a picture of this size can be drawn, at most the wanted one. */
export function drawableScale(width: number, height: number, wanted: number): number {
  const bySide = longestSide / Math.max(width, height)
  const byArea = Math.sqrt(mostPixels / (width * height))
  return Math.min(wanted, bySide, byArea)
}

/** Pixels a metre at scale 1: 96 to the inch, as CSS has it. */
const cssPixelsPerMetre = 96 / 0.0254

/** Writes into a PNG how large it is meant to be, so that a 2× picture lands on a slide at its size. */
export function withDensity(png: Uint8Array, scale: number): Uint8Array<ArrayBuffer> {
  const perMetre = Math.round(cssPixelsPerMetre * scale)
  const chunk = new Uint8Array(21)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, 9)
  chunk.set([0x70, 0x48, 0x59, 0x73], 4)
  view.setUint32(8, perMetre)
  view.setUint32(12, perMetre)
  chunk[16] = 1
  view.setUint32(17, crc32(chunk.subarray(4, 17)))
  // After the signature (8) and the header chunk (25), before any image data.
  const header = 33
  const result = new Uint8Array(png.length + chunk.length)
  result.set(png.subarray(0, header))
  result.set(chunk, header)
  result.set(png.subarray(header), header + chunk.length)
  return result
}

/** The checksum of PNG chunks. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** Draws an SVG document as PNG. Needs a browser; text must be outlines, for an image loads no font. */
export async function svgToPng(svg: string, width: number, height: number, scale: number): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image(width, height)
    image.src = address
    await image.decode()
    const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale))
    const context = canvas.getContext('2d')
    if (!context) throw new Error('This browser gives no canvas to draw the picture on.')
    context.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await canvas.convertToBlob({ type: 'image/png' })
    return new Blob([withDensity(new Uint8Array(await blob.arrayBuffer()), scale)], { type: 'image/png' })
  } finally {
    URL.revokeObjectURL(address)
  }
}
