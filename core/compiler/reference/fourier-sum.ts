import { countWork, inBlocks } from '../../runtime/interruption.ts'

/** Complex numbers, their real and imaginary parts apart. */
export interface ComplexRow {
  readonly re: Float64Array
  readonly im: Float64Array
}

export function zeroRow(length: number): ComplexRow {
  return { re: new Float64Array(length), im: new Float64Array(length) }
}

/** Prime factors above this are cheaper as a convolution. */
const largestRadix = 61

/**
 * The sums over j of x[j] exp(-2πi jk/n) for all k: by factors of n where they are small, otherwise by
 * Bluestein's convolution.
 */
export function fourierSum(length: number): (row: ComplexRow) => ComplexRow {
  const factors = factorsOf(length)
  return factors.every((factor) => factor <= largestRadix) ? sumByFactors(length, factors) : sumByConvolution(length)
}

/** Fours first, then primes in ascending order. */
function factorsOf(length: number): number[] {
  const factors: number[] = []
  let rest = length
  for (; rest % 4 === 0 && rest > 0; rest /= 4) factors.push(4)
  for (let prime = 2; prime * prime <= rest; prime++) {
    for (; rest % prime === 0; rest /= prime) factors.push(prime)
  }
  if (rest > 1) factors.push(rest)
  return factors
}

/** exp(-2πi k/n) for all k below n, each from an angle of at most π/4 and so exact on the axes. */
function rootsOfUnity(n: number): ComplexRow {
  const roots = zeroRow(n)
  for (let k = 0; k < n; k++) {
    if (k % lanesAtOnce === 0) countWork(Math.min(lanesAtOnce, n - k))
    const quadrant = Math.floor((4 * k) / n)
    const rest = 4 * k - quadrant * n
    const late = 2 * rest > n
    const angle = ((late ? n - rest : rest) / n) * (Math.PI / 2)
    const [near, far] = [Math.cos(angle), Math.sin(angle)]
    const [cos, sin] = late ? [far, near] : [near, far]
    roots.re[k] = [cos, -sin, -cos, sin][quadrant]
    roots.im[k] = [-sin, -cos, sin, cos][quadrant]
  }
  return roots
}

/** Stockham's ordering: each pass splits off one factor and leaves the results sorted. */
function sumByFactors(length: number, factors: readonly number[]): (row: ComplexRow) => ComplexRow {
  const roots = rootsOfUnity(length)
  const buffers: readonly [ComplexRow, ComplexRow] = [zeroRow(length), zeroRow(length)]
  return (row) => {
    let [from, to, spare] = [row, ...buffers]
    let rest = length
    for (const radix of factors) {
      pass(from, to, roots, radix, rest)
      rest /= radix
      ;[from, to, spare] = [to, spare, to]
    }
    return from
  }
}

/** Lanes between two looks whether to stop. */
const lanesAtOnce = 1024

/** One pass over sub-rows of length `rest`, which lie interleaved. */
function pass(from: ComplexRow, to: ComplexRow, roots: ComplexRow, radix: number, rest: number): void {
  const length = roots.re.length
  const part = rest / radix
  const stride = length / rest
  const terms = zeroRow(radix)
  const sums = zeroRow(radix)
  for (let k = 0; k < part; k++) {
    for (let lane = 0; lane < stride;) {
      const end = Math.min(stride, lane + lanesAtOnce)
      countWork(radix * (end - lane))
      for (; lane < end; lane++) {
        for (let j = 0; j < radix; j++) {
          const at = lane + stride * (k + part * j)
          terms.re[j] = from.re[at]
          terms.im[j] = from.im[at]
        }
        if (radix === 2) sumOfTwo(terms, sums)
        else if (radix === 4) sumOfFour(terms, sums)
        else smallSum(terms, sums, roots)
        for (let r = 0; r < radix; r++) {
          const at = lane + stride * (radix * k + r)
          const turn = k * r * stride
          // A factor of one is left out, so that it does not spread infinities.
          if (turn === 0) {
            to.re[at] = sums.re[r]
            to.im[at] = sums.im[r]
          } else {
            const [cos, sin] = [roots.re[turn], roots.im[turn]]
            to.re[at] = sums.re[r] * cos - sums.im[r] * sin
            to.im[at] = sums.re[r] * sin + sums.im[r] * cos
          }
        }
      }
    }
  }
}

