import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Array as JaxArray, config, jnp, lax } from '../../../core/index.ts'
import { checkRules, expectClose, values } from './check-rules.ts'

beforeAll(() => config.update('enableX64', true))
afterAll(() => config.update('enableX64', false))

describe('qr', () => {
  test.each([
    [3, 3],
    [4, 2],
    [2, 4],
  ])('of a %i by %i matrix', (rows, columns) => {
    const a = values(rows, columns)
    const [q, r] = jnp.linalg.qr(a)
    expectClose(jnp.matmul(q, r), a, 1e-13)
    expectClose(jnp.matmul(q.T, q), jnp.eye(Math.min(rows, columns)), 1e-13)
    expectClose(jnp.triu(r), r, 0)
    checkRules((x) => lax.linalg.qr(x, { fullMatrices: false })[0], a)
    checkRules((x) => lax.linalg.qr(x, { fullMatrices: false })[1], a)
  })

  test('complete, with a square Q', () => {
    const a = values(4, 2)
    const [q, r] = jnp.linalg.qr(a, { mode: 'complete' })
    expect([q.shape, r.shape]).toEqual([
      [4, 4],
      [4, 2],
    ])
    expectClose(jnp.matmul(q, r), a, 1e-13)
    checkRules((x) => lax.linalg.qr(x)[0], a)
    checkRules((x) => lax.linalg.qr(x)[1], a)
  })

  test('the signs are those of LAPACK', () => {
    const [q, r] = jnp.linalg.qr(
      jnp.array([
        [0, 1],
        [2, 3],
      ]),
    )
    expectClose(
      r,
      jnp.array([
        [-2, -3],
        [0, -1],
      ]),
      1e-15,
    )
    expectClose(
      q,
      jnp.array([
        [0, -1],
        [-1, 0],
      ]),
      1e-15,
    )
  })
})

describe('eigh', () => {
  test('vectors and ascending values of a symmetric matrix', () => {
    const x = values(4, 4)
    const a = x.add(x.T)
    const [w, v] = jnp.linalg.eigh(a)
    expectClose(jnp.matmul(a, v), v.mul(w), 1e-13)
    expectClose(jnp.matmul(v.T, v), jnp.eye(4), 1e-13)
    expect(w.tolist()).toEqual(jnp.sort(w).tolist())
  })

  test('derivatives', () => {
    const symmetric = (x: JaxArray): JaxArray => x.add(x.T)
    checkRules((x) => jnp.linalg.eigvalsh(symmetric(x)), values(3, 3))
    // Vectors have no sign of their own, so their products are compared.
    checkRules(
      (x) => {
        const [w, v] = jnp.linalg.eigh(symmetric(x))
        return jnp.matmul(v.mul(jnp.exp(w)), v.T)
      },
      values(3, 3),
    )
  })

  test('diagonal matrices and equal values', () => {
    expect(jnp.linalg.eigvalsh(jnp.diag(jnp.array([3, 1, 2]))).tolist()).toEqual([1, 2, 3])
    expectClose(jnp.linalg.eigvalsh(jnp.ones([2, 2])), jnp.array([0, 2]), 1e-15)
  })
})
