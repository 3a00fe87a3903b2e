import { type Shape, sizeOf } from '../../ir/aval.ts'
import { type DType, type TypedArray, allocate, isFloat } from '../../ir/dtype.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { asOperand, computedIn } from './accumulation.ts'
import { offsetsOf, stridesOf, takeOffsets } from './broadcast.ts'
import { convertHost } from './convert.ts'
import { type PairArithmetic, isPair, withArithmetic } from './pair-arithmetic.ts'
import { countWork } from '../../runtime/interruption.ts'

/** Where and how a window moves along one spatial axis. */
export interface WindowAxis {
  readonly input: number
  readonly window: number
  readonly output: number
  readonly stride: number
  readonly low: number
  /** Steps between input elements that zeros are put between, and between window elements. */
  readonly inputDilation: number
  readonly windowDilation: number
}

/**
 * For every output position and window element, in row-major order, the input position that meets it;
 * -1 where that lies in the padding or between input elements.
 */
export function windowTaps(axes: readonly WindowAxis[]): Int32Array {
  let taps = Int32Array.of(0)
  let outputs = 1
  let windows = 1
  for (const axis of axes) {
    const next = new Int32Array(outputs * axis.output * windows * axis.window)
    let at = 0
    for (let output = 0; output < outputs; output++) {
      for (let o = 0; o < axis.output; o++) {
        for (let window = 0; window < windows; window++) {
          countWork(axis.window)
          const outer = taps[output * windows + window]
          for (let w = 0; w < axis.window; w++) {
            const inner = inputIndex(axis, o, w)
            next[at++] = outer < 0 || inner < 0 ? -1 : outer * axis.input + inner
          }
        }
      }
    }
    taps = next
    outputs *= axis.output
    windows *= axis.window
  }
  return taps
}

function inputIndex(axis: WindowAxis, output: number, window: number): number {
  const position = output * axis.stride - axis.low + window * axis.windowDilation
  if (position < 0 || position % axis.inputDilation !== 0) return -1
  const index = position / axis.inputDilation
  return index < axis.input ? index : -1
}

/** Which axes of an array are batch (or output feature), feature (or input feature), and spatial. */
export type ConvolutionSpec = readonly number[]

export interface ConvolutionPlan {
  readonly lhsSpec: ConvolutionSpec
  readonly rhsSpec: ConvolutionSpec
  readonly outSpec: ConvolutionSpec
  readonly axes: readonly WindowAxis[]
  readonly featureGroups: number
  readonly batchGroups: number
}

/** Where products are read: input positions by window element, and how many features lie at each. */
interface Products {
  readonly x: TypedArray
  readonly w: TypedArray
  readonly taps: Int32Array
  readonly windows: number
  readonly features: number
  /** Features that are summed over. */
  readonly depth: number
}

/** Sums for place `at` of the result, from the first input feature, the first tap and the first weight on. */
type Sum = (at: number, input: number, tap: number, weight: number) => void

