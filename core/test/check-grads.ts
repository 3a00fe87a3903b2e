import { pulledBack } from '../api/grad.ts'
import { AssertionError, JaxTypeError } from '../errors.ts'
import { type DType, isFloat } from '../ir/dtype.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { jvpFlat } from '../interpreters/jvp.ts'
import { linearizeFlat } from '../interpreters/partial-eval.ts'
import { next } from '../ir/sequence.ts'
import { instantiate } from '../primitives/zeros.ts'
import { normal } from '../random/continuous.ts'
import { foldIn, key } from '../random/keys.ts'
import type { JaxArray } from '../tracing/array.ts'
import { Zero } from '../tracing/primitive.ts'
import { FlatCall, callable, flattenArgs } from '../tree/leaves.ts'
import { checkOptions } from '../tree/options.ts'
import { type Flat, centralDifference, defaultStep } from './finite-difference.ts'

/** Forward mode, reverse mode, or the linear map that `linearize` gives. */
export type GradMode = 'fwd' | 'rev' | 'lin'

/** What `checkGrads` may be told. */
export interface CheckGradsOptions {
  /** Derivatives up to this order are checked; 1 unless said. */
  readonly order?: number
  /** Which modes; forward and reverse unless said. */
  readonly modes?: readonly GradMode[]
  /** Absolute tolerance for each element; by dtype unless said (float32: 0.002). */
  readonly atol?: number
  /** Relative tolerance; by dtype unless said (float32: 0.002). */
  readonly rtol?: number
  /** Step of the finite differences; 1e-4 unless said. */
  readonly eps?: number
}

interface Check {
  readonly modes: readonly GradMode[]
  readonly atol: number | null
  readonly rtol: number | null
  readonly eps: number
}

/**
 * Compares derivatives of `f` at `args` with finite differences along one random direction, which is enough
 * to catch a wrong rule and cheap for any size. Raises an AssertionError where they differ. The second order
 * checks forward over forward, reverse over forward, and so on, for all chosen modes. JAX:
 * `jax.test_util.check_grads`.
 *
 * @example
 * test.checkGrads((x) => jnp.sin(x).mul(x), [0.7], { order: 2 })
 * test.checkGrads((w, x) => jnp.tanh(w.dot(x)), [jnp.ones([2, 3]), jnp.arange(3).astype('float32')], 1, { modes: ['rev'] })
 */
export function checkGrads(
  f: (...args: never[]) => unknown,
  args: unknown[],
  order: number | CheckGradsOptions = 1,
  options: CheckGradsOptions = {},
): void {
  const given = typeof order === 'number' ? { ...options, order } : order
  checkOptions('test.checkGrads', given, ['order', 'modes', 'atol', 'rtol', 'eps'])
  if (typeof f !== 'function' || !Array.isArray(args)) {
    throw new JaxTypeError('test.checkGrads takes a function and the list of its arguments.', {
      hint: 'For one argument: test.checkGrads(f, [x], { order: 1 }).',
      lesson: 'D1',
    })
  }
  const { arrays, tree } = flattenArgs(args, 'test.checkGrads')
  const call = new FlatCall(callable(f), tree, 'test.checkGrads')
  const check: Check = {
    modes: given.modes ?? ['fwd', 'rev'],
    atol: given.atol ?? null,
    rtol: given.rtol ?? null,
    eps: given.eps ?? defaultStep,
  }
  checkOrder((values) => call.fun(...values), arrays, given.order ?? 1, '', check)
}

function checkOrder(f: Flat, args: readonly JaxArray[], order: number, of: string, check: Check): void {
  for (const mode of check.modes) {
    const name = of === '' ? modeNames[mode] : `${modeNames[mode]} of ${of}`
    checkMode(mode, f, args, name, check)
    if (order <= 1) continue
    if (mode === 'rev') checkOrder(reverse(f), args, order - 1, name, check)
    else checkOrder(forward(mode, f, args.length), [...args, ...args], order - 1, name, check)
  }
}

const modeNames = { fwd: 'JVP', rev: 'VJP', lin: 'LIN' } as const

/** The derivative as a function of primals and tangents. */
function forward(mode: 'fwd' | 'lin', f: Flat, count: number): Flat {
  return (both) => {
    const { values, tangents } = push(mode, f, both.slice(0, count), both.slice(count))
    return [...values, ...tangents]
  }
}

/** The pullback of a function's own value, which is a function that reverse mode computes. */
function reverse(f: Flat): Flat {
  return (args) => {
    const { values, pull } = pullable(f, args)
    return pull(values)
  }
}

