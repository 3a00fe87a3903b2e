import { expect, test, vi } from 'vitest'
import type { Array } from '../../../core/index.ts'
import { errors, grad, jit, jnp, makeJaxpr, random, tree, vmap } from '../../../core/index.ts'

/** What was deleted in each case is what JAX 0.10.2 deletes on the CPU. */
const deleted = /Array has been deleted with shape=float32\[4\]\./

test('a deleted array keeps shape and dtype, and refuses to give its numbers', () => {
  const x = jnp.arange(4).astype('float32')
  expect(x.isDeleted()).toBe(false)
  x.delete()
  x.delete()
  expect(x.isDeleted()).toBe(true)
  expect([x.shape, x.dtype, x.nbytes, x.length]).toEqual([[4], 'float32', 16, 4])
  const reads: (() => unknown)[] = [
    () => x.add(1),
    () => x.tolist(),
    () => x.data(),
    () => String(x),
    () => x.slice(0),
    () => x.blockUntilReady(),
    () => [...x],
    () => jit((v: Array) => v.add(1))(x),
    () => grad((v: Array) => v.sum())(x),
  ]
  for (const read of reads) {
    expect(read).toThrow(errors.RuntimeError)
    expect(read).toThrow(deleted)
  }
})

test('a program may be traced with a deleted array, but not run', () => {
  const x = jnp.ones([4])
  x.delete()
  expect(makeJaxpr((y: Array) => y.add(x))(1).toString()).toContain('add')
  expect(() => jit((y: Array) => y.add(x))(jnp.ones([4]))).toThrow(deleted)
})

test('a tracer has no memory to delete', () => {
  const remove = jit((x: Array) => {
    x.delete()
    return x
  })
  expect(() => remove(jnp.ones(3))).toThrow(errors.ConcretizationTypeError)
  expect(() => jit((x: Array) => jnp.array(x.isDeleted()))(jnp.ones(3))).toThrow(/isDeleted\(\) was called on a traced/)
})

test('a donated argument that a result fits is deleted', () => {
  const x = jnp.arange(4).astype('float32')
  const y = jit((v: Array) => v.add(1), { donateArgnums: 0 })(x)
  expect(x.isDeleted()).toBe(true)
  expect(y.tolist()).toEqual([1, 2, 3, 4])
  expect(() => x.add(1)).toThrow(deleted)
})

test('every leaf of a donated pytree is deleted, and what comes back whole stays readable', () => {
  const p = { a: jnp.ones(4), b: jnp.ones(3) }
  jit((q: typeof p) => tree.map((leaf: Array) => leaf.mul(2), q), { donateArgnums: [0] })(p)
  expect([p.a.isDeleted(), p.b.isDeleted()]).toEqual([true, true])
  const x = jnp.arange(4)
  const same = jit((v: Array) => v, { donateArgnums: -1 })(x)
  expect(x.isDeleted()).toBe(true)
  expect(same.tolist()).toEqual([0, 1, 2, 3])
  const key = random.key(0)
  jit((k: Array) => random.split(k, 1).slice(0), { donateArgnums: 0 })(key)
  expect(key.isDeleted()).toBe(true)
})

test('an argument that no result fits, or that is not read, is not deleted', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const x = jnp.ones(4)
  const total = jit((v: Array) => v.sum(), { donateArgnums: 0 })
  total(x)
  total(x)
  expect(x.isDeleted()).toBe(false)
  expect(warn.mock.calls).toEqual([['Some donated buffers were not usable: float32[4].']])
  jit((_unread: Array, n: Array) => jnp.ones(4).add(n), { donateArgnums: 0 })(x, jnp.array(1))
  expect(x.isDeleted()).toBe(false)
  const y = jnp.ones(4)
  jit((a: Array, b: Array) => a.add(b), { donateArgnums: [0, 1] })(x, y)
  expect([x.isDeleted(), y.isDeleted()]).toEqual([true, false])
})

test('static arguments do not shift the donated ones, and options are donated by name', () => {
  const x = jnp.ones(4)
  jit((_n: number, v: Array) => v.add(1), { staticArgnums: 0, donateArgnums: 1 })(2, x)
  expect(x.isDeleted()).toBe(true)
  const [a, k] = [jnp.ones(4), jnp.ones(4)]
  jit((v: Array, options: { k: Array }) => v.add(options.k), { donateArgnames: 'k' })(a, { k })
  expect([a.isDeleted(), k.isDeleted()]).toEqual([false, true])
  expect(() => jit((v: Array) => v, { staticArgnums: 0, donateArgnums: 0 })).toThrow(errors.ValueError)
})

test('tracing, and calls from inside another transformation, delete nothing that they are not given', () => {
  const x = jnp.ones(4)
  const f = jit((v: Array) => v.add(1), { donateArgnums: 0 })
  makeJaxpr(f)(x)
  jit((v: Array) => f(v))(x)
  const compiled = f.lower(x).compile()
  expect(x.isDeleted()).toBe(false)
  compiled(x)
  expect(x.isDeleted()).toBe(true)
  expect(vmap(f)(jnp.ones(4)).tolist()).toEqual([2, 2, 2, 2])
})

test('the same memory is not donated twice', () => {
  const x = jnp.ones(4)
  const pair = (a: Array, b: Array): Array[] => [a.add(1), b.add(1)]
  expect(() => jit(pair, { donateArgnums: 0 })(x, x)).toThrow(errors.RuntimeError)
  expect(() => jit(pair, { donateArgnums: [0, 1] })(x, x)).toThrow(/is donated and is also argument 1/)
  expect(x.isDeleted()).toBe(false)
})
