import { expect, test } from 'vitest'
import {
  type Array,
  type ArrayLike,
  checkTracerLeaks,
  clearCaches,
  config,
  debugNans,
  disableJit,
  enableX64,
  errors,
  explainCacheMisses,
  jit,
  jnp,
  setDebugOutput,
  setUserFile,
} from '../../../core/index.ts'

test('an option holds while the function runs, also when it throws', () => {
  expect(enableX64(() => config.enableX64)).toBe(true)
  expect(() =>
    enableX64(() => {
      throw new RangeError('inside')
    }),
  ).toThrow('inside')
  expect(config.enableX64).toBe(false)
  expect(enableX64(() => enableX64(false, () => config.enableX64))).toBe(false)
})

test('NaN is refused with the primitive and the line that made it, in a compiled program too', () => {
  setUserFile((file) => file.includes('settings.test'))
  const f = jit((x: ArrayLike) => jnp.add(jnp.log(x), 1))
  expect(f(-1).item()).toBeNaN()
  expect(() => debugNans(() => f(-1))).toThrow(errors.FloatingPointError)
  expect(() => debugNans(() => f(-1))).toThrow(/\(nan\) encountered in log at line \d+ of .*settings\.test/)
  expect(() => debugNans(() => jnp.log(-1))).toThrow(/\(nan\) encountered in log/)
  setUserFile(() => false)
})

test('a leaked tracer is noticed when anything looks at it', () => {
  const kept: Array[] = []
  jit((x: ArrayLike) => {
    const y = jnp.multiply(x, 2)
    kept.push(y)
    return y
  })(1)
  expect(kept[0].shape).toEqual([])
  expect(() => checkTracerLeaks(() => kept[0].shape)).toThrow(errors.UnexpectedTracerError)
})

test('a second trace is explained', () => {
  const lines: string[] = []
  setDebugOutput((line) => lines.push(line))
  const f = jit((x: ArrayLike) => jnp.multiply(x, 2))
  explainCacheMisses(() => [f(jnp.ones(2)), f(jnp.ones(2)), f(jnp.ones(3))])
  setDebugOutput((line) => console.log(line))
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/not traced before/)
  expect(lines[1]).toMatch(/shapes and dtypes changed from f32\[2\] to f32\[3\]/)
})

test('programs are counted, forgotten and left out', () => {
  const f = jit((x: ArrayLike) => jnp.multiply(x, 2))
  f(1)
  f(jnp.ones(2))
  expect(f.cacheSize()).toBe(2)
  clearCaches()
  expect(f.cacheSize()).toBe(0)
  disableJit(() => f(1))
  expect(f.cacheSize()).toBe(0)
})

test('a lowered function has a text, a cost and one kind of arguments', () => {
  const lowered = jit((x: ArrayLike) => jnp.matmul(x, x)).lower(jnp.ones([4, 4]))
  expect(lowered.asText()).toContain('dot_general')
  expect(lowered.costAnalysis()).toEqual({ flops: 128, transcendentals: 0, bytesAccessed: 192, unknown: 0 })
  expect(jnp.sum(lowered.compile()(jnp.ones([4, 4]))).item()).toBe(64)
  expect(() => lowered.asText('stablehlo')).toThrow(errors.ValueError)
  expect(() => lowered.compile()(jnp.ones([2, 2]))).toThrow(TypeError)
})
