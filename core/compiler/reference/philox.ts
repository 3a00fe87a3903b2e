import { checkInterruption } from '../../runtime/interruption.ts'

/**
 * Philox-4x32 with 10 rounds (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3"): a keyed bijection on four
 * 32-bit words. All arithmetic is modulo 2^32.
 */
const multipliers = [0xd2511f53n, 0xcd9e8d57n] as const
const keySteps = [0x9e3779b9, 0xbb67ae85] as const
const rounds = 10

export type PhiloxWords = readonly [number, number, number, number]

export function philox4x32(counter: PhiloxWords, key: readonly [number, number]): PhiloxWords {
  let [a, b, c, d] = counter
  let [k0, k1] = key
  for (let round = 0; round < rounds; round++) {
    const first = BigInt(a) * multipliers[0]
    const second = BigInt(c) * multipliers[1]
    a = (Number(second >> 32n) ^ b ^ k0) >>> 0
    b = Number(BigInt.asUintN(32, second))
    c = (Number(first >> 32n) ^ d ^ k1) >>> 0
    d = Number(BigInt.asUintN(32, first))
    k0 = (k0 + keySteps[0]) >>> 0
    k1 = (k1 + keySteps[1]) >>> 0
  }
  return [a, b, c, d]
}

/** The low 32 bits of a whole number, and the 32 above. */
export function wordsOf(value: bigint): [low: number, high: number] {
  return [Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n))]
}

/** The first `count` words that a key gives from a 128-bit counter on. */
export function philoxStream(counter: bigint, key: readonly [number, number], count: number): Uint32Array {
  const out = new Uint32Array(count)
  for (let block = 0; 4 * block < count; block++) {
    if (block % 4096 === 0) checkInterruption()
    const at = counter + BigInt(block)
    const words = philox4x32([...wordsOf(at), ...wordsOf(at >> 64n)], key)
    out.set(words.slice(0, count - 4 * block), 4 * block)
  }
  return out
}
