import { fftPrimitive } from '../../../core/control/fft.ts'
import { type Shape, ShapedArray } from '../../../core/ir/aval.ts'
import { type DType, isComplex, kindOf } from '../../../core/ir/dtype.ts'
import type { HostArray } from '../../../core/ir/host-array.ts'
import { allPrimitives } from '../../../core/primitives/registry.ts'
import type { ParamValue, Primitive } from '../../../core/tracing/primitive.ts'
import { type Case, type Model, array, floats, inexact, modelOf } from './case.ts'
import { type Value, decode, isComplexValue, settle } from './values.ts'

type Params = { readonly [name: string]: ParamValue }

/** Well conditioned, symmetric where square, and exact in every float dtype. */
function entries(shape: Shape, dtype: DType): Value[] {
  const [rows = 1, columns = 1] = shape.slice(-2)
  return Array.from({ length: shape.reduce((product, length) => product * length, 1) }, (_, at): Value => {
    const [i, j] = [Math.floor(at / columns) % rows, at % columns]
    const value = i === j ? 6 + i : ((i + j) % 3) / 2 - 0.25
    const twist = i === j ? 0 : (i < j ? 0.5 : -0.5) * ((i + j) % 2)
    return kindOf(dtype) === 'complex'
      ? { re: value, im: twist }
      : kindOf(dtype) === 'float'
        ? value
        : BigInt(Math.trunc(value) % 2)
  })
}

/**
 * Decompositions are held against themselves on 64-bit floats, whose storage is the numbers: what they compute
 * there has tests of its own, and here only the reading and the writing of other dtypes is in question.
 */
function inDouble(
  primitive: Primitive | undefined,
  accepts: (dtype: DType) => boolean,
  shapes: readonly Shape[],
  params: Params,
  options: { ulps?: number; iterates?: boolean; integers?: readonly HostArray[] } = {},
): Model {
  return modelOf(accepts, (dtype): Case[] => {
    const args = [...shapes.map((shape) => array(shape, dtype, entries(shape, dtype))), ...(options.integers ?? [])]
    if (primitive === undefined) throw new Error('there is no such primitive')
    if (!accepts(dtype)) return [{ args, params, wanted: [] }]
    const double = isComplex(dtype) ? 'complex128' : 'float64'
    const doubles = [
      ...args.slice(0, shapes.length).map(({ shape }) => array(shape, double, entries(shape, double))),
      ...args.slice(shapes.length),
    ]
    const avals = (arrays: readonly HostArray[]): ShapedArray[] =>
      arrays.map((each) => new ShapedArray(each.shape, each.dtype))
    const results = primitive.impl(doubles, params, primitive.abstractEval(avals(doubles), params))
    const outAvals = primitive.abstractEval(avals(args), params)
    const wanted = results.map((result, n) => {
      const out = outAvals[n]?.dtype ?? dtype
      const values = decode(result).map((value) => (typeof value === 'bigint' ? value : settle(out, part(value, out))))
      return {
        dtype: out,
        values,
        ulps: options.ulps ?? 64,
        ...(options.iterates ? { within: precision[dtype] ?? 0 } : {}),
      }
    })
    return [{ args, params, wanted }]
  })
}

/** Where iterations stop, for matrices of this size. */
const precision: { readonly [dtype: string]: number } = { float16: 2 ** -8, float32: 2 ** -19, complex64: 2 ** -19 }

const part = (value: Value, dtype: DType): Value =>
  isComplexValue(value) && kindOf(dtype) === 'float' ? value.re : value

const named = (name: string): Primitive | undefined => allPrimitives.find((primitive) => primitive.name === name)
const computed = (dtype: DType): boolean => inexact(dtype) && dtype !== 'bfloat16'
const matrix = (name: string, params: Params, shapes: readonly Shape[] = [[2, 3, 3]]): Model =>
  inDouble(named(name), computed, shapes, params)
/** Vectors have no sign of their own, so that only values are asked for where they can be had alone. */
const iterated = (name: string, params: Params): Model =>
  inDouble(named(name), computed, [[2, 3, 3]], params, { iterates: true })

const transforms = (accepts: (dtype: DType) => boolean, type: number): Model =>
  inDouble(fftPrimitive, accepts, [[2, 6]], { fft_lengths: [6], fft_type: type }, { ulps: 8 })

const both = (...models: readonly Model[]): Model => ({
  cases: (dtype) => models.flatMap((model) => ('exempt' in model ? [] : model.cases(dtype))),
  refuses: () => [],
})

export const matrixModels: { readonly [name: string]: Model } = {
  lu: matrix('lu', {}),
  cholesky: matrix('cholesky', {}),
  triangular_solve: matrix(
    'triangular_solve',
    { left_side: true, lower: true, transpose_a: false, conjugate_a: false, unit_diagonal: false },
    [
      [2, 3, 3],
      [2, 3, 2],
    ],
  ),
  qr: matrix('qr', { full_matrices: false, pivoting: true, use_magma: null }, [[2, 4, 3]]),
  geqrf: matrix('geqrf', {}, [[2, 4, 3]]),
  geqp3: inDouble(
    named('geqp3'),
    computed,
    [[4, 3]],
    { use_magma: null },
    { integers: [array([3], 'int32', [0n, 1n, 0n])] },
  ),
  householder_product: matrix('householder_product', {}, [[4, 3], [3]]),
  ormqr: matrix('ormqr', { left: true, transpose: false }, [[4, 3], [3], [4, 2]]),
  hessenberg: matrix('hessenberg', {}),
  tridiagonal: matrix('tridiagonal', { lower: true }),
  eigh: iterated('eigh', { algorithm: null, lower: true, sort_eigenvalues: true, subset_by_index: null }),
  svd: iterated('svd', { algorithm: null, compute_uv: false, full_matrices: false, subset_by_index: null }),
  schur: iterated('schur', { compute_schur_vectors: false, select_callable: null, sort_eig_vals: false }),
  eig: iterated('eig', {
    compute_left_eigenvectors: false,
    compute_right_eigenvectors: false,
    enable_eigvec_derivs: false,
    implementation: null,
  }),
  cholesky_update: inDouble(named('cholesky_update'), floats, [[3, 3], [3]], {}),
  symmetric_product: inDouble(
    named('symmetric_product'),
    floats,
    [
      [2, 3, 4],
      [2, 3, 3],
    ],
    { alpha: 2, beta: 0.5 },
  ),
  lu_pivots_to_permutation: modelOf(
    (dtype) => dtype === 'int32',
    (dtype) => [
      {
        args: [array([2], dtype, dtype === 'int32' ? [1n, 2n] : entries([2], dtype))],
        params: { permutation_size: 3 },
        wanted: [{ dtype, values: [1n, 2n, 0n] }],
      },
    ],
  ),
  tridiagonal_solve: matrix('tridiagonal_solve', { perturb_singular: false }, [
    [2, 3],
    [2, 3],
    [2, 3],
    [2, 3, 2],
  ]),
  fft: both(
    transforms((dtype) => isComplex(dtype), 0),
    transforms((dtype) => isComplex(dtype), 1),
    transforms((dtype) => dtype === 'float32' || dtype === 'float64', 2),
  ),
}
