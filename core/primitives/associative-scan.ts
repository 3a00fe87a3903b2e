import type { JaxArray } from '../tracing/array.ts'
import { add } from './elementwise-arithmetic.ts'
import { bitwiseOr } from './elementwise-bitwise.ts'
import { concatenate } from './joining.ts'
import { rev } from './movement.ts'
import { constant } from './operand.ts'
import { pad, slice } from './slicing.ts'

/** Combines two runs of elements, each a tuple of arrays of the same length along the scanned axis. */
export type Combine = (earlier: readonly JaxArray[], later: readonly JaxArray[]) => readonly JaxArray[]

/**
 * All prefixes of a sequence under an associative operation, in logarithmic depth: neighbours are
 * combined, the half as long sequence is scanned, and the places in between are filled in.
 */
export function associativeScan(
  combine: Combine,
  elements: readonly JaxArray[],
  { axis, reverse = false }: { axis: number; reverse?: boolean },
): readonly JaxArray[] {
  const flip = (values: readonly JaxArray[]): readonly JaxArray[] =>
    reverse ? values.map((value) => rev(value, { dimensions: [axis] })) : values
  return flip(scanForward(combine, flip(elements), axis))
}

function scanForward(combine: Combine, elements: readonly JaxArray[], axis: number): readonly JaxArray[] {
  const length = elements[0].shape[axis]
  if (length < 2) return elements
  const pairs = combine(every(elements, axis, 0, length - 1, 2), every(elements, axis, 1, length, 2))
  const odd = scanForward(combine, pairs, axis)
  const before = length % 2 === 0 ? every(odd, axis, 0, odd[0].shape[axis] - 1, 1) : odd
  const even = combine(before, every(elements, axis, 2, length, 2))
  const first = every(elements, axis, 0, 1, 1)
  return odd.map((value, i) => interleave(concatenate([first[i], even[i]], { dimension: axis }), value, axis))
}

function every(
  values: readonly JaxArray[],
  axis: number,
  start: number,
  stop: number,
  stride: number,
): readonly JaxArray[] {
  return values.map((value) =>
    slice(value, {
      start_indices: value.shape.map((_, i) => (i === axis ? start : 0)),
      limit_indices: value.shape.map((length, i) => (i === axis ? stop : length)),
      strides: value.shape.map((_, i) => (i === axis ? stride : 1)),
    }),
  )
}

/** `a[0], b[0], a[1], b[1], …` along an axis. */
function interleave(a: JaxArray, b: JaxArray, axis: number): JaxArray {
  const even = a.shape[axis] === b.shape[axis]
  const spread = (value: JaxArray, low: number, high: number): JaxArray =>
    pad(value, constant(value, 0), {
      padding_config: value.shape.map((_, i) => (i === axis ? ([low, high, 1] as const) : ([0, 0, 0] as const))),
    })
  const combine = a.dtype === 'bool' ? bitwiseOr : add
  return combine(spread(a, 0, even ? 1 : 0), spread(b, 1, even ? 0 : 1))
}
