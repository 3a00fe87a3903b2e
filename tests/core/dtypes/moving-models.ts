import { type Shape, ShapedArray } from '../../../core/ir/aval.ts'
import { type DType, allDTypes, bitWidth, kindOf } from '../../../core/ir/dtype.ts'
import type { HostArray } from '../../../core/ir/host-array.ts'
import { ClosedJaxpr, Jaxpr, Var } from '../../../core/ir/jaxpr.ts'
import { squarePrimitive } from '../../../core/primitives/elementwise-arithmetic.ts'
import { notPrimitive } from '../../../core/primitives/elementwise-bitwise.ts'
import { allPrimitives } from '../../../core/primitives/registry.ts'
import type { ParamValue, Primitive } from '../../../core/tracing/primitive.ts'
import {
  type Case,
  type Model,
  anything,
  arithmeticOf,
  array,
  big,
  integers,
  modelOf,
  notKeys,
  numbers,
} from './case.ts'
import { folded } from './folds.ts'
import { markers } from './order-models.ts'
import { type Value, decode, edgesOf, plainValues, settle, wrappingValues } from './values.ts'

type Params = { readonly [name: string]: ParamValue }

function primitiveNamed(name: string): Primitive {
  const found = allPrimitives.find((primitive) => primitive.name === name)
  if (found === undefined) throw new Error(`there is no primitive ${name}`)
  return found
}

/**
 * What only moves values commutes with renaming them: it gives on arrays of any dtype what it gives on
 * int32 numbers that name their values.
 */
function moves(name: string, shapes: readonly Shape[], params: Params, ...rest: readonly HostArray[]): Model {
  return modelOf(anything, (dtype) => {
    let next = 0
    const inputs = shapes.map((shape) => {
      const size = shape.reduce((product, length) => product * length, 1)
      const names = Array.from({ length: size }, () => BigInt(next++))
      return { shape, names, labels: array(shape, 'int32', names) }
    })
    const { values } = markers(dtype, next)
    const primitive = primitiveNamed(name)
    const labels = [...inputs.map((input) => input.labels), ...rest]
    const avals = labels.map((each) => new ShapedArray(each.shape, each.dtype))
    const moved = primitive.impl(labels, params, primitive.abstractEval(avals, params))
    const own = inputs.map(({ shape, names }) =>
      array(
        shape,
        dtype,
        names.map((label) => values[Number(label)] ?? 0n),
      ),
    )
    return [
      {
        args: [...own, ...rest],
        params,
        wanted: moved.map((out) => ({ dtype, values: decode(out).map((label) => values[Number(label)] ?? 0n) })),
      },
    ]
  })
}

const vectors = {
  offset_dims: [],
  collapsed_slice_dims: [0],
  start_index_map: [0],
  operand_batching_dims: [],
  start_indices_batching_dims: [],
}

const indexDTypes = allDTypes.filter(integers)

/** Rows of a table picked by indices of every integer dtype: inside, outside, and far beyond 32 bits. */
const gathering: Model = modelOf(anything, (dtype) =>
  indexDTypes.flatMap((indexDType) =>
    (['clip', 'fill_or_drop'] as const).map((mode): Case => {
      const table = markers(dtype, 5)
      const indices = [1n, 4n, 0n, ...edgesOf(indexDType).map(big)]
      const fill = markers(dtype, 1, 2).values[0] ?? 0n
      const values = indices.map((index) => {
        if (index >= 0n && index < 5n) return table.values[Number(index)] ?? 0n
        return mode === 'clip' ? (table.values[index < 0n ? 0 : 4] ?? 0n) : kindOf(dtype) === 'key' ? 0n : fillOf(dtype)
      })
      return {
        args: [table.array, array([indices.length, 1], indexDType, indices)],
        params: {
          dimension_numbers: vectors,
          slice_sizes: [1],
          indices_are_sorted: false,
          unique_indices: false,
          mode,
          fill_value: kindOf(dtype) === 'bool' ? fill === 1n : 1,
        },
        wanted: mode === 'fill_or_drop' && kindOf(dtype) === 'key' ? [] : [{ dtype, values }],
      }
    }),
  ),
)

