import { sizeOf } from '../../ir/aval.ts'
import type { JaxprEqn } from '../../ir/jaxpr.ts'
import type { ParamValue } from '../../tracing/primitive.ts'
import { coordinate, kernelText, stridesOf } from './program.ts'

/** Kernels that read other elements than the one they write: body text over `in0`, `in1`, `out0`. */
export const structuredKernels: Readonly<Record<string, (eqn: JaxprEqn) => string>> = {
  reduce_sum: (eqn) => reduction(eqn, '0.0', (total, value) => `${total} + ${value}`),
  reduce_max: (eqn) => reduction(eqn, null, (total, value) => `max(${total}, ${value})`),
  reduce_min: (eqn) => reduction(eqn, null, (total, value) => `min(${total}, ${value})`),
  // The axes that are left in a program of one device are lanes of a vmap.
  psum: (eqn) => reduction(eqn, '0.0', (total, value) => `${total} + ${value}`),
  pmax: (eqn) => reduction(eqn, null, (total, value) => `max(${total}, ${value})`),
  pmin: (eqn) => reduction(eqn, null, (total, value) => `min(${total}, ${value})`),
  broadcast_in_dim: broadcast,
  reshape: (eqn) => oneToOne(eqn, 'in0[i]'),
  squeeze: (eqn) => oneToOne(eqn, 'in0[i]'),
  transpose: transposed,
  dot_general: matmul,
}

function integers(value: ParamValue): number[] {
  return Array.isArray(value) ? value.map(Number) : []
}

function outputSize(eqn: JaxprEqn): number {
  return sizeOf(eqn.outputs[0].aval.shape)
}

function oneToOne(eqn: JaxprEqn, expression: string): string {
  return kernelText(1, 1, outputSize(eqn), `  out0[i] = ${expression};`)
}

/** One invocation an output element, which walks the reduced axes; without `initial` from the first element on. */
function reduction(eqn: JaxprEqn, initial: string | null, combine: (total: string, value: string) => string): string {
  const { shape } = eqn.inputs[0].aval
  const axes = integers(eqn.params.axes)
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const strides = stridesOf(shape)
  const outShape = eqn.outputs[0].aval.shape
  const start = kept.map((axis, i) => `${coordinate('i', outShape, i)} * ${strides[axis]}u`).join(' + ') || '0u'
  const reducedShape = axes.map((axis) => shape[axis])
  const offset = axes.map((axis, i) => `${coordinate('k', reducedShape, i)} * ${strides[axis]}u`).join(' + ') || '0u'
  return kernelText(
    1,
    1,
    outputSize(eqn),
    `  let start = ${start};
  var total: f32 = ${initial ?? 'in0[start]'};
  for (var k = ${initial === null ? 1 : 0}u; k < ${sizeOf(reducedShape)}u; k++) { total = ${combine('total', `in0[start + ${offset}]`)}; }
  out0[i] = total;`,
  )
}

function broadcast(eqn: JaxprEqn): string {
  const { shape } = eqn.inputs[0].aval
  const outShape = eqn.outputs[0].aval.shape
  const dimensions = integers(eqn.params.broadcast_dimensions)
  const strides = stridesOf(shape)
  const terms = dimensions.flatMap((dimension, axis) =>
    shape[axis] === 1 ? [] : [`${coordinate('i', outShape, dimension)} * ${strides[axis]}u`],
  )
  return oneToOne(eqn, `in0[${terms.join(' + ') || '0u'}]`)
}

function transposed(eqn: JaxprEqn): string {
  const { shape } = eqn.inputs[0].aval
  const outShape = eqn.outputs[0].aval.shape
  const strides = stridesOf(shape)
  const terms = integers(eqn.params.permutation).map((axis, i) => `${coordinate('i', outShape, i)} * ${strides[axis]}u`)
  return oneToOne(eqn, `in0[${terms.join(' + ') || '0u'}]`)
}

/** A contraction over any axes: batch, then free axes of the left, then of the right operand. */
function matmul(eqn: JaxprEqn): string {
  const [left, right] = eqn.inputs.map((input) => input.aval.shape)
  const [contracting, batch] = pairs(eqn.params.dimension_numbers)
  const outShape = eqn.outputs[0].aval.shape
  const contracted = contracting[0].map((axis) => left[axis])
  const addressOf = (side: 0 | 1, shape: readonly number[], firstFree: number): string => {
    const strides = stridesOf(shape)
    let free = firstFree
    const terms = shape.map((_, axis) => {
      const inBatch = batch[side].indexOf(axis)
      const inContraction = contracting[side].indexOf(axis)
      const where =
        inBatch >= 0
          ? coordinate('i', outShape, inBatch)
          : inContraction >= 0
            ? coordinate('k', contracted, inContraction)
            : coordinate('i', outShape, free++)
      return `${where} * ${strides[axis]}u`
    })
    return terms.join(' + ') || '0u'
  }
  const leftFree = left.length - batch[0].length - contracting[0].length
  const a = addressOf(0, left, batch[0].length)
  const b = addressOf(1, right, batch[0].length + leftFree)
  return kernelText(
    2,
    1,
    outputSize(eqn),
    `  var total: f32 = 0.0;
  for (var k = 0u; k < ${sizeOf(contracted)}u; k++) { total += in0[${a}] * in1[${b}]; }
  out0[i] = total;`,
  )
}

function pairs(value: ParamValue): [[number[], number[]], [number[], number[]]] {
  const lists = Array.isArray(value) ? value : []
  const pair = (item: ParamValue): [number[], number[]] =>
    Array.isArray(item) ? [integers(item[0]), integers(item[1])] : [[], []]
  return [pair(lists[0]), pair(lists[1])]
}
