import { expect, test } from 'vitest'
import type { Array } from '../../../core/index.ts'
import { errors, grad, jit, jnp, random, vmap } from '../../../core/index.ts'

/** Counts and deletions are those of JAX 0.10.2, with keyword arguments where an object of options stands here. */
const ones = () => jnp.ones(4)

test('a parameter named static is part of the program, wherever it stands', () => {
  let traces = 0
  const repeat = jit(
    (x: Array, n: number) => {
      traces++
      let result = x
      for (let i = 0; i < n; i++) result = result.mul(2)
      return result
    },
    { staticArgnames: 'n' },
  )
  expect(repeat(ones(), 3).tolist()).toEqual([8, 8, 8, 8])
  expect(repeat(ones(), 3).tolist()).toEqual([8, 8, 8, 8])
  expect(repeat(ones(), 2).tolist()).toEqual([4, 4, 4, 4])
  expect(traces).toBe(2)
  expect(repeat.lower(ones(), 3).asText()).not.toContain('i32')
})

test('parameters are read as they are written: defaults, comments, methods, functions inside', () => {
  const takes = {
    power(x: Array, /* not y, */ n = 2) {
      return n === 2 ? x.mul(x) : x
    },
  }
  const power = jit(takes.power, { staticArgnames: ['n'] })
  expect([power(ones().mul(3)).sum().item(), power(ones().mul(3), 1).sum().item()]).toEqual([36, 12])
  const apply = jit(
    function apply(f: (x: Array, n: number) => Array = (x) => x, x: Array) {
      return f(x, 1)
    },
    { staticArgnames: 'f' },
  )
  expect(apply((x) => x.add(1), ones()).tolist()).toEqual([2, 2, 2, 2])
})

test('a name leads through transformations to the parameter of the function below', () => {
  const scaled = (x: Array, times: number) => (times > 1 ? x.mul(times).sum() : x.sum())
  expect(jit(grad(scaled), { staticArgnames: 'times' })(ones(), 3).tolist()).toEqual([3, 3, 3, 3])
  expect(jit(vmap(scaled, { inAxes: [0, null] }), { staticArgnames: 'times' })(jnp.ones([2, 2]), 3).tolist()).toEqual([
    6, 6,
  ])
})

test('a name of the trailing object of options is an entry of it, given or left out', () => {
  const f = (x: Array, { n = 2, bias = 0 }: { n?: number; bias?: number } = {}) => (n > 1 ? x.mul(n) : x).add(bias)
  const g = jit(f, { staticArgnames: 'n' })
  expect(
    [g(ones()), g(ones(), { n: 3 }), g(ones(), { n: 1, bias: 4 }), g(ones(), { bias: 1 })].map((y) => y.sum().item()),
  ).toEqual([8, 12, 20, 12])
  const loose = jit((x: Array, options: { n: number }) => (options.n > 1 ? x.mul(2) : x), { staticArgnames: 'n' })
  expect(loose(ones(), { n: 2 }).sum().item()).toBe(8)
})

test('a parameter named donated is deleted by the call', () => {
  const [x, y] = [ones(), ones()]
  jit((a: Array, b: Array) => a.add(b), { donateArgnames: 'b' })(x, y)
  expect([x.isDeleted(), y.isDeleted()]).toEqual([false, true])
})

test('a name that is no argument is refused, at once or by the call that shows it', () => {
  const f = (x: Array, n: number) => x.mul(n)
  expect(() => jit(f, { staticArgnames: 'm' })(ones(), 2)).toThrow(
    "jit: staticArgnames names 'm', which is not an argument: the function takes x, n.",
  )
  expect(() => jit((x: Array, { n }: { n: number }) => x.mul(n), { donateArgnames: 'm' })).toThrow(/takes x, n\./)
  expect(() => jit(() => ones(), { staticArgnames: 'm' })).toThrow(/takes no named arguments/)
  expect(() => jit(f.bind(null), { staticArgnames: 'n' })(ones(), 2)).toThrow(errors.ValueError)
  expect(() => jit(f, { staticArgnames: 1 as unknown as string })).toThrow(/Positions go into staticArgnums/)
  expect(() => jit(f, { staticArgnames: 'n', donateArgnums: 1 })).toThrow(/argument 1 is both static and donated/)
})

test('a static array is refused by name as by position', () => {
  const key = random.key(0)
  expect(() => jit((x: Array, n: unknown) => (n === null ? x : x), { staticArgnames: 'n' })(ones(), key)).toThrow(
    /a static argument must not be an array/,
  )
})

test('a static position may be left out where the function has a default or a rest for it, and only there', () => {
  let traces = 0
  const power = (x: Array, n = 4): Array => {
    traces++
    return x.mul(n)
  }
  const jitted = jit(power, { staticArgnums: 1 })
  expect([jitted(jnp.array(2)), jitted(jnp.array(2), 5), jitted(jnp.array(3))].map((y) => y.item())).toEqual([
    8, 10, 12,
  ])
  expect(traces).toBe(2)
  const count = jit((x: Array, ...more: number[]) => x.mul(more.length), { staticArgnums: [1, 2] })
  expect([count(jnp.array(2)), count(jnp.array(2), 7, 7)].map((y) => y.item())).toEqual([0, 4])
  expect(jit(vmap(power, [0]), { staticArgnums: 1 })(ones()).tolist()).toEqual([4, 4, 4, 4])
  const needed = jit((x: Array, n?: number) => x.mul(n ?? 1), { staticArgnums: 1 })
  expect(() => needed(ones())).toThrow('staticArgnums names argument 1, but the function was called with 1')
  expect(() => jit(power, { staticArgnums: 5 })(ones())).toThrow('staticArgnums names argument 5')
})
