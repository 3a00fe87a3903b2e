import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Array as JaxArray, config, grad, jnp, lax, vmap } from '../../../core/index.ts'
import { checkRules, values } from './check-rules.ts'

beforeAll(() => config.update('enableX64', true))
afterAll(() => config.update('enableX64', false))

describe('reductions', () => {
  const reductions = {
    reduce_sum: lax.reduceSum,
    reduce_prod: lax.reduceProd,
    reduce_max: lax.reduceMax,
    reduce_min: lax.reduceMin,
  }
  for (const [name, reduce] of Object.entries(reductions)) {
    for (const axes of [[0], [1], [0, 2], [0, 1, 2], []]) {
      test(`${name} over [${axes.join()}]`, () => checkRules((x) => reduce(x, axes), values(2, 3, 4)))
    }
  }

  test('a product with zeros has the derivative of the other factors', () => {
    const slope = (list: number[]) => grad((x: JaxArray) => lax.reduceProd(x, [0]))(jnp.array(list)).tolist()
    expect(slope([2, 0, 3])).toEqual([0, 6, 0])
    expect(slope([0, 0, 3])).toEqual([0, 0, 0])
  })

  test('elements that share a maximum share its derivative', () => {
    expect(grad((x: JaxArray) => lax.reduceMax(x, [0]))(jnp.array([1, 3, 3])).tolist()).toEqual([0, 0.5, 0.5])
  })

  test('positions and logical reductions under vmap', () => {
    const x = jnp.array([
      [3, 1, 3],
      [0, 5, 2],
    ])
    const columns = vmap((row: JaxArray) => lax.argmax(row, 0, 'int32'))(x)
    expect(columns.tolist()).toEqual([0, 1])
    expect(vmap((row: JaxArray) => lax.argmin(row, 0, 'int32'), 1)(x).tolist()).toEqual([1, 0, 1])
    expect(vmap((row: JaxArray) => lax.reduceAnd(lax.gt(row, 0), [0]))(x).tolist()).toEqual([true, false])
  })

  test('the first NaN is the extremum', () => {
    const x = jnp.array([1, NaN, 5, NaN])
    expect(lax.argmax(x, 0).item()).toBe(1)
    expect(lax.argmin(x, 0).item()).toBe(1)
    expect(lax.reduceMax(x, [0]).item()).toBeNaN()
  })

  test('axes that do not exist', () => {
    expect(() => lax.reduceSum(jnp.ones([2, 3]), [2])).toThrow(/axis 2 is out of bounds/)
    expect(() => lax.reduceSum(jnp.ones([2, 3]), [0, 0])).toThrow(/twice/)
    expect(() => lax.argmax(jnp.ones([0]), 0)).toThrow(/empty/)
  })
})

describe('cumulative operations', () => {
  const cumulatives = {
    cumsum: lax.cumsum,
    cumprod: lax.cumprod,
    cummax: lax.cummax,
    cummin: lax.cummin,
    cumlogsumexp: lax.cumlogsumexp,
  }
  for (const [name, run] of Object.entries(cumulatives)) {
    for (const length of [1, 2, 5]) {
      test(`${name} of ${length} elements, both ways`, () => {
        checkRules((x) => run(x, { axis: 1 }), values(2, length))
        checkRules((x) => run(x, { axis: 0, reverse: true }), values(length, 2))
      })
    }
  }

  test('running values', () => {
    const x = jnp.array([1, 3, 2])
    expect(lax.cumsum(x).tolist()).toEqual([1, 4, 6])
    expect(lax.cumprod(x, { reverse: true }).tolist()).toEqual([6, 6, 2])
    expect(lax.cummax(x).tolist()).toEqual([1, 3, 3])
    expect(lax.cumlogsumexp(jnp.array([-Infinity, 0, 0])).tolist()).toEqual([-Infinity, 0, Math.LN2])
  })
})

describe('sorting', () => {
  test('sort and its derivative', () => {
    checkRules((x) => lax.sort(x), values(3, 4))
    checkRules((x) => lax.sort(x, { dimension: 0 }), values(3, 4))
  })

  test('values move along with their keys', () => {
    checkRules((keys, x) => lax.sort([keys, x])[1], values(5), values(5))
  })

  test('equal keys keep their order, the second key decides', () => {
    const [first, second, position] = lax.sort([jnp.array([2, 1, 2, 1]), jnp.array([1, 5, 0, 4]), jnp.arange(4)], {
      numKeys: 2,
    })
    expect(first.tolist()).toEqual([1, 1, 2, 2])
    expect(second.tolist()).toEqual([4, 5, 0, 1])
    expect(position.tolist()).toEqual([3, 1, 2, 0])
  })

  test('NaN comes last and the zeros are equal', () => {
    const [, position] = lax.sort([jnp.array([NaN, 0, -1, -0]), jnp.arange(4)])
    expect(position.tolist()).toEqual([2, 1, 3, 0])
  })

  test('topK and its derivative', () => {
    checkRules((x) => lax.topK(x, 2)[0], values(3, 5))
    checkRules((x) => lax.topK(x, 2, { axis: 0 })[0], values(4, 2))
    expect(lax.topK(jnp.array([1, 7, 7, 3]), 3)[1].tolist()).toEqual([1, 2, 3])
    expect(() => lax.topK(jnp.ones([3]), 4)).toThrow(/k=4 for shape \(3,\)/)
  })
})