function fillOf(dtype: DType): Value {
  if (kindOf(dtype) === 'bool') return markers(dtype, 1, 2).values[0] ?? 0n
  return arithmeticOf(dtype).one
}

const scatterNumbers = {
  update_window_dims: [],
  inserted_window_dims: [0],
  scatter_dims_to_operand_dims: [0],
  operand_batching_dims: [],
  scatter_indices_batching_dims: [],
}

/** Updates that land on the same place, outside, and at indices of every integer dtype. */
function scattering(
  accepts: (dtype: DType) => boolean,
  combine: (dtype: DType) => (x: Value, y: Value) => Value,
): Model {
  return modelOf(accepts, (dtype) =>
    indexDTypes.flatMap((indexDType) =>
      [plainValues, wrappingValues].map((source): Case => {
        const operand = source(dtype, 5)
        const far = edgesOf(indexDType)
          .map(big)
          .filter((index) => index < 0n || index > 63n)
        const indices = [1n, 4n, 1n, 0n, ...far, 4n]
        const updates = source(dtype, indices.length + 3).slice(3)
        const out = [...operand]
        if (accepts(dtype)) {
          indices.forEach((index, i) => {
            if (index < 0n || index > 4n) return
            out[Number(index)] = combine(dtype)(out[Number(index)] ?? 0n, updates[i] ?? 0n)
          })
        }
        return {
          args: [
            array([5], dtype, operand),
            array([indices.length, 1], indexDType, indices),
            array([indices.length], dtype, updates),
          ],
          params: {
            dimension_numbers: scatterNumbers,
            indices_are_sorted: false,
            unique_indices: false,
            mode: 'fill_or_drop',
            update_jaxpr: null,
            update_consts: [],
          },
          wanted: accepts(dtype)
            ? [
                {
                  dtype,
                  values: out.map((value) => (kindOf(dtype) === 'float' ? folded(dtype, value) : settle(dtype, value))),
                },
              ]
            : [],
        }
      }),
    ),
  )
}

/** A program of scalars put on the elements that windows meet, as often as they do. */
function applied(dtype: DType): Case[] {
  if (kindOf(dtype) === 'key') return []
  const aval = new ShapedArray([], dtype)
  const [x, y, out] = [new Var(aval), new Var(aval), new Var(aval)]
  const primitive = kindOf(dtype) === 'bool' ? notPrimitive : squarePrimitive
  const program = new Jaxpr([], [x, y], [{ primitive, inputs: [x], outputs: [out], params: {}, source: null }], [out])
  const operand = plainValues(dtype, 5)
  const once = (value: Value): Value =>
    kindOf(dtype) === 'bool' ? 1n - big(value) : settle(dtype, arithmeticOf(dtype).mul(value, value))
  return [
    {
      args: [
        array([5], dtype, operand),
        array([3, 1], 'int64', [2n, 4n, 2n]),
        array([3], dtype, plainValues(dtype, 3)),
      ],
      params: {
        dimension_numbers: scatterNumbers,
        indices_are_sorted: false,
        unique_indices: false,
        mode: 'fill_or_drop',
        update_jaxpr: new ClosedJaxpr(program, []),
        update_consts: [],
      },
      wanted: [
        { dtype, values: operand.map((value, i) => (i === 2 ? once(once(value)) : i === 4 ? once(value) : value)) },
      ],
    },
  ]
}

const replacing = scattering(anything, () => (_old, update) => update)

/** Blocks read from and written at starts of every integer dtype, moved inside where they do not fit. */
const startsOf = (dtype: DType): bigint[] => [1n, ...edgesOf(dtype).map(big)]
const inside = (start: bigint): number => Number(start < 0n ? 0n : start > 3n ? 3n : start)

const slicing: Model = modelOf(anything, (dtype) =>
  indexDTypes.flatMap((indexDType) =>
    startsOf(indexDType).map((start) => {
      const x = markers(dtype, 5)
      return {
        args: [x.array, array([], indexDType, [start])],
        params: { slice_sizes: [2] },
        wanted: [{ dtype, values: x.values.slice(inside(start), inside(start) + 2) }],
      }
    }),
  ),
)

