import { JaxTypeError } from '../errors.ts'
import type { Shape } from '../ir/aval.ts'
import { kindOf } from '../ir/dtype.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { add, mul } from '../primitives/elementwise-arithmetic.ts'
import { lt } from '../primitives/elementwise-comparison.ts'
import type { GatherDimensionNumbers } from '../primitives/gather.ts'
import { iota } from '../primitives/iota.ts'
import { concatenate } from '../primitives/joining.ts'
import { broadcastInDim, expandDims, rev } from '../primitives/movement.ts'
import { selectN } from '../primitives/selection.ts'
import { fromHost, scalar } from '../runtime/concrete-array.ts'
import { hostArray } from '../ir/host-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type ParsedIndex, expandIndices, resolveSlice } from './index-expression.ts'
import { broadcastArrays } from './shape.ts'

/**
 * A NumPy index as one gather (or, turned around, one scatter): first the gather, then ranges with a
 * negative step reversed, then new axes inserted.
 */
export interface GatherIndex {
  /** Shape of the indexed result. */
  readonly shape: Shape
  readonly sliceSizes: readonly number[]
  readonly indices: JaxArray
  readonly dimensionNumbers: GatherDimensionNumbers
  /** No array of indices is involved, so no place is named twice and places come in order. */
  readonly orderly: boolean
  readonly reversed: readonly number[]
  readonly newAxes: readonly number[]
}

/** Index components broadcast over the result's index axes, with the axis where each begins. */
interface Component {
  readonly values: JaxArray
  readonly firstAxis: number
}

/** Negative entries count from the end. */
export function wrapNegative(index: JaxArray, length: number): JaxArray {
  if (kindOf(index.dtype) === 'uint') return index
  return selectN(lt(index, scalar(0, index.dtype)), index, add(index, scalar(length, index.dtype, index.weakType)))
}

/** The same for where a block begins, which is not weakly typed. */
export function blockStart(index: JaxArray, length: number): JaxArray {
  if (kindOf(index.dtype) === 'uint') return index
  const isNegative = lt(index, scalar(0, index.dtype))
  const strong = index.weakType ? convertElementType(index, index.dtype) : index
  return selectN(isNegative, index, add(strong, scalar(length, index.dtype)))
}

type Single = Exclude<ParsedIndex, { kind: 'ellipsis' }>

export function gatherIndexOf(parsed: readonly ParsedIndex[], shape: Shape, wrap = true): GatherIndex {
  const advancedPlaces = parsed.flatMap(({ kind }, i) => (kind === 'array' || kind === 'integer' ? [i] : []))
  const contiguous = advancedPlaces.every((place, i) => i === 0 || place - advancedPlaces[i - 1] === 1)
  const indices = expandIndices(parsed, shape.length)
  const isAdvanced = indices.some((index) => index.kind === 'array' && index.array.ndim > 0)
  const builder = new GatherIndexBuilder(shape, wrap)
  const advanced = isAdvanced ? indices.filter((index) => index.kind === 'array' || index.kind === 'integer') : []
  // Index arrays that stand apart put their axes in front of all others, as NumPy has it.
  if (advanced.length > 0 && !contiguous) builder.addAdvanced(advanced)
  for (const index of indices) {
    if (contiguous && index === advanced[0]) builder.addAdvanced(advanced)
    builder.add(index, isAdvanced)
  }
  return builder.finish(advanced.length === 0)
}

class GatherIndexBuilder {
  private readonly operandShape: Shape
  private readonly wrap: boolean
  private readonly shape: number[] = []
  private readonly sliceSizes: number[] = []
  private readonly components: Component[] = []
  private readonly indexAxes: number[] = []
  private readonly offsetDims: number[] = []
  private readonly collapsed: number[] = []
  private readonly startIndexMap: number[] = []
  private readonly reversed: number[] = []
  private readonly newAxes: number[] = []
  /** Axes of the gather's own result so far, which has no new axes yet. */
  private gathered = 0

  constructor(operandShape: Shape, wrap: boolean) {
    this.operandShape = operandShape
    this.wrap = wrap
  }

