import { type Shape, sizeOf } from '../../ir/aval.ts'
import { isComplex } from '../../ir/dtype.ts'
import type { HostArray } from '../../ir/host-array.ts'
import { type ComplexRow, fourierSum, zeroRow } from './fourier-sum.ts'
import { countWork, elementsBetweenChecks, inBlocks } from '../../runtime/interruption.ts'

/** JAX's codes of the transforms. */
export const FFT = 0
export const IFFT = 1
export const RFFT = 2
export const IRFFT = 3

/**
 * The discrete Fourier transform over the last axes, computed in 64 bits. `type` is JAX's code; inverse transforms
 * are divided by the number of points. A transform to real numbers reads the first half of the last axis and takes
 * the rest to be its mirror image.
 */
export function fftKernel(x: HostArray, type: number, lengths: readonly number[], shape: Shape, out: HostArray): void {
  const rank = x.shape.length
  const values = partsOf(x)
  const inverse = type === IFFT || type === IRFFT
  const toReal = type === IRFFT
  const first = rank - lengths.length
  for (let axis = rank - 1; axis >= first; axis--) {
    if (toReal && axis === rank - 1) continue
    transformAxis(values, x.shape, axis, inverse, type === RFFT && axis === rank - 1)
  }
  if (type === RFFT) writeHalf(values, x.shape, shape, out)
  else if (toReal) writeReal(values, x.shape, shape, out)
  else writePairs(values, out)
}

function partsOf(x: HostArray): ComplexRow {
  const count = sizeOf(x.shape)
  const row = zeroRow(count)
  if (!isComplex(x.dtype)) {
    row.re.set(x.data)
    return row
  }
  for (let i = 0; i < count;) {
    const end = Math.min(count, i + elementsBetweenChecks)
    countWork(end - i)
    for (; i < end; i++) {
      row.re[i] = x.data[2 * i]
      row.im[i] = x.data[2 * i + 1]
    }
  }
  return row
}

function transformAxis(values: ComplexRow, shape: Shape, axis: number, inverse: boolean, fromReal: boolean): void {
  const length = shape[axis]
  if (length < 2) return
  const inner = sizeOf(shape.slice(axis + 1))
  const outer = sizeOf(shape.slice(0, axis))
  const sum = fourierSum(length)
  const row = zeroRow(length)
  const scale = inverse ? length : 1
  const { re, im } = values
  for (let block = 0; block < outer; block++) {
    for (let lane = 0; lane < inner; lane++) {
      const start = block * length * inner + lane
      for (let k = 0; k < length;) {
        const end = Math.min(length, k + elementsBetweenChecks)
        countWork(end - k)
        for (; k < end; k++) {
          row.re[k] = re[start + k * inner]
          row.im[k] = im[start + k * inner]
        }
      }
      const sums = directed(sum, row, inverse)
      for (let k = 0; k < length;) {
        const end = Math.min(length, k + elementsBetweenChecks)
        countWork(end - k)
        for (; k < end; k++) {
          re[start + k * inner] = sums.re[k] / scale
          // The sum of real numbers is real, and so is their alternating sum.
          im[start + k * inner] = fromReal && (2 * k) % length === 0 ? 0 : sums.im[k] / scale
        }
      }
    }
  }
}

/** The inverse sum is the forward one with real and imaginary parts exchanged, before and after. */
function directed(sum: (row: ComplexRow) => ComplexRow, row: ComplexRow, inverse: boolean): ComplexRow {
  if (!inverse) return sum(row)
  const { re, im } = sum({ re: row.im, im: row.re })
  return { re: im, im: re }
}

function writePairs({ re, im }: ComplexRow, { data }: HostArray): void {
  for (let i = 0; i < re.length;) {
    const end = Math.min(re.length, i + elementsBetweenChecks)
    countWork(end - i)
    for (; i < end; i++) {
      data[2 * i] = re[i]
      data[2 * i + 1] = im[i]
    }
  }
}

/** The first half of every row; the spectrum of real numbers mirrors it. */
function writeHalf(values: ComplexRow, from: Shape, shape: Shape, out: HostArray): void {
  const [length, half] = [from[from.length - 1], shape[shape.length - 1]]
  const rows = sizeOf(from.slice(0, -1))
  for (let row = 0; row < rows; row++) {
    inBlocks(half, (from, to) => {
      for (let k = from; k < to; k++) {
        const at = 2 * (row * half + k)
        out.data[at] = values.re[row * length + k]
        out.data[at + 1] = values.im[row * length + k]
      }
    })
  }
}

/** Every row completed by its mirror image and transformed back. */
function writeReal(values: ComplexRow, from: Shape, shape: Shape, out: HostArray): void {
  const [half, length] = [from[from.length - 1], shape[shape.length - 1]]
  const rows = sizeOf(from.slice(0, -1))
  const sum = fourierSum(length)
  const row = zeroRow(length)
  for (let block = 0; block < rows; block++) {
    inBlocks(length, (from, to) => {
      for (let k = from; k < to; k++) {
        const mirrored = 2 * k > length
        const at = block * half + (mirrored ? length - k : k)
        const real = k === 0 || 2 * k === length
        row.re[k] = values.re[at]
        row.im[k] = real ? 0 : mirrored ? -values.im[at] : values.im[at]
      }
    })
    const { re } = directed(sum, row, true)
    inBlocks(length, (from, to) => {
      for (let k = from; k < to; k++) out.data[block * length + k] = re[k] / length
    })
  }
}
