import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { type ArrayLike, config, jit, jnp, lax } from '../../../core/index.ts'

afterEach(() => config.update('platform', 'reference'))

type Operation = (a: ArrayLike, b: ArrayLike) => ArrayLike

/** Everything the element-wise target computes, as binary operations. */
const operations: readonly Operation[] = [
  lax.add,
  lax.sub,
  lax.mul,
  lax.div,
  lax.max,
  lax.min,
  (a) => lax.neg(a),
  (a) => lax.abs(a),
  (a) => lax.sqrt(lax.abs(a)),
  (a) => lax.floor(a),
  (a) => lax.ceil(a),
]

const special = fc.constantFrom(0, -0, 1, -1, NaN, Infinity, -Infinity, 1e-40, 3.4e38)
const float = fc.oneof({ weight: 4, arbitrary: fc.float({ noNaN: true }) }, { weight: 1, arbitrary: special })

test('fused WebAssembly loops give the bits of the reference kernels', () => {
  fc.assert(
    fc.property(
      fc.array(float, { minLength: 1, maxLength: 37 }),
      float,
      fc.array(fc.tuple(fc.nat(operations.length - 1), fc.nat(5), fc.nat(5)), { minLength: 1, maxLength: 12 }),
      (values, scalar, program) => {
        const x = jnp.array(Float32Array.from(values))
        const y = jnp.array(Float32Array.from(values.toReversed()))
        const run = (x: ArrayLike, y: ArrayLike, s: ArrayLike) => {
          const made: ArrayLike[] = [x, y, lax.mul(x, s)]
          for (const [operation, a, b] of program) {
            made.push(operations[operation](made[a % made.length], made[b % made.length]))
          }
          return made.at(-1) ?? x
        }
        const bits = () => {
          const result = jnp.asarray(jit(run)(x, y, scalar)).data()
          // The payload of a NaN is not part of the promise.
          return [...result].map((value) => (Number.isNaN(value) ? 'nan' : Object.is(value, -0) ? '-0' : value))
        }
        config.update('platform', 'reference')
        const expected = bits()
        config.update('platform', 'cpu')
        const got = bits()
        config.update('platform', 'reference')
        expect(got).toEqual(expected)
      },
    ),
    { seed: 7, numRuns: 300 },
  )
})

test.each([
  ["the primitive 'sin'", (x: ArrayLike) => jnp.sin(x), jnp.ones(2)],
  ["'add' of dtype int32", (x: ArrayLike) => lax.add(x, x), jnp.arange(2)],
])('what it cannot do is named: %s', (what, f, x) => {
  config.update('platform', 'cpu')
  expect(() => jit(f)(x)).toThrow(what)
})
