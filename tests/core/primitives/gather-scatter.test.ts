import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Array as JaxArray, config, jnp, jvp, lax, slice } from '../../../core/index.ts'
import { checkRules, integers, values } from './check-rules.ts'

beforeAll(() => config.update('enableX64', true))
afterAll(() => config.update('enableX64', false))

const rows = { offsetDims: [1], collapsedSliceDims: [0], startIndexMap: [0] }
const scatterRows = { updateWindowDims: [1], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }

describe('gather', () => {
  test('rows by index', () => {
    checkRules((x, i) => lax.gather(x, i, rows, [1, 3]), values(4, 3), integers([[2], [0], [2]]))
  })

  test('windows that are not collapsed', () => {
    const numbers = { offsetDims: [0, 1], collapsedSliceDims: [], startIndexMap: [1, 0] }
    checkRules(
      (x, i) => lax.gather(x, i, numbers, [2, 2]),
      values(4, 3),
      integers([
        [0, 1],
        [1, 2],
        [0, 0],
      ]),
    )
  })

  test('with axes walked in step', () => {
    const numbers = {
      offsetDims: [],
      collapsedSliceDims: [1],
      startIndexMap: [1],
      operandBatchingDims: [0],
      startIndicesBatchingDims: [0],
    }
    checkRules((x, i) => lax.gather(x, i, numbers, [1, 1]), values(3, 4), integers([[[1]], [[0]], [[3]]]))
  })

  test.each(['clip', 'fill'] as const)('with indices out of range, mode %s', (mode) => {
    const read = (x: JaxArray, i: JaxArray): JaxArray => lax.gather(x, i, rows, [1, 2], { mode, fillValue: 0 })
    checkRules(read, values(3, 2), integers([[1], [7], [-2]]))
  })

  test('clamps, or fills with NaN or the end of the range', () => {
    const at = integers([[1], [7], [-2]])
    const numbers = { offsetDims: [], collapsedSliceDims: [0], startIndexMap: [0] }
    expect(lax.gather(jnp.array([1, 2, 3]), at, numbers, [1], { mode: 'clip' }).tolist()).toEqual([2, 3, 1])
    expect(lax.gather(jnp.array([1, 2, 3]), at, numbers, [1], { mode: 'fill' }).tolist()).toEqual([2, NaN, NaN])
    const whole = lax.gather(integers([1, 2, 3]), at, numbers, [1], { mode: 'fill' })
    expect(whole.tolist()).toEqual([2, -(2 ** 31), -(2 ** 31)])
  })

  test('refuses index vectors that do not match the map', () => {
    expect(() => lax.gather(values(4, 3), integers([[0, 1]]), rows, [1, 3])).toThrow(
      /start_index_map has 1 entries.*2 components/,
    )
    expect(() => lax.gather(values(4, 3), values(2, 1), rows, [1, 3])).toThrow(/indices must be integers, got float64/)
    expect(() => lax.gather(values(4, 3), integers([[0]]), rows, [1, 4])).toThrow(/slice_sizes=\(1, 4\)/)
  })
})

describe('scatter', () => {
  const at = integers([[2], [0]])

  test('set at different places', () => {
    checkRules((x, i, u) => lax.scatter(x, i, u, scatterRows, { uniqueIndices: true }), values(4, 3), at, values(2, 3))
  })

  test('set where places repeat: the derivative follows the update that wins', () => {
    checkRules((x, i, u) => lax.scatter(x, i, u, scatterRows), values(4, 3), integers([[2], [0], [2]]), values(3, 3))
  })

  test('add accumulates', () => {
    checkRules((x, i, u) => lax.scatterAdd(x, i, u, scatterRows), values(4, 3), integers([[2], [0], [2]]), values(3, 3))
  })

  test('mul at different places', () => {
    checkRules(
      (x, i, u) => lax.scatterMul(x, i, u, scatterRows, { uniqueIndices: true }),
      values(4, 3),
      at,
      values(2, 3),
    )
  })

  test.each(['scatterMin', 'scatterMax'] as const)('%s', (name) => {
    checkRules((x, i, u) => lax[name](x, i, u, scatterRows), values(4, 3), at, values(2, 3))
  })

  test('windows out of range are left out, or moved inside with clip', () => {
    const far = integers([[9], [1]])
    checkRules((x, i, u) => lax.scatterAdd(x, i, u, scatterRows), values(4, 3), far, values(2, 3))
    checkRules((x, i, u) => lax.scatterAdd(x, i, u, scatterRows, { mode: 'clip' }), values(4, 3), far, values(2, 3))
    const numbers = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }
    const x = jnp.zeros([3])
    expect(lax.scatter(x, far, jnp.array([5, 6]), numbers).tolist()).toEqual([0, 6, 0])
    expect(lax.scatter(x, far, jnp.array([5, 6]), numbers, { mode: 'clip' }).tolist()).toEqual([0, 6, 5])
  })

  test('a tie in scatter-max shares the derivative', () => {
    const x = jnp.array([1, 2], { dtype: 'float64' })
    const maximum = (y: JaxArray): JaxArray => y.at(0).max(1)
    const [, tangent] = jvp(maximum, [x], [jnp.ones([2], { dtype: 'float64' })])
    expect(String(tangent)).toBe('[0.5 1. ]')
  })

  test('integers wrap and booleans combine', () => {
    const x = integers([2 ** 31 - 1, 3])
    expect(x.at(0).add(1).tolist()).toEqual([-(2 ** 31), 3])
    expect(
      x
        .at(1)
        .mul(2 ** 31 - 1)
        .tolist(),
    ).toEqual([2 ** 31 - 1, 2147483645])
    expect(jnp.array([true, false]).at(1).max(true).tolist()).toEqual([true, true])
  })

  test('repeated products have no derivative and say so', () => {
    const twice = integers([0, 0])
    expect(() =>
      jvp((x: JaxArray, u: JaxArray) => x.at(twice).mul(u), [values(2), values(2)], [values(2), values(2)]),
    ).toThrow(/unique_indices/)
  })
})

describe('the index syntax under every transformation', () => {
  test('reading with arrays, ranges and new axes', () => {
    checkRules((x, i) => x.slice(i, null, slice(null, null, -2)), values(4, 5), integers([1, 3, 1]))
  })

  test('reading with a traced scalar', () => {
    checkRules((x, i) => x.slice(i.slice(0), slice(1, 3)), values(4, 5), integers([1, 3, 2]))
  })

  test('updating a range', () => {
    checkRules(
      (x, u) =>
        x
          .at(slice(1, null, 2))
          .set(u)
          .at(0)
          .mul(3),
      values(5),
      values(2),
    )
  })
})
