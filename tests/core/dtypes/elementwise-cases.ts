import { ShapedArray } from '../../../core/ir/aval.ts'
import { type DType, isComplex } from '../../../core/ir/dtype.ts'
import { allPrimitives } from '../../../core/primitives/registry.ts'
import type { ParamValue } from '../../../core/tracing/primitive.ts'
import { type Model, anything, array, big, com, complexes, modelOf, num } from './case.ts'
import { type Complex, type Value, decode, edgesOf, roundFloat, settle } from './values.ts'

type Params = { readonly [name: string]: ParamValue }
export type Op = (dtype: DType, ...args: Value[]) => Value

export interface Elementwise {
  readonly accepts: (dtype: DType) => boolean
  readonly op: Op
  readonly arity?: 1 | 2
  readonly params?: (dtype: DType) => Params
  readonly result?: (dtype: DType) => DType
  readonly ulps?: number
}

/** Every combination of edge values. */
function operandsOf(dtype: DType, arity: number): Value[][] {
  const edges = edgesOf(dtype)
  let rows: Value[][] = [[]]
  for (let i = 0; i < arity; i++) rows = rows.flatMap((row) => edges.map((edge) => [...row, edge]))
  return rows
}

/** What elementwise kernels give: floats of 16 bits are computed in float32 and rounded then, as XLA does on CPUs. */
function settled(dtype: DType, value: Value): Value {
  return dtype === 'bfloat16' && typeof value === 'number'
    ? roundFloat(dtype, Math.fround(value))
    : settle(dtype, value)
}

export function elementwise({ accepts, op, arity = 2, params, result, ulps }: Elementwise): Model {
  return modelOf(accepts, (dtype) => {
    const rows = operandsOf(dtype, arity)
    const outDType = result?.(dtype) ?? dtype
    const args = Array.from({ length: arity }, (_, i) => column(dtype, rows, i))
    const values = accepts(dtype) ? rows.map((row) => settled(outDType, op(dtype, ...row))) : []
    return [{ args, params: params?.(dtype) ?? {}, wanted: [{ dtype: outDType, values, ...(ulps ? { ulps } : {}) }] }]
  })
}

function column(dtype: DType, rows: readonly Value[][], i: number) {
  return array(
    [rows.length],
    dtype,
    rows.map((row) => row[i] ?? 0n),
  )
}

export const bool = (test: boolean): bigint => (test ? 1n : 0n)
export const toBool = (): DType => 'bool'

/** The same operation on integers and on floats; complex numbers where they have it. */
export const byKind =
  (
    whole: (x: bigint, y: bigint, dtype: DType) => bigint,
    real: (x: number, y: number) => number,
    complex?: (z: Complex, w: Complex) => Value,
  ): Op =>
  (dtype, x, y = x) => {
    if (typeof x === 'bigint') return whole(x, big(y), dtype)
    if (typeof x === 'number') return real(x, num(y))
    if (complex === undefined) throw new Error('not defined on complex numbers')
    return complex(x, com(y))
  }

const noWhole = (): never => {
  throw new Error('not defined on integers')
}
export const ofFloats = (op: (x: number, y: number) => number): Op => byKind(noWhole, op)
export const ofWholes = (op: (x: bigint, y: bigint, dtype: DType) => bigint): Op =>
  byKind(op, () => {
    throw new Error('not defined on floats')
  })

/** The primitive itself on 64-bit floats, whose storage is the numbers: for functions that need an algorithm of their own. */
export function inDouble(
  name: string,
  accepts: (dtype: DType) => boolean,
  options: Partial<Elementwise> & { finite?: boolean } = {},
): Model {
  const primitive = allPrimitives.find((candidate) => candidate.name === name)
  return modelOf(accepts, (dtype) => {
    const double: DType = isComplex(dtype) ? 'complex128' : 'float64'
    const { arity = 1, ulps = 1 } = options
    const rows = operandsOf(dtype, arity)
    const outDType = options.result?.(dtype) ?? dtype
    const args = Array.from({ length: arity }, (_, i) => column(dtype, rows, i))
    const params = options.params?.(dtype) ?? {}
    if (!accepts(dtype) || primitive === undefined) return [{ args, params, wanted: [] }]
    const doubles = Array.from({ length: arity }, (_, i) => column(double, rows, i))
    const avals = doubles.map((arg) => new ShapedArray(arg.shape, arg.dtype))
    const [out] = primitive.impl(
      doubles,
      options.params?.(double) ?? {},
      primitive.abstractEval(avals, options.params?.(double) ?? {}),
    )
    const values = out === undefined ? [] : decode(out).map((value) => settled(outDType, value))
    return [{ args, params, wanted: [{ dtype: outDType, values, ulps }] }]
  })
}

/** One model for real and the primitive itself in 64 bits for complex ones. */
export function withComplex(name: string, real: Model, options: Partial<Elementwise> = {}): Model {
  const complex = inDouble(name, complexes, options)
  if ('exempt' in complex || 'exempt' in real) throw new Error(`${name} has a model`)
  return {
    cases: (dtype) => [...real.cases(dtype), ...complex.cases(dtype)],
    refuses: (dtype) => (complexes(dtype) ? [] : real.refuses(dtype)),
  }
}

/** What hands values on as they are. */
export const unchanged = (params: Params = {}): Model =>
  modelOf(anything, (dtype) => {
    const x = column(dtype, operandsOf(dtype, 1), 0)
    return [{ args: [x], params, wanted: [{ dtype, values: decode(x) }] }]
  })

export const one = (op: Op, accepts: (dtype: DType) => boolean, rest: Partial<Elementwise> = {}): Model =>
  elementwise({ accepts, op, arity: 1, ...rest })

export const two = (op: Op, accepts: (dtype: DType) => boolean, rest: Partial<Elementwise> = {}): Model =>
  elementwise({ accepts, op, ...rest })
