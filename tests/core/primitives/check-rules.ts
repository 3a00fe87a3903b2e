import { expect } from 'vitest'
import { Array as JaxArray, jit, jnp, jvp, lax, random, vjp, vmap } from '../../../core/index.ts'

/**
 * Holds the rules of a function's primitives against each other and against plain evaluation: the
 * forward derivative against differences, the reverse derivative against the forward one, the batched
 * function against a loop, the compiled one against the eager one.
 */
export function checkRules(f: (...args: JaxArray[]) => JaxArray, ...args: JaxArray[]): void {
  checkForward(f, args)
  checkReverse(f, args)
  checkBatched(f, args)
  expectClose(jit(f)(...args), f(...args), 1e-12)
  checkBatchedDerivative(f, args)
}

function isFloat(x: JaxArray): boolean {
  return x.dtype.startsWith('float')
}

function numbers(x: JaxArray): number[] {
  const plain = x.dtype === 'key<fry>' ? random.keyData(x) : x
  return Array.from(plain.data(), Number)
}

export function expectClose(actual: JaxArray, expected: JaxArray, tolerance: number): void {
  expect(actual.shape).toEqual(expected.shape)
  expect(actual.dtype).toBe(expected.dtype)
  const wanted = numbers(expected)
  numbers(actual).forEach((value, i) => {
    const scale = Math.max(1, Math.abs(wanted[i]))
    if (Number.isNaN(wanted[i])) expect(value).toBeNaN()
    else
      expect(Math.abs(value - wanted[i]) / scale, `element ${i}: ${value} against ${wanted[i]}`).toBeLessThanOrEqual(
        tolerance,
      )
  })
}

let draws = 0

function directionFor(x: JaxArray): JaxArray {
  return random.normal(random.key(draws++), [...x.shape], { dtype: 'float64' })
}

/** A float argument moved by `step` along its direction; others stay. */
function moved(args: readonly JaxArray[], directions: readonly JaxArray[], step: number): JaxArray[] {
  return args.map((arg, i) => (isFloat(arg) ? arg.add(directions[i].mul(step)) : arg))
}

function overFloats(
  f: (...args: JaxArray[]) => JaxArray,
  args: readonly JaxArray[],
): (...floats: JaxArray[]) => JaxArray {
  return (...floats) => {
    const rest = [...floats]
    return f(...args.map((arg) => (isFloat(arg) ? (rest.shift() ?? arg) : arg)))
  }
}

function forward(
  f: (...args: JaxArray[]) => JaxArray,
  args: readonly JaxArray[],
  directions: readonly JaxArray[],
): JaxArray {
  const floats = args.filter(isFloat)
  const [, tangent] = jvp(
    overFloats(f, args),
    floats,
    directions.filter((_, i) => isFloat(args[i])),
  )
  if (!(tangent instanceof JaxArray)) throw new Error('jvp gave no array')
  return tangent
}

function checkForward(f: (...args: JaxArray[]) => JaxArray, args: readonly JaxArray[]): void {
  const directions = args.map(directionFor)
  const step = 1e-5
  const difference = f(...moved(args, directions, step)).sub(f(...moved(args, directions, -step)))
  expectClose(forward(f, args, directions), difference.div(2 * step), 1e-6)
}

function checkReverse(f: (...args: JaxArray[]) => JaxArray, args: readonly JaxArray[]): void {
  const directions = args.map(directionFor)
  const tangent = forward(f, args, directions)
  const [out, pull] = vjp(overFloats(f, args), ...args.filter(isFloat))
  if (!(out instanceof JaxArray)) throw new Error('vjp gave no array')
  const cotangent = directionFor(out)
  const gradients = pull(cotangent)
  const floats = directions.filter((_, i) => isFloat(args[i]))
  const along = floats.map((direction, i) => jnp.sum(jnp.multiply(asArray(gradients[i]), direction)))
  expectClose(
    along.reduce((a, b) => a.add(b)),
    cotangent.mul(tangent).sum(),
    1e-9,
  )
}

function asArray(x: unknown): JaxArray {
  if (x instanceof JaxArray) return x
  throw new Error('expected an array')
}

/** Three variants of an argument along a new axis, all legal wherever the argument itself is. */
function lanes(x: JaxArray, axis: number): JaxArray {
  if (x.dtype === 'key<fry>') return random.split(x, 3)
  const variants = [0, 1, 2].map((lane) => {
    if (isFloat(x)) return x.add(0.25 * lane)
    return x.ndim === 0 || x.dtype === 'bool' ? x : jnp.roll(x, lane, 0)
  })
  return jnp.stack(variants, axis)
}

function laneOf(x: JaxArray, axis: number, lane: number): JaxArray {
  return lax.indexInDim(x, lane, axis, false)
}

/** Every choice of which arguments are mapped, first and last axis in turn. */
function checkBatched(f: (...args: JaxArray[]) => JaxArray, args: readonly JaxArray[]): void {
  for (let choice = 1; choice < 2 ** args.length; choice++) {
    for (const last of [false, true]) {
      const axes = args.map((arg, i) => ((choice >> i) & 1 ? (last && arg.dtype !== 'key<fry>' ? arg.ndim : 0) : null))
      const mapped = args.map((arg, i) => (axes[i] === null ? arg : lanes(arg, axes[i] ?? 0)))
      const expected = [0, 1, 2].map((lane) =>
        f(...mapped.map((arg, i) => (axes[i] === null ? arg : laneOf(arg, axes[i] ?? 0, lane)))),
      )
      expectClose(vmap(f, axes)(...mapped), jnp.stack(expected), 1e-12)
    }
  }
}

/** The batched reverse derivative against a loop of derivatives. */
function checkBatchedDerivative(f: (...args: JaxArray[]) => JaxArray, args: readonly JaxArray[]): void {
  const first = args.findIndex(isFloat)
  const gradient = (x: JaxArray): JaxArray => {
    const [out, pull] = vjp((y: JaxArray) => f(...args.with(first, y)), x)
    return asArray(pull(jnp.onesLike(asArray(out)))[0])
  }
  const xs = lanes(args[first], 0)
  expectClose(vmap(gradient)(xs), jnp.stack([0, 1, 2].map((lane) => gradient(laneOf(xs, 0, lane)))), 1e-10)
}

/** Distinct, irrational-looking float64 values of a shape. */
export function values(...shape: number[]): JaxArray {
  return random.normal(random.key(1000 + draws++), shape, { dtype: 'float64' })
}

export function integers(list: unknown): JaxArray {
  return jnp.array(listOf(list), { dtype: 'int32' })
}

type Nested = number | Nested[]

function listOf(list: unknown): Nested {
  if (typeof list === 'number') return list
  if (Array.isArray(list)) return list.map(listOf)
  throw new Error('expected nested lists of numbers')
}
