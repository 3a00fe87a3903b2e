/** Hashes of plain data: equal data have equal hashes, in every run. Whoever finds something by one compares as well. */

/** One number out of two, in which the order counts. */
export function mixed(hash: number, part: number): number {
  const product = Math.imul(hash ^ part, 0x5bd1e995)
  return (product ^ (product >>> 15)) | 0
}

export function hashOfText(text: string): number {
  let hash = text.length
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash
}

const float = new Float64Array(1)
const words = new Int32Array(float.buffer)

export function hashOfNumber(value: number): number {
  const integer = value | 0
  // Zeros of both signs are told apart when they are compared.
  if (integer === value) return integer
  if (Number.isNaN(value)) return 0x7ff8
  float[0] = value
  return mixed(words[0], words[1])
}
