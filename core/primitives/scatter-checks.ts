import type { Combine } from '../compiler/reference/scatter.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { type ShapedArray, formatShape } from '../ir/aval.ts'
import { isInteger } from '../ir/dtype.ts'
import { type Accepted, checkDTypes } from './elementwise.ts'
import type { ScatterDimensionNumbers, ScatterParams } from './scatter.ts'
import { checkAxes, checkBatchingPairs, checkDisjoint, checkSorted } from './window-checks.ts'

const accepted: Readonly<Record<Combine, Accepted>> = {
  set: 'any',
  add: 'number',
  mul: 'number',
  min: 'bool or number',
  max: 'bool or number',
}

/** Size of the window along every operand axis. */
export function windowSizes(
  dn: ScatterDimensionNumbers,
  operandShape: readonly number[],
  updatesShape: readonly number[],
): number[] {
  let next = 0
  return operandShape.map((_, axis) =>
    dn.inserted_window_dims.includes(axis) || dn.operand_batching_dims.includes(axis)
      ? 1
      : updatesShape[dn.update_window_dims[next++]],
  )
}

/** Refuses operands, indices and updates that do not fit each other, and dtypes that cannot be combined so. */
export function checkScatter(
  name: string,
  [operand, indices, updates]: readonly ShapedArray[],
  { dimension_numbers: dn }: ScatterParams,
  combine: Combine,
): void {
  checkDTypes(name, [operand], [accepted[combine]])
  if (!isInteger(indices.dtype)) throw new ValueError(`${name}: indices must be integers, got ${indices.dtype}.`)
  if (operand.dtype !== updates.dtype) {
    throw new JaxTypeError(`${name} needs operand and updates of one dtype, got ${operand.dtype} and ${updates.dtype}.`)
  }
  if (indices.ndim === 0) {
    throw new JaxTypeError(`${name}: indices need a last axis that holds the index vectors, got a scalar.`)
  }
  const vectorAxis = indices.ndim - 1
  if (updates.ndim !== vectorAxis + dn.update_window_dims.length) {
    throw new JaxTypeError(
      `${name}: updates need one axis per index axis and window axis, ${vectorAxis + dn.update_window_dims.length} in all, ` +
        `got shape ${formatShape(updates.shape)}.`,
    )
  }
  checkAxes(name, 'update_window_dims', dn.update_window_dims, updates.ndim)
  checkSorted(name, 'update_window_dims', dn.update_window_dims)
  checkAxes(name, 'inserted_window_dims', dn.inserted_window_dims, operand.ndim)
  checkSorted(name, 'inserted_window_dims', dn.inserted_window_dims)
  checkAxes(name, 'operand_batching_dims', dn.operand_batching_dims, operand.ndim)
  checkSorted(name, 'operand_batching_dims', dn.operand_batching_dims)
  checkAxes(name, 'scatter_dims_to_operand_dims', dn.scatter_dims_to_operand_dims, operand.ndim)
  checkAxes(name, 'scatter_indices_batching_dims', dn.scatter_indices_batching_dims, vectorAxis)
  const batching = ['operand_batching_dims', dn.operand_batching_dims] as const
  checkDisjoint(name, ['inserted_window_dims', dn.inserted_window_dims], batching)
  checkDisjoint(name, ['scatter_dims_to_operand_dims', dn.scatter_dims_to_operand_dims], batching)
  checkBatchingPairs(name, operand.shape, batching[1], indices.shape, dn.scatter_indices_batching_dims)
  const windowAxes = dn.update_window_dims.length + dn.inserted_window_dims.length + dn.operand_batching_dims.length
  if (windowAxes !== operand.ndim) {
    throw new JaxTypeError(
      `${name}: every operand axis must be a window, inserted or batching axis, got ${windowAxes} such axes ` +
        `for shape ${formatShape(operand.shape)}.`,
    )
  }
  if (dn.scatter_dims_to_operand_dims.length !== indices.shape[vectorAxis]) {
    throw new JaxTypeError(
      `${name}: scatter_dims_to_operand_dims has ${dn.scatter_dims_to_operand_dims.length} entries but the index ` +
        `vectors have ${indices.shape[vectorAxis]} components (indices of shape ${formatShape(indices.shape)}).`,
    )
  }
  if (!windowSizes(dn, operand.shape, updates.shape).every((size, axis) => size <= operand.shape[axis])) {
    throw new JaxTypeError(
      `${name}: windows of the updates must fit into the operand, got updates of shape ${formatShape(updates.shape)} ` +
        `for operand shape ${formatShape(operand.shape)}.`,
    )
  }
  const lanes = updates.shape.filter((_, axis) => !dn.update_window_dims.includes(axis))
  if (!lanes.every((length, i) => length === indices.shape[i])) {
    throw new JaxTypeError(
      `${name}: updates need one window per index vector, got updates of shape ${formatShape(updates.shape)} ` +
        `for indices of shape ${formatShape(indices.shape)}.`,
    )
  }
}