/** Sums over window and input features, walked with features innermost; floats are accumulated in 64 bits. */
export function convolutionKernel(
  lhs: HostArray,
  rhs: HostArray,
  plan: ConvolutionPlan,
  shape: Shape,
  dtype: DType,
): HostArray {
  const computed = computedIn(lhs.dtype, dtype)
  if (computed !== dtype) return convertHost(convolutionKernel(lhs, rhs, plan, shape, computed), dtype)
  const featuresLast = ([batch, feature, ...spatial]: ConvolutionSpec): number[] => [batch, ...spatial, feature]
  const x = arrange(asOperand(lhs, dtype), featuresLast(plan.lhsSpec))
  const w = arrange(asOperand(rhs, dtype), featuresLast(plan.rhsSpec))
  const taps = windowTaps(plan.axes)
  const extent = (pick: (axis: WindowAxis) => number): number => sizeOf(plan.axes.map(pick))
  const inputs = extent((axis) => axis.input)
  const windows = extent((axis) => axis.window)
  const outputs = extent((axis) => axis.output)
  const features = lhs.shape[plan.lhsSpec[1]]
  const outFeatures = rhs.shape[plan.rhsSpec[0]]
  const depth = rhs.shape[plan.rhsSpec[1]]
  const batches = lhs.shape[plan.lhsSpec[0]] / plan.batchGroups
  const perFeatureGroup = outFeatures / plan.featureGroups
  const perBatchGroup = outFeatures / plan.batchGroups
  const sums = allocate(dtype, batches * outputs * outFeatures)
  const sum = sumOf({ x, w, taps, windows, features, depth }, sums, dtype)
  let at = 0
  for (let batch = 0; batch < batches; batch++) {
    for (let output = 0; output < outputs; output++) {
      for (let out = 0; out < outFeatures; out++) {
        countWork(windows * depth)
        const source = (batch + Math.floor(out / perBatchGroup) * batches) * inputs
        const firstFeature = Math.floor(out / perFeatureGroup) * depth
        sum(at++, source * features + firstFeature, output * windows, out * windows * depth)
      }
    }
  }
  return fromFeaturesLast(sums, featuresLast(plan.outSpec), shape, dtype)
}

/** The sum of one place of the result, by how values of the dtype are stored. */
function sumOf(products: Products, sums: TypedArray, dtype: DType): Sum {
  const { x, w, taps, windows, features, depth } = products
  if (isPair(dtype)) return withArithmetic(dtype, (arithmetic) => sumOfPairs(arithmetic, products, sums))
  if (isFloat(dtype)) {
    return (at, input, tap, weight) => {
      let sum = 0
      for (let window = 0; window < windows; window++) {
        if (taps[tap + window] < 0) continue
        const from = input + taps[tap + window] * features
        const to = weight + window * depth
        for (let k = 0; k < depth; k++) sum += x[from + k] * w[to + k]
      }
      sums[at] = sum
    }
  }
  return (at, input, tap, weight) => {
    let sum = 0
    for (let window = 0; window < windows; window++) {
      if (taps[tap + window] < 0) continue
      const from = input + taps[tap + window] * features
      const to = weight + window * depth
      for (let k = 0; k < depth; k++) sum = (sum + Math.imul(x[from + k], w[to + k])) | 0
    }
    sums[at] = dtype === 'bool' && sum !== 0 ? 1 : sum
  }
}

function sumOfPairs<T>(arithmetic: PairArithmetic<T>, products: Products, sums: TypedArray): Sum {
  const { x, w, taps, windows, features, depth } = products
  const { read, write, multiply, combiner, identity } = arithmetic
  const add = combiner('sum')
  return (at, input, tap, weight) => {
    let sum = identity('sum')
    for (let window = 0; window < windows; window++) {
      if (taps[tap + window] < 0) continue
      const from = input + taps[tap + window] * features
      const to = weight + window * depth
      for (let k = 0; k < depth; k++) sum = add(sum, multiply(read(x, from + k), read(w, to + k)))
    }
    write(sums, at, sum)
  }
}

function arrange(source: HostArray, order: readonly number[]): TypedArray {
  if (order.every((axis, i) => axis === i)) return source.data
  const strides = stridesOf(source.shape)
  const shape = order.map((axis) => source.shape[axis])
  return takeOffsets(
    source,
    shape,
    offsetsOf(
      shape,
      order.map((axis) => strides[axis]),
    ),
  ).data
}

/** Moves the axes from the order they were computed in to their places in the result. */
function fromFeaturesLast(data: TypedArray, order: readonly number[], shape: Shape, dtype: DType): HostArray {
  const computed = hostArray(
    order.map((axis) => shape[axis]),
    dtype,
    data,
  )
  const strides = stridesOf(computed.shape)
  const places = shape.map((_, axis) => strides[order.indexOf(axis)])
  return takeOffsets(computed, shape, offsetsOf(shape, places))
}
