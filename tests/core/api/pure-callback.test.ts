import { expect, test } from 'vitest'
import {
  type Array as JaxArray,
  type ArrayLike,
  ShapeDtypeStruct,
  customJvp,
  grad,
  jit,
  jnp,
  lax,
  pureCallback,
  vmap,
} from '../../../core/index.ts'

function hostSort(vmapMethod?: 'sequential' | 'expand_dims' | 'broadcast_all') {
  let calls = 0
  const sort = (x: JaxArray): JaxArray => {
    const announced = new ShapeDtypeStruct(x.shape, x.dtype)
    const onHost = (values: JaxArray) => {
      calls++
      return jnp.sort(values)
    }
    return jnp.asarray(pureCallback(onHost, announced, x, ...(vmapMethod ? [{ vmapMethod }] : [])) as ArrayLike)
  }
  return { sort, calls: () => calls }
}

const rows = jnp.array([
  [3, 1, 2],
  [9, 7, 8],
])

test('runs inside jit, scan and cond', () => {
  const { sort } = hostSort()
  expect(jit(sort)(rows.slice(0)).tolist()).toEqual([1, 2, 3])
  const last = lax.scan((_: JaxArray, row: JaxArray) => [sort(row), null], jnp.zeros(3), rows)[0]
  expect(jnp.asarray(last as ArrayLike).tolist()).toEqual([7, 8, 9])
})

test.each([
  ['sequential', 2],
  ['expand_dims', 1],
  ['broadcast_all', 1],
] as const)('vmap by %s makes %i calls for two lanes', (method, count) => {
  const { sort, calls } = hostSort(method)
  expect(vmap(sort)(rows).tolist()).toEqual([
    [1, 2, 3],
    [7, 8, 9],
  ])
  expect(calls()).toBe(count)
})

test('without a method vmap is refused, with the methods named', () => {
  expect(() => vmap(hostSort().sort)(rows)).toThrow(/vmapMethod/)
})

test('a derivative must be given', () => {
  const { sort } = hostSort()
  expect(() => grad((x: JaxArray) => jnp.sum(sort(x)))(jnp.array([2, 1]))).toThrow(/do not support JVP/)
  const ruled = customJvp(sort)
  ruled.defjvp(([x]: [JaxArray], [t]: [JaxArray]) => [sort(x), jnp.take(t, jnp.argsort(x))])
  expect(grad((x: JaxArray) => jnp.dot(ruled(x), jnp.arange(2)))(jnp.array([2, 1])).tolist()).toEqual([1, 0])
})

test('a result of another shape than announced is an error', () => {
  const wrong = () => pureCallback(() => jnp.zeros(3), new ShapeDtypeStruct([2]), jnp.ones(2))
  expect(wrong).toThrow('returned f32[3] where f32[2] was announced')
})

test('results have the dtype that was announced, or are refused', () => {
  const half = new ShapeDtypeStruct([2], 'bfloat16')
  const returning = (result: unknown) => jit((x: JaxArray) => pureCallback(() => result, half, x) as JaxArray)(rows)
  expect(returning([0.5, 1.5]).tolist()).toEqual([0.5, 1.5])
  expect(returning(jnp.array([0.5, 1.5], { dtype: 'bfloat16' })).tolist()).toEqual([0.5, 1.5])
  expect(() => returning(jnp.array([0.5, 1.5]))).toThrow(/returned f32\[2\] where bf16\[2\] was announced/)
})
