import { narrowed, widened } from './bfloat16.ts'
import { convertHost } from './convert.ts'
import { maximumWide, minimumWide } from './wide-elementwise.ts'
import { bigintsOf, numberOf } from '../../ir/element.ts'
import { type TypedArray, isComplex, isWideInteger, storageWidth } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { maximum, minimum } from './floating-point.ts'
import { inBlocks } from '../../runtime/interruption.ts'

export function selectKernel(which: HostArray, cases: readonly HostArray[]): HostArray {
  const [first] = cases
  if (which.shape.length === 0) return cases[clampIndex(numberOf(which), cases.length)]
  const out = hostArray(first.shape, first.dtype)
  const width = storageWidth(first.dtype)
  const index = isWideInteger(which.dtype) ? convertHost(which, 'float64').data : which.data
  const to = out.data
  if (width === 1 && cases.length === 2) {
    const [a, b] = [cases[0].data, cases[1].data]
    inBlocks(to.length, (first, end) => {
      for (let i = first; i < end; i++) to[i] = index[i] > 0 ? b[i] : a[i]
    })
    return out
  }
  inBlocks(index.length, (first, end) => {
    for (let i = first; i < end; i++) {
      const from = cases[clampIndex(index[i], cases.length)].data
      for (let word = i * width; word < (i + 1) * width; word++) to[word] = from[word]
    }
  })
  return out
}

function clampIndex(index: number, count: number): number {
  return index < 0 ? 0 : index >= count ? count - 1 : index
}

export function clampKernel(min: HostArray, x: HostArray, max: HostArray): HostArray {
  if (x.dtype === 'bfloat16') return narrowed(clampKernel(widened(min), widened(x), widened(max)))
  const out = hostArray(x.shape, x.dtype)
  const minStep = min.shape.length === 0 ? 0 : 1
  const maxStep = max.shape.length === 0 ? 0 : 1
  if (isComplex(x.dtype)) {
    // XLA compares real parts alone, and among equal ones keeps the lower bound, then the value.
    inBlocks(x.data.length / 2, (first, end) => {
      for (let i = 2 * first; i < 2 * end; i += 2) {
        const [low, high] = [i * minStep, i * maxStep]
        const above: [TypedArray, number] = min.data[low] >= x.data[i] ? [min.data, low] : [x.data, i]
        const [from, at] = above[0][above[1]] <= max.data[high] ? above : [max.data, high]
        out.data[i] = from[at]
        out.data[i + 1] = from[at + 1]
      }
    })
    return out
  }
  if (isWideInteger(x.dtype)) {
    const [low, value, high] = [min, x, max].map(({ dtype, data }) => bigintsOf(dtype, data))
    const results = bigintsOf(x.dtype, out.data)
    inBlocks(results.length, (first, end) => {
      for (let i = first; i < end; i++) {
        results[i] = minimumWide(maximumWide(value[i], low[i * minStep]), high[i * maxStep])
      }
    })
    return out
  }
  inBlocks(out.data.length, (first, end) => {
    for (let i = first; i < end; i++) {
      out.data[i] = minimum(maximum(x.data[i], min.data[i * minStep]), max.data[i * maxStep])
    }
  })
  return out
}