function push(
  mode: 'fwd' | 'lin',
  f: Flat,
  primals: readonly JaxArray[],
  tangents: readonly JaxArray[],
): { values: readonly JaxArray[]; tangents: JaxArray[] } {
  const flat = (...arrays: JaxArray[]): JaxArray[] => f(arrays)
  if (mode === 'fwd') {
    const directions = tangents.map((t, i) => (isFloat(primals[i].dtype) ? t : new Zero(primals[i].aval)))
    const out = jvpFlat(flat, primals, directions)
    return { values: out.primals, tangents: out.tangents.map(instantiate) }
  }
  const linearized = linearizeFlat(flat, primals, 'linearize')
  const moved = tangents.filter((_, i) => linearized.inputHasTangent[i])
  const live = evalClosed(linearized.linear, moved).values()
  const { outputs, outputHasTangent } = linearized
  return {
    values: outputs,
    tangents: outputs.map((y, i) => (outputHasTangent[i] ? next(live) : instantiate(new Zero(y.aval)))),
  }
}

function pullable(f: Flat, args: readonly JaxArray[]) {
  const linearized = linearizeFlat((...arrays) => f(arrays), args, 'vjp')
  return {
    values: linearized.outputs,
    pull: (cotangents: readonly JaxArray[]) => pulledBack(linearized, cotangents, args).map(instantiate),
  }
}

function checkMode(mode: GradMode, f: Flat, args: readonly JaxArray[], name: string, check: Check): void {
  const tangents = directionsLike(args, 0)
  const expected = f(args)
  const difference = centralDifference(f, args, tangents, check.eps)
  if (mode === 'rev') {
    const { values, pull } = pullable(f, args)
    expectClose(values, expected, `${name} primal`, check)
    const cotangents = directionsLike(values, args.length)
    const found = innerProduct(tangents, pull(cotangents))
    const wanted = innerProduct(difference, cotangents)
    const dtype = args.find((array) => isFloat(array.dtype))?.dtype ?? 'float32'
    expectNumbersClose([found], [wanted], dtype, `${name} cotangent projection`, check)
    return
  }
  const out = push(mode, f, args, tangents)
  expectClose(out.values, expected, `${name} primal`, check)
  expectClose(out.tangents, difference, `${name} tangent`, check)
}

/** Normal draws like the given arrays, the same every time; what is no float has no direction. */
function directionsLike(arrays: readonly JaxArray[], stream: number): JaxArray[] {
  return arrays.map((array, i) =>
    isFloat(array.dtype)
      ? normal(foldIn(key(0), stream + i), array.shape, { dtype: array.dtype })
      : instantiate(new Zero(array.aval)),
  )
}

function innerProduct(xs: readonly JaxArray[], ys: readonly JaxArray[]): number {
  let total = 0
  xs.forEach((x, i) => {
    if (!isFloat(x.dtype)) return
    const [left, right] = [x.data(), ys[i].data()]
    for (let j = 0; j < left.length; j++) total += Number(left[j]) * Number(right[j])
  })
  return total
}

function expectClose(found: readonly JaxArray[], wanted: readonly JaxArray[], name: string, check: Check): void {
  found.forEach((array, i) => {
    expectNumbersClose(Array.from(array.data(), Number), Array.from(wanted[i].data(), Number), array.dtype, name, check)
  })
}

function gradientTolerance(dtype: DType): number {
  switch (dtype) {
    case 'float64':
      return 1e-5
    case 'float32':
      return 2e-3
    case 'float16':
      return 1e-2
    default:
      return 0
  }
}

/** Tolerances grow with the number of elements, since one direction stirs all of them together. */
function expectNumbersClose(
  found: readonly number[],
  wanted: readonly number[],
  dtype: DType,
  name: string,
  check: Check,
): void {
  const atol = (check.atol ?? gradientTolerance(dtype)) * found.length
  const rtol = (check.rtol ?? gradientTolerance(dtype)) * found.length
  const wrong = found.findIndex((value, i) => {
    const other = wanted[i]
    if (Object.is(value, other) || value === other) return false
    return !(Math.abs(value - other) <= atol + rtol * Math.abs(other))
  })
  if (wrong < 0) return
  throw new AssertionError(
    `checkGrads: the ${name} is ${found[wrong]} where finite differences give ${wanted[wrong]}` +
      ` (element ${wrong} of ${found.length}; atol ${atol}, rtol ${rtol}).`,
    {
      hint: 'Either a derivative rule is wrong, or the function has a kink or loses digits near this point: try another point or another eps, or float64.',
      lesson: 'D1',
    },
  )
}