  addAdvanced(indices: readonly Single[]): void {
    const arrays = indices.flatMap((index) => this.indexArray(index))
    const broadcast = broadcastArrays(...arrays)
    const shape = broadcast[0].shape
    for (const values of broadcast) {
      this.components.push({ values: convertElementType(values, 'int32'), firstAxis: this.indexAxes.length })
    }
    this.indexAxes.push(...shape)
    this.shape.push(...shape)
    this.gathered += shape.length
    for (const index of indices) {
      if (index.kind === 'newaxis') continue
      this.startIndexMap.push(index.axis)
      this.collapsed.push(index.axis)
    }
  }

  private indexArray(index: Single): JaxArray[] {
    if (index.kind === 'integer') return [scalar(this.wrapped(index.value, index.axis), 'int32')]
    if (index.kind !== 'array') return []
    return [this.wrap ? wrapNegative(index.array, this.operandShape[index.axis]) : index.array]
  }

  private wrapped(value: number, axis: number): number {
    return this.wrap && value < 0 ? value + this.operandShape[axis] : value
  }

  add(index: Single, isAdvanced: boolean): void {
    switch (index.kind) {
      case 'newaxis':
        this.newAxes.push(this.shape.length)
        this.shape.push(1)
        return
      case 'slice':
        this.addSlice(index)
        return
      case 'integer':
      case 'array':
        this.sliceSizes.push(1)
        if (!isAdvanced) this.addScalar(index)
    }
  }

  private addScalar(index: Extract<Single, { kind: 'integer' | 'array' }>): void {
    if (this.operandShape[index.axis] === 0) {
      throw new JaxTypeError(`an index is out of bounds for axis ${index.axis} of length 0.`)
    }
    const [values] = this.indexArray(index)
    this.components.push({ values: convertElementType(values, 'int32'), firstAxis: this.indexAxes.length })
    this.collapsed.push(index.axis)
    this.startIndexMap.push(index.axis)
  }

  private addSlice({ slice, axis }: Extract<Single, { kind: 'slice' }>): void {
    const length = this.operandShape[axis]
    const { start, step, size } = resolveSlice(slice, length)
    this.shape.push(size)
    if (step === 1) {
      if (size !== length) {
        this.components.push({ values: scalar(start, 'int32'), firstAxis: this.indexAxes.length })
        this.startIndexMap.push(axis)
      }
      this.sliceSizes.push(size)
      this.offsetDims.push(this.gathered)
    } else {
      const counted = iota({ dtype: 'int32', shape: [size], dimension: 0 })
      const places = add(scalar(start, 'int32'), mul(scalar(step, 'int32'), counted))
      if (step < 0) this.reversed.push(this.gathered)
      const values = step < 0 ? rev(places, { dimensions: [0] }) : places
      this.components.push({ values, firstAxis: this.indexAxes.length })
      this.startIndexMap.push(axis)
      this.collapsed.push(axis)
      this.indexAxes.push(size)
      this.sliceSizes.push(1)
    }
    this.gathered++
  }

  finish(orderly: boolean): GatherIndex {
    return {
      shape: this.shape,
      sliceSizes: this.sliceSizes,
      indices: this.indexVectors(),
      dimensionNumbers: {
        offset_dims: this.offsetDims,
        collapsed_slice_dims: this.collapsed.toSorted((a, b) => a - b),
        start_index_map: this.startIndexMap,
        operand_batching_dims: [],
        start_indices_batching_dims: [],
      },
      orderly,
      reversed: this.reversed,
      newAxes: this.newAxes,
    }
  }

  private indexVectors(): JaxArray {
    const [only] = this.components
    if (only === undefined) return fromHost(hostArray([0], 'int32'))
    if (this.components.length === 1) return expandDims(only.values, [only.values.ndim])
    const shape = [...this.indexAxes, 1]
    const columns = this.components.map(({ values, firstAxis }) =>
      broadcastInDim(values, { shape, broadcast_dimensions: values.shape.map((_, i) => firstAxis + i) }),
    )
    return concatenate(columns, { dimension: this.indexAxes.length })
  }
}
