import { checkInterruption, elementsBetweenChecks } from '../../runtime/interruption.ts'

/**
 * Threefry-2x32 with 20 rounds (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3"):
 * a keyed bijection on pairs of 32-bit words. All arithmetic is modulo 2^32.
 */
const parity = 0x1bd11bda

/** Hashes `count` pairs (x0[i], x1[i]) under one key, into `out0` and `out1`, which may be x0 and x1. */
export function threefry2x32(
  key0: number,
  key1: number,
  x0: Uint32Array,
  x1: Uint32Array,
  out0: Uint32Array,
  out1: Uint32Array,
): void {
  const k0 = key0 | 0
  const k1 = key1 | 0
  const k2 = k0 ^ k1 ^ parity
  for (let i = 0; i < x0.length; i++) {
    if (i % elementsBetweenChecks === 0) checkInterruption()
    let a = (x0[i] + k0) | 0
    let b = (x1[i] + k1) | 0

    // Rounds 1-4 rotate by 13, 15, 26, 6; the next four by 17, 29, 16, 24; and so on in turn.
    a = (a + b) | 0
    b = ((b << 13) | (b >>> 19)) ^ a
    a = (a + b) | 0
    b = ((b << 15) | (b >>> 17)) ^ a
    a = (a + b) | 0
    b = ((b << 26) | (b >>> 6)) ^ a
    a = (a + b) | 0
    b = ((b << 6) | (b >>> 26)) ^ a
    a = (a + k1) | 0
    b = (b + k2 + 1) | 0

    a = (a + b) | 0
    b = ((b << 17) | (b >>> 15)) ^ a
    a = (a + b) | 0
    b = ((b << 29) | (b >>> 3)) ^ a
    a = (a + b) | 0
    b = ((b << 16) | (b >>> 16)) ^ a
    a = (a + b) | 0
    b = ((b << 24) | (b >>> 8)) ^ a
    a = (a + k2) | 0
    b = (b + k0 + 2) | 0

    a = (a + b) | 0
    b = ((b << 13) | (b >>> 19)) ^ a
    a = (a + b) | 0
    b = ((b << 15) | (b >>> 17)) ^ a
    a = (a + b) | 0
    b = ((b << 26) | (b >>> 6)) ^ a
    a = (a + b) | 0
    b = ((b << 6) | (b >>> 26)) ^ a
    a = (a + k0) | 0
    b = (b + k1 + 3) | 0

    a = (a + b) | 0
    b = ((b << 17) | (b >>> 15)) ^ a
    a = (a + b) | 0
    b = ((b << 29) | (b >>> 3)) ^ a
    a = (a + b) | 0
    b = ((b << 16) | (b >>> 16)) ^ a
    a = (a + b) | 0
    b = ((b << 24) | (b >>> 8)) ^ a
    a = (a + k1) | 0
    b = (b + k2 + 4) | 0

    a = (a + b) | 0
    b = ((b << 13) | (b >>> 19)) ^ a
    a = (a + b) | 0
    b = ((b << 15) | (b >>> 17)) ^ a
    a = (a + b) | 0
    b = ((b << 26) | (b >>> 6)) ^ a
    a = (a + b) | 0
    b = ((b << 6) | (b >>> 26)) ^ a
    out0[i] = (a + k2) | 0
    out1[i] = (b + k0 + 5) | 0
  }
}

/** Hashes a list of counters: its two halves are the two words of each pair, an odd tail is paired with 0. */
export function threefryCounters(key0: number, key1: number, counters: Uint32Array): Uint32Array {
  const half = Math.ceil(counters.length / 2)
  const words = new Uint32Array(2 * half)
  words.set(counters)
  const low = words.subarray(0, half)
  const high = words.subarray(half)
  threefry2x32(key0, key1, low, high, low, high)
  return words.subarray(0, counters.length)
}