const updating: Model = modelOf(anything, (dtype) =>
  indexDTypes.flatMap((indexDType) =>
    startsOf(indexDType).map((start) => {
      const [x, update] = [markers(dtype, 5), markers(dtype, 2, 1)]
      return {
        args: [x.array, update.array, array([], indexDType, [start])],
        params: {},
        wanted: [{ dtype, values: x.values.toSpliced(inside(start), 2, ...update.values) }],
      }
    }),
  ),
)

/** The same bytes, whatever they are read as. */
const bitcasting: Model = {
  cases: (from) => (reinterpreted(from) ? allDTypes.filter(reinterpreted).flatMap((to) => bitcast(from, to)) : []),
  refuses: (from) =>
    reinterpreted(from)
      ? []
      : [{ args: [markers(from, 4).array], params: { new_dtype: from === 'bool' ? 'uint8' : 'uint32' }, wanted: [] }],
}

const reinterpreted = (dtype: DType): boolean => numbers(dtype) && kindOf(dtype) !== 'complex'

function bitcast(from: DType, to: DType): Case[] {
  const ratio = bitWidth(to) / bitWidth(from)
  const x = markers(from, 8 * Math.max(1, ratio), 0, ratio > 1 ? [8, ratio] : [8])
  const { buffer, byteOffset, byteLength } = x.array.data
  const bytes = new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength))
  const words = (size: number): bigint[] =>
    Array.from({ length: bytes.length / size }, (_, i) =>
      bytes.slice(i * size, (i + 1) * size).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
    )
  // Patterns that are NaNs of some kind are one value; the rest is read from its bits.
  const values = words(bitWidth(to) / 8).map((word) => fromBits(to, word))
  return [{ args: [x.array], params: { new_dtype: to }, wanted: [{ dtype: to, values }] }]
}

function fromBits(dtype: DType, word: bigint): Value {
  const view = new DataView(new ArrayBuffer(8))
  const kind = kindOf(dtype)
  if (kind === 'int') return BigInt.asIntN(bitWidth(dtype), word)
  if (kind !== 'float') return word
  view.setBigUint64(0, word << BigInt(64 - bitWidth(dtype)))
  if (dtype === 'float64') return view.getFloat64(0)
  return dtype === 'float16' ? view.getFloat16(0) : view.getFloat32(0)
}

export const movingModels: { readonly [name: string]: Model } = {
  broadcast_in_dim: moves('broadcast_in_dim', [[3]], { shape: [2, 3], broadcast_dimensions: [1], sharding: null }),
  reshape: moves('reshape', [[2, 3]], { new_sizes: [3, 2], dimensions: null, sharding: null }),
  squeeze: moves('squeeze', [[1, 3]], { dimensions: [0] }),
  transpose: moves('transpose', [[2, 3]], { permutation: [1, 0] }),
  rev: moves('rev', [[2, 3]], { dimensions: [1] }),
  concatenate: moves(
    'concatenate',
    [
      [2, 1],
      [2, 2],
    ],
    { dimension: 1 },
  ),
  stack: moves('stack', [[3], [3]], { axis: 1 }),
  unstack: moves('unstack', [[2, 3]], { axis: 1 }),
  split: moves('split', [[2, 3]], { sizes: [1, 2], axis: 1 }),
  tile: moves('tile', [[2, 1]], { reps: [2, 3] }),
  slice: moves('slice', [[5]], { start_indices: [1], limit_indices: [5], strides: [2] }),
  pad: moves('pad', [[3], []], { padding_config: [[1, -1, 2]] }),
  optimization_barrier: moves('optimization_barrier', [[3], [2]], {}),
  sharding_constraint: { exempt: 'needs a mesh of devices, and hands its operand on as it is' },
  gather: gathering,
  scatter: {
    cases: (dtype) => ['cases' in replacing ? replacing.cases(dtype) : [], applied(dtype)].flat(),
    refuses: () => [],
  },
  'scatter-add': scattering(numbers, (dtype) => arithmeticOf(dtype).add),
  'scatter-mul': scattering(numbers, (dtype) => arithmeticOf(dtype).mul),
  'scatter-min': scattering(notKeys, (dtype) => arithmeticOf(dtype).min),
  'scatter-max': scattering(notKeys, (dtype) => arithmeticOf(dtype).max),
  dynamic_slice: slicing,
  dynamic_update_slice: updating,
  bitcast_convert_type: bitcasting,
}
