import { describe, expect, test } from 'vitest'
import { type Array as JaxArray, jnp } from '../../../core/index.ts'

const counted = (...shape: number[]): JaxArray => jnp.arange(shape.reduce((a, b) => a * b, 1)).reshape(shape)

/** The matrix product by its definition, over stacks that broadcast. */
function naiveMatmul(a: JaxArray, b: JaxArray): JaxArray {
  const x = jnp.expandDims(a, -1)
  const y = jnp.expandDims(b, -3)
  return jnp.sum(jnp.multiply(x, y), -2)
}

describe('matmul', () => {
  test.each([
    [
      [2, 3],
      [3, 4],
    ],
    [
      [5, 2, 3],
      [3, 4],
    ],
    [
      [2, 3],
      [5, 3, 4],
    ],
    [
      [5, 2, 3],
      [5, 3, 4],
    ],
    [
      [1, 2, 3],
      [5, 3, 4],
    ],
    [
      [5, 2, 3],
      [1, 3, 4],
    ],
    [
      [1, 2, 3],
      [1, 3, 4],
    ],
    [
      [7, 1, 2, 3],
      [5, 3, 4],
    ],
    [
      [1, 5, 2, 3],
      [7, 1, 3, 4],
    ],
    [
      [1, 1, 2, 3],
      [6, 3, 2],
    ],
  ])('%j by %j', (left, right) => {
    const [a, b] = [counted(...left), counted(...right)]
    expect(jnp.matmul(a, b).tolist()).toEqual(naiveMatmul(a, b).tolist())
  })

  test('vectors lose their axis', () => {
    expect(jnp.matmul(counted(3), counted(3)).item()).toBe(5)
    expect(jnp.matmul(counted(2, 3), counted(3)).tolist()).toEqual([5, 14])
    expect(jnp.matmul(counted(3), counted(4, 3, 2)).shape).toEqual([4, 2])
  })

  test('what does not fit', () => {
    expect(() => jnp.matmul(counted(2, 3), counted(2, 3))).toThrow(/\(2, 3\) and \(2, 3\)/)
    expect(() => jnp.matmul(counted(2, 2, 3), counted(5, 3, 2))).toThrow(/stacks do not broadcast/)
    expect(() => jnp.matmul(2, counted(3))).toThrow(/at least one dimension/)
  })
})

describe('einsum', () => {
  const a = counted(2, 3)
  const b = counted(3, 4)
  const square = counted(3, 3)

  test('products, with and without the result spelled out', () => {
    const expected = jnp.matmul(a, b).tolist()
    expect(jnp.einsum('ij,jk->ik', a, b).tolist()).toEqual(expected)
    expect(jnp.einsum('ij,jk', a, b).tolist()).toEqual(expected)
    expect(jnp.einsum('ij,jk->ki', a, b).tolist()).toEqual(jnp.matmul(a, b).T.tolist())
  })

  test('diagonals and traces', () => {
    expect(jnp.einsum('ii->i', square).tolist()).toEqual([0, 4, 8])
    expect(jnp.einsum('ii', square).item()).toBe(12)
  })

  test('axes that only one operand has are summed first', () => {
    expect(jnp.einsum('ij,k->i', a, counted(4)).tolist()).toEqual([18, 72])
  })

  test('an ellipsis broadcasts', () => {
    const stack = counted(5, 2, 3)
    expect(jnp.einsum('...ij,jk->...ik', stack, b).tolist()).toEqual(jnp.matmul(stack, b).tolist())
  })

  test('three operands', () => {
    const c = counted(4, 2)
    expect(jnp.einsum('ij,jk,kl->il', a, b, c).tolist()).toEqual(jnp.matmul(jnp.matmul(a, b), c).tolist())
  })

  test('letters that do not fit', () => {
    expect(() => jnp.einsum('ij,jk->ik', a, a)).toThrow(/'j'.*lengths 3 and 2/)
    expect(() => jnp.einsum('ij->ik', a)).toThrow(/must name axes of the operands/)
    expect(() => jnp.einsum('ijk->i', a)).toThrow(/does not fit an operand of shape \(2, 3\)/)
    expect(() => jnp.einsum('ij,jk', a)).toThrow(/names 2 operands, got 1/)
  })
})

test('other products', () => {
  expect(jnp.outer(counted(2), counted(3)).tolist()).toEqual([
    [0, 0, 0],
    [0, 1, 2],
  ])
  expect(jnp.inner(counted(2, 3), counted(2, 3)).tolist()).toEqual([
    [5, 14],
    [14, 50],
  ])
  expect(
    jnp.tensordot(counted(2, 3, 4), counted(4, 3), [
      [1, 2],
      [1, 0],
    ]).shape,
  ).toEqual([2])
  expect(jnp.kron(jnp.array([1, 10]), jnp.array([[1], [2]])).tolist()).toEqual([
    [1, 10],
    [2, 20],
  ])
  expect(jnp.cross(jnp.array([1, 0, 0]), jnp.array([0, 1, 0])).tolist()).toEqual([0, 0, 1])
  expect(jnp.trace(counted(3, 3), { offset: 1 }).item()).toBe(6)
  expect(jnp.vdot(counted(2, 2), counted(2, 2)).item()).toBe(14)
})
