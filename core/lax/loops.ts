import { config } from '../config.ts'
import { kindOf } from '../ir/dtype.ts'
import { numberOf } from '../ir/element.ts'
import { type ShapedArray, sameAval } from '../ir/aval.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { scanPrimitive } from '../control/scan.ts'
import { whilePrimitive } from '../control/while.ts'
import { hoistConstants, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { convertElementType } from '../primitives/conversion.ts'
import { add } from '../primitives/elementwise-arithmetic.ts'
import { lt } from '../primitives/elementwise-comparison.ts'
import { scalar } from '../runtime/concrete-array.ts'
import type { JaxArray } from '../tracing/array.ts'
import { hostValueOf } from '../tracing/host-value.ts'
import { bind } from '../tracing/trace.ts'
import { beside } from './weak-values.ts'
import { FlatCall, arrayOf, callable, flattenArgs } from '../tree/leaves.ts'
import { type TreeDef, flatten, formatTree, leafPaths, sameTree, unflatten } from '../tree/pytree.ts'

/** How many steps `scan` takes, and in which order. */
export interface ScanOptions {
  /** Number of steps: needed when `xs` is null. */
  readonly length?: number
  /** Walk `xs` from the last slice to the first; outputs stay in the order of `xs`. */
  readonly reverse?: boolean
  /** A hint for the compiler; it does not change results. */
  readonly unroll?: number
}

/**
 * Threads a carry through the slices of `xs` and stacks what each step puts out.
 * `body(carry, x) => [carry, y]`; the carry keeps its structure, shapes and dtypes. JAX: `jax.lax.scan`.
 *
 * @example
 * lax.scan((c, x) => [c.add(x), c], 0, jnp.arange(4)) // [6, [0, 0, 1, 3]]
 */
export function scan<C, X, Y>(
  body: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs?: X | null,
  options?: ScanOptions,
): [C, Y]
export function scan(
  body: (carry: never, x: never) => readonly [unknown, unknown],
  init: unknown,
  xs?: unknown,
  options?: ScanOptions,
): [unknown, unknown]
export function scan(
  body: (carry: never, x: never) => readonly [unknown, unknown],
  init: unknown,
  xs: unknown = null,
  options: ScanOptions = {},
): [unknown, unknown] {
  if (typeof body !== 'function')
    throw new JaxTypeError('lax.scan: the first argument is the body: (carry, x) => [carry, y]')
  const initial = flattenArgs([init], 'lax.scan, init')
  const scanned = flattenArgs([xs], 'lax.scan, xs')
  const length = scanLength(scanned.arrays, options.length)
  const xAvals = scanned.arrays.map(({ aval }) => aval.with({ shape: aval.shape.slice(1) }))
  const stepTree = flatten([init, xs]).tree
  const traceBody = (carry: readonly JaxArray[]) => {
    const call = new FlatCall(pairOf(callable(body)), stepTree, 'lax.scan body')
    const jaxpr = traceToJaxpr(call.fun, [...carry.map((value) => value.aval), ...xAvals], 'lax.scan')
    const [carryTree, yTree] = call.outTree.children
    assertCarryStructure('lax.scan', carryTree, initial.tree.children[0])
    return { jaxpr, yTree }
  }
  const { carry, traced } = withStableCarry('lax.scan', initial.arrays, initial.tree.children[0], traceBody)
  const { jaxpr, consts } = hoistConstants(traced.jaxpr)
  const outs = bind(scanPrimitive, [...consts, ...carry, ...scanned.arrays], {
    jaxpr,
    length,
    num_carry: carry.length,
    num_consts: consts.length,
    reverse: options.reverse ?? false,
    unroll: options.unroll ?? 1,
  })
  return [
    unflatten(initial.tree.children[0], outs.slice(0, carry.length)),
    unflatten(traced.yTree, outs.slice(carry.length)),
  ]
}

function pairOf(body: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown[] {
  return (...args) => {
    const result = body(...args)
    if (Array.isArray(result) && result.length === 2) return result
    throw new JaxTypeError('lax.scan: the body must return a pair [carry, y].', {
      hint: 'Return [carry, null] when there is nothing to stack.',
      lesson: 'A1',
    })
  }
}

function scanLength(xs: readonly JaxArray[], length: number | undefined): number {
  if (length !== undefined && !(length >= 0)) {
    throw new ValueError(`lax.scan: the length is a number of steps, got ${length}.`, { kind: 'scan-length' })
  }
  // Python's int().
  const given = length === undefined ? undefined : Math.trunc(length)
  const lengths = xs.map((x) => {
    if (x.ndim === 0)
      throw new ValueError('lax.scan got a scalar in xs, which has no leading axis to walk.', { lesson: 'A1' })
    return x.shape[0]
  })
  const distinct = new Set(given === undefined ? lengths : [...lengths, given])
  if (distinct.size > 1) {
    throw new ValueError(
      `lax.scan got values with different leading axis sizes: ${lengths.join(', ')}${given === undefined ? '' : `, and length ${given}`}.`,
    )
  }
  const [steps] = distinct
  if (steps === undefined) {
    throw new ValueError('lax.scan needs xs or { length: … } to know how many steps to take.', { lesson: 'A1' })
  }
  return steps
}

/**
 * Traces a loop body, and once more when a weakly typed carry comes back with another dtype: a bare number
 * takes the dtype that the body gives it, unless that loses its fraction. Anything else that changes is an error.
 */
function withStableCarry<T extends { jaxpr: ClosedJaxpr }>(
  where: string,
  init: readonly JaxArray[],
  tree: TreeDef,
  traceBody: (carry: readonly JaxArray[]) => T,
): { carry: readonly JaxArray[]; traced: T } {
  let carry = init
  let traced = traceBody(carry)
  const after = traced.jaxpr.outAvals.slice(0, carry.length)
  const promote = carry.map((value, i) => value.weakType && value.dtype !== after[i].dtype)
  if (promote.includes(true)) {
    carry = carry.map((value, i) => (promote[i] ? convertElementType(value, beside(value, after[i].dtype)) : value))
    traced = traceBody(carry)
  }
  assertCarryTypes(
    where,
    carry.map((value) => value.aval),
    traced.jaxpr.outAvals.slice(0, carry.length),
    tree,
  )
  return { carry, traced }
}

function assertCarryStructure(where: string, out: TreeDef, init: TreeDef): void {
  if (sameTree(out, init)) return
  throw new JaxTypeError(
    `${where}: the carry must keep its structure: it goes in as ${formatTree(init)} and comes back as ${formatTree(out)}.`,
    { hint: 'Return the carry with the same lists and keys as the initial value.', lesson: 'A1' },
  )
}

function assertCarryTypes(
  where: string,
  before: readonly ShapedArray[],
  after: readonly ShapedArray[],
  tree: TreeDef,
): void {
  if (before.every((aval, i) => sameAval(aval, after[i]))) return
  const paths = leafPaths(tree)
  const changed = before.flatMap((aval, i) =>
    sameAval(aval, after[i])
      ? []
      : [
          `  ${paths[i] === '' ? 'the carry' : `carry ${paths[i]}`}: ${aval.toString()} goes in, ${after[i].toString()} comes out`,
        ],
  )
  throw new JaxTypeError(
    `${where} body function carry input and carry output must have equal types, but they differ:\n${changed.join('\n')}`,
    {
      hint: "Give the initial value the shape and dtype that the body returns, for example jnp.zeros([3]) or x.astype('float32').",
      lesson: 'A1',
    },
  )
}

/**
 * Repeats `body` as long as `condition` holds of the carry. Forward mode differentiates it, reverse mode
 * cannot. JAX: `jax.lax.while_loop`.
 *
 * @example lax.whileLoop((c) => c.less(100), (c) => c.mul(2), 1) // 128
 */
export function whileLoop<C>(condition: (carry: C) => unknown, body: (carry: C) => C, init: C): C
export function whileLoop(condition: (carry: never) => unknown, body: (carry: never) => unknown, init: unknown): unknown
export function whileLoop(
  condition: (carry: never) => unknown,
  body: (carry: never) => unknown,
  init: unknown,
): unknown {
  if (typeof condition !== 'function' || typeof body !== 'function') {
    throw new JaxTypeError(
      'lax.whileLoop takes a condition, a body and an initial carry: lax.whileLoop((c) => …, (c) => …, init)',
    )
  }
  const initial = flattenArgs([init], 'lax.whileLoop, init')
  const tree = initial.tree.children[0]
  const traceBody = (carry: readonly JaxArray[]) => {
    const call = new FlatCall(callable(body), initial.tree, 'lax.whileLoop body')
    const jaxpr = traceToJaxpr(
      call.fun,
      carry.map((value) => value.aval),
      'lax.whileLoop',
    )
    assertCarryStructure('lax.whileLoop', call.outTree, tree)
    return { jaxpr }
  }
  const { carry, traced } = withStableCarry('lax.whileLoop', initial.arrays, tree, traceBody)
  const test = new FlatCall(callable(condition), initial.tree, 'lax.whileLoop condition')
  const tested = traceToJaxpr(
    test.fun,
    carry.map((value) => value.aval),
    'lax.whileLoop',
  )
  assertBooleanCondition(tested)
  const cond = hoistConstants(tested)
  const loop = hoistConstants(traced.jaxpr)
  const outs = bind(whilePrimitive, [...cond.consts, ...loop.consts, ...carry], {
    cond_jaxpr: cond.jaxpr,
    cond_nconsts: cond.consts.length,
    body_jaxpr: loop.jaxpr,
    body_nconsts: loop.consts.length,
  })
  return unflatten(tree, outs)
}

function assertBooleanCondition({ outAvals }: ClosedJaxpr): void {
  if (outAvals.length === 1 && outAvals[0].ndim === 0 && outAvals[0].dtype === 'bool') return
  throw new JaxTypeError(
    `lax.whileLoop: the condition must return one boolean scalar, got ${outAvals.map(String).join(', ') || 'nothing'}.`,
    { hint: 'Compare, or reduce with jnp.all or jnp.any.', lesson: 'A1' },
  )
}

/**
 * `for (let i = lower; i < upper; i++) carry = body(i, carry)`. With bounds that are plain numbers it is
 * a scan and can be differentiated in reverse; with traced bounds it is a while loop.
 * JAX: `jax.lax.fori_loop`.
 *
 * @example lax.foriLoop(0, 5, (i, total) => total.add(i), 0) // 10
 */
export function foriLoop<C>(lower: unknown, upper: unknown, body: (i: JaxArray, carry: C) => C, init: C): C
export function foriLoop(
  lower: unknown,
  upper: unknown,
  body: (i: never, carry: never) => unknown,
  init: unknown,
): unknown
export function foriLoop(
  lower: unknown,
  upper: unknown,
  body: (i: never, carry: never) => unknown,
  init: unknown,
): unknown {
  if (typeof body !== 'function') throw new JaxTypeError('lax.foriLoop takes lower, upper, body and an initial carry')
  const step = callable(body)
  const [start, stop] = loopBounds(loopBound(lower), loopBound(upper))
  const startValue = staticBound(start)
  const stopValue = staticBound(stop)
  if (startValue !== null && stopValue !== null) {
    const [[, result]] = scan(
      ([i, carry]: [JaxArray, unknown]) => [[add(i, 1), step(i, carry)], null],
      [countFrom(startValue), init],
      null,
      { length: Math.max(0, stopValue - startValue) },
    ) as [[unknown, unknown], unknown]
    return result
  }
  const [, , result] = whileLoop(
    ([i, end]: [JaxArray, JaxArray, unknown]) => lt(i, end),
    ([i, end, carry]: [JaxArray, JaxArray, unknown]) => [add(i, 1), end, step(i, carry)],
    [start, stop, init],
  ) as [unknown, unknown, unknown]
  return result
}

function loopBound(bound: unknown): JaxArray {
  if (typeof bound === 'number') {
    if (!Number.isInteger(bound)) throw wrongBounds(String(bound))
    return countFrom(bound)
  }
  const array = arrayOf(bound, 'lax.foriLoop')
  if (array.ndim !== 0) throw wrongBounds(array.aval.toString())
  return array
}

/** The counter of a loop whose first bound is a plain number: weakly typed, as Python's integers are. */
function countFrom(start: number): JaxArray {
  return scalar(start, config.enableX64 ? 'int64' : 'int32', true)
}

function wrongBounds(got: string): JaxTypeError {
  return new JaxTypeError(`lax.foriLoop: the bounds must be integer scalars of one dtype, got ${got}.`, {
    kind: 'loop-arguments',
  })
}

/** Bounds of one dtype. A plain number takes that of a signed integer beside it, as in JAX; nothing else is promoted. */
function loopBounds(lower: JaxArray, upper: JaxArray): readonly [JaxArray, JaxArray] {
  if (lower.dtype === upper.dtype) return [lower, upper]
  const signed = [lower, upper].every(({ dtype }) => kindOf(dtype) === 'int')
  if (!signed || lower.weakType === upper.weakType) {
    throw wrongBounds(`${lower.aval.toString()} and ${upper.aval.toString()}`)
  }
  const { dtype } = lower.weakType ? upper : lower
  return [convertElementType(lower, dtype), convertElementType(upper, dtype)]
}

function staticBound(bound: JaxArray): number | null {
  const host = hostValueOf(bound)
  return host === null ? null : Math.trunc(numberOf(host))
}

/**
 * Applies a function to each slice of a leading axis, one after the other. JAX: `jax.lax.map`.
 *
 * @example lax.map((x) => x.mul(2), jnp.arange(3)) // [0, 2, 4]
 */
export function map<X, Y>(f: (x: X) => Y, xs: X): Y
export function map(f: (x: never) => unknown, xs: unknown): unknown
export function map(f: (x: never) => unknown, xs: unknown): unknown {
  if (typeof f !== 'function') {
    throw new JaxTypeError('lax.map: the first argument is a function of one slice: lax.map((x) => …, xs)')
  }
  const each = callable(f)
  return scan((_: unknown, x: unknown) => [null, each(x)], null, xs)[1]
}
