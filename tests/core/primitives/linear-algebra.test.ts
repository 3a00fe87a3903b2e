import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Array as JaxArray, config, grad, jnp, lax } from '../../../core/index.ts'
import { checkRules, expectClose, values } from './check-rules.ts'

beforeAll(() => config.update('enableX64', true))
afterAll(() => config.update('enableX64', false))

/** A matrix that is far from singular, also when 0.5 is added to every entry. */
function regular(n: number, ...stack: number[]): JaxArray {
  return values(...stack, n, n).add(jnp.eye(n).mul(2 * n))
}

describe('triangular_solve', () => {
  for (const leftSide of [true, false]) {
    for (const lower of [true, false]) {
      for (const transposeA of [true, false]) {
        for (const unitDiagonal of [true, false]) {
          const options = { leftSide, lower, transposeA, unitDiagonal }
          test(JSON.stringify(options), () => {
            const b = leftSide ? values(3, 2) : values(2, 3)
            checkRules((a, x) => lax.linalg.triangularSolve(a, x, options), regular(3), b)
            const a = regular(3)
            const triangle = lower ? jnp.tril(a, unitDiagonal ? -1 : 0) : jnp.triu(a, unitDiagonal ? 1 : 0)
            const full = unitDiagonal ? triangle.add(jnp.eye(3)) : triangle
            const operator = transposeA ? full.T : full
            const x = lax.linalg.triangularSolve(a, b, options)
            expectClose(leftSide ? jnp.matmul(operator, x) : jnp.matmul(x, operator), b, 1e-12)
          })
        }
      }
    }
  }

  test('stacks of systems', () => {
    checkRules(
      (a, b) => lax.linalg.triangularSolve(a, b, { leftSide: true, lower: true }),
      regular(2, 3),
      values(3, 2, 2),
    )
  })
})

describe('lu', () => {
  test('the factors give back the matrix with its rows exchanged', () => {
    const a = jnp.array([
      [0, 2, 1],
      [4, 1, 3],
      [2, 5, 0],
    ])
    const [lu, pivots, permutation] = lax.linalg.lu(a)
    const product = jnp.matmul(jnp.tril(lu, -1).add(jnp.eye(3)), jnp.triu(lu))
    expectClose(product, jnp.take(a, permutation, 0), 1e-14)
    expect(pivots.tolist()).toEqual([1, 2, 2])
  })

  for (const [rows, columns] of [
    [3, 3],
    [4, 2],
    [2, 4],
  ]) {
    test(`the derivative for ${rows} by ${columns}`, () => {
      const a = values(rows, columns).add(jnp.eye(rows, columns).mul(9))
      checkRules((x) => lax.linalg.lu(x)[0], a)
    })
  }
})

describe('cholesky', () => {
  /** Symmetric and positive definite for every argument. */
  const definite = (x: JaxArray): JaxArray => jnp.matmul(x, x.T).add(jnp.eye(3))

  test('the factor and its derivative', () => {
    checkRules((x) => lax.linalg.cholesky(definite(x)), values(3, 3))
    const a = definite(values(3, 3))
    const factor = lax.linalg.cholesky(a)
    expectClose(jnp.matmul(factor, factor.T), a, 1e-12)
  })

  test('what is not positive definite gives NaN', () => {
    expect(
      jnp
        .isnan(
          lax.linalg.cholesky(
            jnp.array([
              [1, 2],
              [2, 1],
            ]),
          ),
        )
        .sum()
        .item(),
    ).toBeGreaterThan(0)
  })
})

describe('jnp.linalg', () => {
  test('solve, inv', () => {
    checkRules((a, b) => jnp.linalg.solve(a, b), regular(3), values(3))
    checkRules((a) => jnp.linalg.inv(a), regular(3))
  })

  for (const n of [1, 2, 3, 4]) {
    test(`det and slogdet of ${n} by ${n}`, () => {
      checkRules((a) => jnp.linalg.det(a), regular(n))
      checkRules((a) => jnp.linalg.slogdet(a)[1], regular(n))
    })
  }

  test('the determinant has a derivative where it vanishes', () => {
    const singular = jnp.array([
      [1, 2, 3, 4],
      [2, 4, 6, 8],
      [1, 0, 1, 0],
      [0, 1, 0, 2],
    ])
    const slope = grad((a: JaxArray) => jnp.linalg.det(a))(singular)
    const moved = (step: number): JaxArray => jnp.linalg.det(singular.at(1, 3).add(step))
    expectClose(slope.slice(1, 3), moved(1e-6).sub(moved(-1e-6)).div(2e-6), 1e-8)
  })

  test('solving twice differentiated', () => {
    const b = values(3)
    const f = (a: JaxArray): JaxArray => jnp.sum(jnp.linalg.solve(a, b))
    checkRules((a) => grad(f)(a), regular(3))
  })
})
