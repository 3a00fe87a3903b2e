import { elementAt, isComplexNumber } from '../ir/element.ts'
import { type ReductionKind, identityOf } from '../compiler/reference/reduction.ts'
import { reducePrimitive } from '../control/reduce.ts'
import { reduceWindowPrimitive } from '../control/reduce-window.ts'
import { JaxTypeError, NotImplementedError, ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { add, max, min, mul } from '../primitives/elementwise-arithmetic.ts'
import { bitwiseAnd, bitwiseOr, bitwiseXor } from '../primitives/elementwise-bitwise.ts'
import { operand } from '../primitives/operand.ts'
import { reduceWindow as bindWindow } from '../primitives/reduce-window.ts'
import { dilated } from '../primitives/window-geometry.ts'
import type { JaxArray } from '../tracing/array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { Tracer, bind } from '../tracing/trace.ts'
import { FlatCall, callable, flattenArgs } from '../tree/leaves.ts'
import { type TreeDef, flatten, sameTree, unflatten } from '../tree/pytree.ts'
import { canonicalAxes } from './arguments.ts'
import { type Padding, paddingOf } from './convolution.ts'
import { reduceAnd, reduceMax, reduceMin, reduceOr, reduceProd, reduceSum, reduceXor } from './reductions.ts'

type Computation = (a: never, b: never) => unknown

/** Operators that have reductions of their own, which need no initial value but their identity. */
const kinds = new Map<unknown, ReductionKind>([
  [add, 'sum'],
  [mul, 'product'],
  [max, 'max'],
  [min, 'min'],
  [bitwiseAnd, 'and'],
  [bitwiseOr, 'or'],
  [bitwiseXor, 'xor'],
])

const reductions: Readonly<Record<ReductionKind, (x: JaxArray, axes: readonly number[]) => JaxArray>> = {
  sum: reduceSum,
  product: reduceProd,
  max: reduceMax,
  min: reduceMin,
  and: reduceAnd,
  or: reduceOr,
  xor: reduceXor,
}

/** Arrays with their initial values, as leaves of one tree. */
interface Reduction {
  readonly tree: TreeDef
  readonly arrays: readonly JaxArray[]
  readonly inits: readonly JaxArray[]
  /** The operator's own reduction, where the initial value is its identity. */
  readonly kind: ReductionKind | null
}

function reductionOf(name: string, operands: unknown, initValues: unknown, computation: Computation): Reduction {
  const { arrays, tree } = flattenArgs([operands], name)
  const start = flatten([initValues])
  if (arrays.length === 0) throw new ValueError(`${name} needs at least one array.`)
  if (!sameTree(tree, start.tree)) throw new ValueError(`${name}: operands and initial values must have one structure.`)
  const inits = flattenArgs([initValues], name).arrays.map((given, i) => {
    const leaf = start.leaves[i]
    return typeof leaf === 'number' || typeof leaf === 'boolean' ? operand(leaf, arrays[i].dtype) : given
  })
  const kind = arrays.length === 1 ? (kinds.get(computation) ?? null) : null
  const isIdentity = kind !== null && startsAt(inits[0], identityOf(kind, arrays[0].dtype))
  return { tree: tree.children[0], arrays, inits, kind: isIdentity ? kind : null }
}

/** Whether an initial value is known to be this number. */
function startsAt(init: JaxArray, identity: number): boolean {
  const host = hostValueOf(init)
  if (host === null) return false
  const value = elementAt(host.dtype, host.data, 0)
  return isComplexNumber(value) ? value.re === identity && value.im === 0 : Number(value) === identity
}

/** The computation as a program of scalars: accumulators, then elements. */
function reducerJaxpr(name: string, operands: unknown, reduction: Reduction, computation: Computation): ClosedJaxpr {
  const call = new FlatCall(callable(computation), flatten([operands, operands]).tree, name)
  const avals = reduction.arrays.map((array) => array.aval.with({ shape: [], weakType: false }))
  const jaxpr = traceToJaxpr(call.fun, [...avals, ...avals], name)
  if (jaxpr.consts.some((value) => value instanceof Tracer)) {
    throw new NotImplementedError(`${name}: the computation must not close over traced values.`)
  }
  const wrong = jaxpr.outAvals.length !== avals.length || jaxpr.outAvals.some((out, i) => out.dtype !== avals[i].dtype)
  if (wrong || jaxpr.outAvals.some((out) => out.ndim > 0)) {
    throw new JaxTypeError(
      `${name}: the computation must give scalars like ${avals.map(String).join(', ')}, got ${jaxpr.outAvals.map(String).join(', ')}.`,
    )
  }
  return jaxpr
}

/**
 * Reduces axes by a function of two scalars, or of two lists of them when several arrays are reduced together.
 * The function should be associative, with the initial value as its identity. JAX: `jax.lax.reduce`.
 *
 * @example
 * lax.reduce(jnp.array([1, 2, 3]), 0, lax.add, [0]).item() // 6
 * lax.reduce(jnp.array([1, 2, 3]), 0, (a, b) => a.mul(10).add(b), [0]).item() // 123
 */
export function reduce(
  operands: JaxArray,
  initValues: unknown,
  computation: Computation,
  dimensions: readonly number[],
): JaxArray
export function reduce(
  operands: unknown,
  initValues: unknown,
  computation: Computation,
  dimensions: readonly number[],
): unknown
export function reduce(
  operands: unknown,
  initValues: unknown,
  computation: Computation,
  dimensions: readonly number[],
): unknown {
  const reduction = reductionOf('lax.reduce', operands, initValues, computation)
  const { arrays, inits, kind, tree } = reduction
  const axes = canonicalAxes('lax.reduce', dimensions, arrays[0].ndim)
  if (kind !== null) return unflatten(tree, [reductions[kind](arrays[0], axes)])
  const jaxpr = reducerJaxpr('lax.reduce', operands, reduction, computation)
  return unflatten(tree, bind(reducePrimitive, [...arrays, ...inits], { computation, dimensions: axes, jaxpr }))
}

/** What a windowed reduction may be told. */
export interface ReduceWindowOptions {
  readonly baseDilation?: readonly number[] | null
  readonly windowDilation?: readonly number[] | null
}

/**
 * Reduces every window of an array by a function of two scalars, or of two lists of them when several arrays are
 * reduced together. The function should be associative, with the initial value as its identity. JAX:
 * `jax.lax.reduce_window`.
 *
 * @example
 * lax.reduceWindow(jnp.array([1, 3, 2, 4]), -Infinity, lax.max, [2], [2], 'VALID').tolist() // [3, 4]
 */
export function reduceWindow(
  operands: JaxArray,
  initValues: unknown,
  computation: Computation,
  windowDimensions: readonly number[],
  windowStrides: readonly number[],
  padding: Padding,
  options?: ReduceWindowOptions,
): JaxArray
export function reduceWindow(
  operands: unknown,
  initValues: unknown,
  computation: Computation,
  windowDimensions: readonly number[],
  windowStrides: readonly number[],
  padding: Padding,
  options?: ReduceWindowOptions,
): unknown
export function reduceWindow(
  operands: unknown,
  initValues: unknown,
  computation: Computation,
  windowDimensions: readonly number[],
  windowStrides: readonly number[],
  padding: Padding,
  options: ReduceWindowOptions = {},
): unknown {
  const reduction = reductionOf('lax.reduceWindow', operands, initValues, computation)
  const { arrays, inits, kind, tree } = reduction
  const { shape, ndim } = arrays[0]
  if (windowDimensions.length !== ndim || windowStrides.length !== ndim) {
    throw new ValueError(`lax.reduceWindow: window and strides need one entry an axis of shape ${formatShape(shape)}.`)
  }
  const ones = shape.map(() => 1)
  const dilation = options.windowDilation ?? ones
  const base = options.baseDilation ?? ones
  const params = {
    base_dilation: base,
    padding: paddingOf(
      padding,
      shape.map((length, axis) => dilated(length, base[axis])),
      windowDimensions.map((length, axis) => dilated(length, dilation[axis])),
      windowStrides,
    ),
    window_dilation: dilation,
    window_dimensions: windowDimensions,
    window_strides: windowStrides,
  }
  if (kind === 'sum' || kind === 'max' || kind === 'min') return unflatten(tree, [bindWindow(kind, arrays[0], params)])
  const jaxpr = reducerJaxpr('lax.reduceWindow', operands, reduction, computation)
  return unflatten(tree, bind(reduceWindowPrimitive, [...arrays, ...inits], { ...params, consts: [], jaxpr }))
}
