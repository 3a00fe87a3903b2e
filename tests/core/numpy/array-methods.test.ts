import { describe, expect, test } from 'vitest'
import { Array as JaxArray, errors, grad, jit, jnp, vmap } from '../../../core/index.ts'

const x = jnp.arange(6).reshape(2, 3)

describe('a concrete array behaves as a NumPy user expects', () => {
  test('reading', () => {
    expect(x.tolist()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
    expect(x.data()).toEqual(Int32Array.of(0, 1, 2, 3, 4, 5))
    expect(jnp.array(true).item()).toBe(true)
    expect(() => x.item()).toThrow(/one element, got shape \(2, 3\)/)
  })

  test('what data gives is a copy', () => {
    x.data().reverse()
    expect(x.slice(0, 0).item()).toBe(0)
  })

  test('methods are the functions of jnp', () => {
    expect(x.T.tolist()).toEqual(jnp.transpose(x).tolist())
    expect(x.sum(0).tolist()).toEqual([3, 5, 7])
    expect(x.mean({ axis: 1, keepdims: true }).tolist()).toEqual([[1], [4]])
    expect(x.add(1).mul(2).sub(x).div(2).tolist()).toEqual([
      [1, 1.5, 2],
      [2.5, 3, 3.5],
    ])
    expect(x.mod(2).tolist()).toEqual([
      [0, 1, 0],
      [1, 0, 1],
    ])
    expect(x.reshape([3, 2]).shape).toEqual(x.reshape(3, 2).shape)
    expect(x.astype(jnp.float16).dtype).toBe('float16')
    expect(x.matmul(x.T).tolist()).toEqual([
      [5, 14],
      [14, 50],
    ])
    expect(x.argmax(1).tolist()).toEqual([2, 2])
    expect(x.pow(2).clip(1, 9).cumsum().tolist()).toEqual([1, 2, 6, 15, 24, 33])
  })

  test('conversions', () => {
    expect(Number(jnp.array(2.5))).toBe(2.5)
    expect(`${jnp.array([1, 2])}`).toBe('[1. 2.]')
    expect(() => Number(x)).toThrow(/only a scalar array converts to a number/)
    expect([...jnp.arange(3)].map(Number)).toEqual([0, 1, 2])
  })

  test('iteration and length go along the first axis', () => {
    expect([...x].map((row) => row.tolist())).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
    expect(x.length).toBe(2)
    expect(() => [...jnp.array(1)]).toThrow(/no axis to iterate/)
    expect(() => jnp.array(1).length).toThrow(/no length/)
  })

  test('instanceof holds for tracers too', () => {
    let traced: unknown = null
    jit((y: JaxArray) => {
      traced = y instanceof JaxArray
      return y
    })(x)
    expect(traced).toBe(true)
  })
})

describe('a tracer says what it cannot give, and by whose doing', () => {
  test.each([
    ['tolist', (y: JaxArray) => y.tolist(), errors.ConcretizationTypeError],
    ['item', (y: JaxArray) => y.sum().item(), errors.ConcretizationTypeError],
    ['a number', (y: JaxArray) => Number(y.sum()), errors.ConcretizationTypeError],
    ['data', (y: JaxArray) => y.data(), errors.TracerArrayConversionError],
  ])('%s', (_name, read, error) => {
    const attempt = (): unknown => jit((y: JaxArray) => [read(y)].length)(x)
    expect(attempt).toThrow(error)
    expect(attempt).toThrow(/jit/)
  })

  test('its text tells the transformation and the type', () => {
    const texts: string[] = []
    const note = (y: JaxArray): JaxArray => {
      texts.push(String(y))
      return y.sum()
    }
    jit(note)(x)
    vmap(note)(x)
    grad(note)(jnp.array(3))
    expect(texts).toEqual(['JitTracer(int32[2,3])', 'VmapTracer(int32[3])', 'GradTracer(primal=3.0, float32[])'])
  })

  test('length and iteration go by the shape', () => {
    expect(String(jit((y: JaxArray) => y.length)(x))).toBe('2.0')
    expect(jit((y: JaxArray) => [...y].reverse())(x).map((row) => row.tolist())).toEqual([
      [3, 4, 5],
      [0, 1, 2],
    ])
  })
})