function sumOfTwo({ re, im }: ComplexRow, sums: ComplexRow): void {
  sums.re[0] = re[0] + re[1]
  sums.im[0] = im[0] + im[1]
  sums.re[1] = re[0] - re[1]
  sums.im[1] = im[0] - im[1]
}

function sumOfFour({ re, im }: ComplexRow, sums: ComplexRow): void {
  const [evenRe, evenIm] = [re[0] + re[2], im[0] + im[2]]
  const [oddRe, oddIm] = [re[1] + re[3], im[1] + im[3]]
  const [differenceRe, differenceIm] = [re[0] - re[2], im[0] - im[2]]
  const [turnedRe, turnedIm] = [im[1] - im[3], re[3] - re[1]]
  sums.re[0] = evenRe + oddRe
  sums.im[0] = evenIm + oddIm
  sums.re[1] = differenceRe + turnedRe
  sums.im[1] = differenceIm + turnedIm
  sums.re[2] = evenRe - oddRe
  sums.im[2] = evenIm - oddIm
  sums.re[3] = differenceRe - turnedRe
  sums.im[3] = differenceIm - turnedIm
}

/** The definition itself, for a small prime; terms are paired so that real input keeps its symmetry. */
function smallSum({ re, im }: ComplexRow, sums: ComplexRow, roots: ComplexRow): void {
  const radix = re.length
  const step = roots.re.length / radix
  const half = (radix - 1) / 2
  sums.re[0] = re.reduce((total, term) => total + term, 0)
  sums.im[0] = im.reduce((total, term) => total + term, 0)
  for (let r = 1; r <= half; r++) {
    let [evenRe, evenIm, oddRe, oddIm] = [re[0], im[0], 0, 0]
    for (let j = 1; j <= half; j++) {
      const turn = ((j * r) % radix) * step
      const [cos, sin] = [roots.re[turn], roots.im[turn]]
      evenRe += (re[j] + re[radix - j]) * cos
      evenIm += (im[j] + im[radix - j]) * cos
      oddRe += (re[j] - re[radix - j]) * sin
      oddIm += (im[j] - im[radix - j]) * sin
    }
    sums.re[r] = evenRe - oddIm
    sums.im[r] = evenIm + oddRe
    sums.re[radix - r] = evenRe + oddIm
    sums.im[radix - r] = evenIm - oddRe
  }
}

/**
 * Bluestein (1970): jk = (j² + k² - (k - j)²)/2 makes the sum a convolution with a chirp, which power-of-two
 * transforms compute.
 */
function sumByConvolution(length: number): (row: ComplexRow) => ComplexRow {
  const padded = 2 ** Math.ceil(Math.log2(2 * length - 1))
  const halfTurns = rootsOfUnity(2 * length)
  const chirp = zeroRow(length)
  for (let k = 0, square = 0; k < length; square = (square + 2 * k + 1) % (2 * length), k++) {
    countWork(1)
    chirp.re[k] = halfTurns.re[square]
    chirp.im[k] = halfTurns.im[square]
  }
  const transform = fourierSum(padded)
  const mirrored = zeroRow(padded)
  for (let k = 0; k < length; k++) {
    countWork(1)
    const other = (padded - k) % padded
    mirrored.re[k] = mirrored.re[other] = chirp.re[k]
    mirrored.im[k] = mirrored.im[other] = -chirp.im[k]
  }
  const sums = transform(mirrored)
  const kernel = { re: sums.re.slice(), im: sums.im.slice() }
  return (row) => {
    const turned = zeroRow(padded)
    multiplyInto(turned, row, chirp)
    const spectrum = transform(turned)
    const product = zeroRow(padded)
    multiplyInto(product, spectrum, kernel)
    // Exchanged parts make a forward transform an inverse one.
    const back = transform({ re: product.im, im: product.re })
    const result = zeroRow(length)
    multiplyInto(result, { re: back.im.subarray(0, length), im: back.re.subarray(0, length) }, chirp)
    inBlocks(length, (from, to) => {
      for (let k = from; k < to; k++) {
        result.re[k] /= padded
        result.im[k] /= padded
      }
    })
    return result
  }
}

/** The products of as many numbers as the second factor has. */
function multiplyInto(out: ComplexRow, x: ComplexRow, y: ComplexRow): void {
  inBlocks(y.re.length, (from, to) => {
    for (let k = from; k < to; k++) {
      out.re[k] = x.re[k] * y.re[k] - x.im[k] * y.im[k]
      out.im[k] = x.re[k] * y.im[k] + x.im[k] * y.re[k]
    }
  })
}
