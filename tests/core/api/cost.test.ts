import { expect, test } from 'vitest'
import { type Array, jit, jnp, lax, pureCallback, ShapeDtypeStruct } from '../../../core/index.ts'
import type { CostAnalysis } from '../../../core/api/jit-cost.ts'
import { higherOrderPrimitives } from '../../../core/control/registry.ts'
import { allPrimitives } from '../../../core/primitives/registry.ts'

const x = jnp.ones([64, 64])
const v = jnp.ones(1000)
const image = jnp.ones([8, 4, 16, 16])

function cost(f: (...args: Array[]) => unknown, ...args: Array[]): CostAnalysis {
  return jit(f)
    .lower(...args)
    .costAnalysis()
}

const conv = (options: Record<string, unknown>) => (a: Array, b: Array) =>
  lax.convGeneralDilated(a, b, [1, 1], 'VALID', options)

/** What `jit(f).lower(…).compile().cost_analysis()` of JAX 0.10.2 says on a CPU: flops, or transcendentals. */
const asXla: readonly [name: string, field: 'flops' | 'transcendentals', xla: number, mine: () => CostAnalysis][] = [
  ['product of matrices', 'flops', 524288, () => cost((a) => jnp.matmul(a, a), x)],
  [
    'batched product',
    'flops',
    3360,
    () => cost((a, b) => jnp.einsum('bij,bjk->bik', a, b), jnp.ones([5, 6, 7]), jnp.ones([5, 7, 8])),
  ],
  [
    'convolution, same',
    'flops',
    1625088,
    () => cost((a, b) => lax.conv(a, b, [1, 1], 'SAME'), jnp.ones([8, 3, 16, 16]), jnp.ones([16, 3, 3, 3])),
  ],
  [
    'convolution, valid',
    'flops',
    1354752,
    () => cost((a, b) => lax.conv(a, b, [1, 1], 'VALID'), jnp.ones([8, 3, 16, 16]), jnp.ones([16, 3, 3, 3])),
  ],
  [
    'convolution, strides',
    'flops',
    338688,
    () => cost((a, b) => lax.conv(a, b, [2, 2], 'VALID'), jnp.ones([8, 3, 16, 16]), jnp.ones([16, 3, 3, 3])),
  ],
  ['convolution, groups', 'flops', 903168, () => cost(conv({ featureGroupCount: 2 }), image, jnp.ones([16, 2, 3, 3]))],
  ['convolution, batches', 'flops', 903168, () => cost(conv({ batchGroupCount: 2 }), image, jnp.ones([16, 4, 3, 3]))],
  ['convolution, dilated', 'flops', 1327104, () => cost(conv({ rhsDilation: [2, 2] }), image, jnp.ones([16, 4, 3, 3]))],
  ['addition', 'flops', 1000, () => cost((a) => a.add(a), v)],
  ['sine', 'transcendentals', 1000, () => cost((a) => jnp.sin(a), v)],
  ['power', 'transcendentals', 1000, () => cost((a) => jnp.power(a, 3.5), v)],
  ['cube', 'flops', 2000, () => cost((a) => lax.integerPow(a, 3), v)],
  ['sum', 'flops', 1023, () => cost((a) => jnp.sum(a), v)],
  ['maximum', 'flops', 1023, () => cost((a) => jnp.max(a), v)],
  [
    'sums of windows',
    'flops',
    1996,
    () => cost((a) => lax.reduceWindow(a, jnp.float32(0), lax.add, [3], [1], 'VALID'), v),
  ],
  ['sort', 'flops', 10000, () => cost((a) => lax.sort(a), v)],
  ['Fourier transform', 'flops', 65536, () => cost((a) => jnp.fft.fft(a), jnp.ones([4, 256]).astype('complex64'))],
  [
    'branches',
    'flops',
    524290,
    () =>
      cost(
        (a) =>
          lax.cond(
            jnp.greater(a.slice(0, 0), 0),
            (b: Array) => jnp.matmul(b, b),
            (b: Array) => b.add(1),
            a,
          ),
        x,
      ),
  ],
  [
    'while, one step',
    'flops',
    524289,
    () =>
      cost(
        (a) =>
          lax.whileLoop(
            (c: Array) => jnp.less(c.slice(0, 0), 5),
            (c: Array) => jnp.matmul(c, c),
            a,
          ),
        x,
      ),
  ],
]

// XLA counts 8 operations where the textbook has 5 for a transform; all else is within a few operations.
test.each(asXla)('%s costs what XLA says, within a factor of 1.7', (_, field, xla, mine) => {
  const value = mine()[field]
  expect(value / xla).toBeGreaterThan(1 / 1.7)
  expect(value / xla).toBeLessThan(1.7)
})

// XLA knows nothing of LAPACK's routines; these are the textbook's counts for n = 64.
const n = 64
const textbook: readonly [name: string, expected: number, mine: () => CostAnalysis][] = [
  ['Cholesky', n ** 3 / 3, () => cost((a) => lax.linalg.cholesky(a, { symmetrizeInput: false }), x)],
  ['LU', (2 / 3) * n ** 3, () => cost((a) => lax.linalg.lu(a), x)],
  ['QR', (8 / 3) * n ** 3, () => cost((a) => lax.linalg.qr(a), x)],
  ['eigh', 9 * n ** 3, () => cost((a) => lax.linalg.eigh(a, { symmetrizeInput: false }), x)],
]

test.each(textbook)('%s costs what its algorithm does', (_, expected, mine) => {
  expect(mine().flops / expected).toBeGreaterThan(0.9)
  expect(mine().flops / expected).toBeLessThan(1.2)
})

test('a scan costs its steps, and what is not known is said', () => {
  const steps = (length: number): CostAnalysis =>
    cost((a) => lax.scan((c: Array) => [jnp.matmul(c, c), null] as const, a, null, { length })[0], x)
  expect(steps(10).flops).toBe(10 * steps(1).flops)
  expect(steps(10).unknown).toBe(0)
  const loop = cost(
    (a) =>
      lax.whileLoop(
        (c: Array) => jnp.less(c, 5),
        (c: Array) => c.add(1),
        a,
      ),
    jnp.float32(0),
  )
  expect(loop.unknown).toBe(1)
  expect(cost((a) => pureCallback((b: Array) => b, new ShapeDtypeStruct([1000]), a), v).unknown).toBe(1)
})

test('every primitive says what it costs', () => {
  const records = [...allPrimitives, ...higherOrderPrimitives]
  expect(records.filter((record) => typeof record.cost !== 'function').map(({ name }) => name)).toEqual([])
})
