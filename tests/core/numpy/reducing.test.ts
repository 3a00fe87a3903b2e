import { describe, expect, test } from 'vitest'
import { type Array as JaxArray, grad, jit, jnp, nn, scipy, vmap } from '../../../core/index.ts'

const x = jnp.array([
  [3, 1, 2],
  [6, 5, 4],
])

describe('reductions', () => {
  test('over an axis by position or by name, keeping it or not', () => {
    expect(jnp.sum(x, 0).tolist()).toEqual([9, 6, 6])
    expect(jnp.sum(x, { axis: -1, keepdims: true }).tolist()).toEqual([[6], [15]])
    expect(jnp.max(x, [0, 1]).item()).toBe(6)
    expect(jnp.sum(x, 0, { dtype: 'int32' }).dtype).toBe('int32')
  })

  test('small integers and booleans are summed in 32 bits', () => {
    expect(jnp.sum(jnp.full(200, 100, { dtype: 'int8' })).item()).toBe(20000)
    expect(jnp.sum(jnp.greater(x, 2)).item()).toBe(4)
  })

  test('under a mask and from a start', () => {
    expect(jnp.sum(x, { where: jnp.greater(x, 2), initial: 100 }).item()).toBe(118)
    expect(jnp.mean(x, { where: jnp.greater(x, 2) }).item()).toBe(4.5)
    expect(jnp.max(x, { where: jnp.less(x, 3), initial: -1 }).item()).toBe(2)
    expect(() => jnp.max(x, { where: jnp.less(x, 3) })).toThrow(/initial/)
  })

  test('of nothing', () => {
    expect(jnp.sum(jnp.zeros([0])).item()).toBe(0)
    expect(() => jnp.max(jnp.zeros([0]))).toThrow(/empty/)
  })

  test('spread', () => {
    expect(jnp.var(jnp.array([1, 3]), { ddof: 1 }).item()).toBe(2)
    expect(jnp.std(jnp.array([1])).item()).toBe(0)
    expect(jnp.var(jnp.array([1]), { ddof: 1 }).item()).toBeNaN()
  })

  test('without NaN', () => {
    const y = jnp.array([1, NaN, 3])
    expect([jnp.nansum(y), jnp.nanmean(y), jnp.nanmax(y), jnp.nanmin(y)].map((v) => v.item())).toEqual([4, 2, 3, 1])
    expect(jnp.nanmax(jnp.array([NaN])).item()).toBeNaN()
  })
})

describe('sorting and searching', () => {
  test('argsort is stable both ways', () => {
    const ties = jnp.array([1, 0, 1, 0])
    expect(jnp.argsort(ties).tolist()).toEqual([1, 3, 0, 2])
    expect(jnp.argsort(ties, { descending: true }).tolist()).toEqual([0, 2, 1, 3])
    expect(jnp.sort(ties, { descending: true }).tolist()).toEqual([1, 1, 0, 0])
  })

  test('all methods of searchsorted agree', () => {
    const table = jnp.array([1, 3, 3, 5])
    const wanted = jnp.array([
      [0, 3, 4],
      [5, 9, NaN],
    ])
    for (const side of ['left', 'right'] as const) {
      const expected =
        side === 'left'
          ? [
              [0, 1, 3],
              [3, 4, 4],
            ]
          : [
              [0, 3, 3],
              [4, 4, 4],
            ]
      for (const method of ['scan', 'scan_unrolled', 'sort', 'compare_all'] as const) {
        expect(jnp.searchsorted(table, wanted, { side, method }).tolist(), `${method} ${side}`).toEqual(expected)
      }
    }
  })

  test('positions among all elements or along an axis', () => {
    expect(jnp.argmax(x).item()).toBe(3)
    expect(jnp.argmin(x, { axis: 1, keepdims: true }).tolist()).toEqual([[1], [2]])
  })

  test('functions whose shape depends on values work outside of programs only', () => {
    expect(jnp.unique(jnp.array([3, 1, 3])).tolist()).toEqual([1, 3])
    expect(jnp.nonzero(jnp.greater(x, 4)).map((axis) => axis.tolist())).toEqual([
      [1, 1],
      [0, 1],
    ])
    expect(() => jit((y: JaxArray) => jnp.unique(y))(x)).toThrow(/depends on values/)
  })
})

describe('quantiles', () => {
  test('interpolate between elements by the method asked for', () => {
    const y = jnp.array([1, 2, 4, 8])
    const at = (method: 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest') =>
      jnp.quantile(y, 0.5, { method }).item()
    expect([at('linear'), at('lower'), at('higher'), at('midpoint'), at('nearest')]).toEqual([3, 2, 4, 3, 2])
    expect(jnp.percentile(x, jnp.array([0, 100]), 1).tolist()).toEqual([
      [1, 4],
      [3, 6],
    ])
  })

  test('the median has a derivative, and NaN spoils it', () => {
    expect(grad((y: JaxArray) => jnp.median(y))(jnp.array([1, 5, 3])).tolist()).toEqual([0, 0, 1])
    expect(jnp.median(jnp.array([1, NaN, 3])).item()).toBeNaN()
  })
})

describe('nn and scipy', () => {
  test('relu has slope 0 at its corner', () => {
    const slope = vmap(grad((y: JaxArray) => nn.relu(y)))(jnp.array([-1, 0, 1]))
    expect(slope.tolist()).toEqual([0, 0, 1])
  })

  test('softmax and logsumexp do not overflow', () => {
    expect(nn.softmax(jnp.array([1000, 1000])).tolist()).toEqual([0.5, 0.5])
    expect(nn.softmax(jnp.array([-Infinity, 0])).tolist()).toEqual([0, 1])
    expect(Number(scipy.special.logsumexp(jnp.array([1000, 1000])).item())).toBeCloseTo(1000 + Math.LN2, 3)
    expect(scipy.special.logsumexp(jnp.array([-Infinity, -Infinity])).item()).toBe(-Infinity)
  })

  test('the logarithm of softmax has the derivative of its definition', () => {
    const y = jnp.array([0.5, -1, 2])
    const slope = grad((z: JaxArray) => nn.logSoftmax(z).slice(0))(y)
    const expected = jnp.array([1, 0, 0]).sub(nn.softmax(y))
    expect(jnp.allclose(slope, expected, { atol: 1e-6 }).item()).toBe(true)
  })

  test('oneHot leaves rows of zeros for what is out of range', () => {
    expect(nn.oneHot(jnp.array([1, 5], { dtype: 'int32' }), 2).tolist()).toEqual([
      [0, 1],
      [0, 0],
    ])
  })
})

describe('vectorize', () => {
  test('maps what the signature does not name, and broadcasts it', () => {
    const matvec = jnp.vectorize((a: JaxArray, v: JaxArray) => jnp.dot(a, v), { signature: '(n,m),(m)->(n)' })
    expect(matvec(jnp.ones([5, 1, 2, 3]), jnp.ones([4, 3])).shape).toEqual([5, 4, 2])
    expect(() => matvec(jnp.ones([2, 3]), jnp.ones([4]))).toThrow(/does not fit/)
  })
})
