import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Array as JaxArray, P, config, grad, jnp, lax, makeMesh, random, shardMap } from '../../../core/index.ts'
import { countLooks, looksOf } from './looks.ts'

countLooks()
beforeAll(() => config.update('numCpuDevices', 2))
afterAll(() => config.update('numCpuDevices', 1))

/** A kernel looks at least once so many elements. */
const between = 80_000

const large = 2 ** 18
const side = 2 ** 9
const x = (): JaxArray => jnp.linspace(0.1, 0.9, large, { dtype: 'float32' })
const rows = (): JaxArray => x().reshape([side, side])
const ints = (): JaxArray => jnp.arange(large, { dtype: 'int32' })
const places = (): JaxArray => jnp.mod(ints().mul(7919), large)

const cases: Readonly<Record<string, readonly [(...args: JaxArray[]) => unknown, ...(() => JaxArray)[]]>> = {}
const add = (name: string, f: (...args: JaxArray[]) => unknown, ...args: (() => JaxArray)[]): void => {
  Object.assign(cases, { [name]: [f, ...args] })
}

for (const dtype of ['float32', 'int32', 'int64', 'bfloat16', 'complex64', 'bool'] as const) {
  const y = (): JaxArray => x().astype(dtype)
  add(`add ${dtype}`, (a, b) => (dtype === 'bool' ? jnp.logicalOr(a, b) : lax.add(a, b)), y, y)
  add(`neg ${dtype}`, (a) => (dtype === 'bool' ? jnp.logicalNot(a) : lax.neg(a)), y)
  add(
    `broadcast add ${dtype}`,
    (a, b) => (dtype === 'bool' ? jnp.logicalOr(a, b) : jnp.add(a, b)),
    () => y().reshape([side, side]),
    () => jnp.ones([1, side], { dtype }),
  )
  add(`equal ${dtype}`, (a, b) => jnp.equal(a, b), y, y)
  add(`where ${dtype}`, (a) => jnp.where(jnp.equal(a, a), a, a), y)
  add(`convert ${dtype}`, (a) => a.astype('float64'), y)
  add(
    `convert to ${dtype}`,
    (a) => a.astype(dtype),
    () => x().astype('float64'),
  )
  add(`transpose ${dtype}`, (a) => a.reshape([side, side]).T, y)
  add(`reverse ${dtype}`, (a) => lax.rev(a, [0]), y)
  add(`pad ${dtype}`, (a) => lax.pad(a, jnp.zeros([], { dtype }), [[1, 1, 0]]), y)
  add(`concatenate ${dtype}`, (a) => jnp.concatenate([a, a]), y)
  add(`slice ${dtype}`, (a) => lax.slice(a.reshape([side, side]), [0, 1], [side, side]), y)
  add(`sort ${dtype}`, (a) => jnp.sort(a), y)
  add(`sum ${dtype}`, (a) => jnp.sum(a), y)
  add(`sum of rows ${dtype}`, (a) => jnp.sum(a.reshape([side, side]), 0), y)
  add(`cumsum ${dtype}`, (a) => jnp.cumsum(a), y)
  add(`gather ${dtype}`, (a, i) => jnp.take(a, i), y, places)
  add(`scatter ${dtype}`, (a, i) => a.at(i).set(a), y, places)
  if (dtype !== 'bool') add(`scatter add ${dtype}`, (a, i) => a.at(i).add(a), y, places)
}
for (const name of [
  'exp',
  'log',
  'sin',
  'tanh',
  'erf',
  'erfInv',
  'lgamma',
  'digamma',
  'floor',
  'round',
  'isFinite',
  'logistic',
  'rsqrt',
  'besselI0e',
  'besselI1e',
  'cbrt',
  'sign',
] as const)
  add(name, (a) => lax[name](a), x)
add('integerPow', (a) => lax.integerPow(a, 3), x)
add('pow', (a, b) => lax.pow(a, b), x, x)
add('atan2', (a, b) => lax.atan2(a, b), x, x)
add('nextafter', (a, b) => lax.nextafter(a, b), x, x)
add('clamp', (a) => lax.clamp(0.2, a, 0.5), x)
add('igamma', (a, b) => lax.igamma(a, b), x, x)
add('betainc', (a, b) => lax.betainc(a, b, b), x, x)
add('zeta', (a) => lax.zeta(a.add(2), a), x)
add('polygamma', (a) => lax.polygamma(jnp.ones([1], { dtype: 'float32' }), a), x)
add('reducePrecision', (a) => lax.reducePrecision(a, 8, 7), x)
add('bitwise', (a, b) => jnp.bitwiseAnd(a, b), ints, ints)
add('shift', (a, b) => jnp.leftShift(a, b), ints, ints)
add('popcount', (a) => lax.populationCount(a), ints)
add('clz', (a) => lax.clz(a), ints)
add('iota', () => lax.iota('int32', large))
add('argmax', (a) => jnp.argmax(a), x)
add('argmax of columns', (a) => jnp.argmax(a, 0), rows)
add('max', (a) => jnp.max(a), x)
add('cummax', (a) => lax.cummax(a), x)
add('cumlogsumexp', (a) => lax.cumlogsumexp(a), x)
add('topK', (a) => lax.topK(a, 10), x)
add('argsort', (a) => jnp.argsort(a), x)
add('dynamicSlice', (a) => lax.dynamicSlice(a, [1, 1], [500, 500]), rows)
add(
  'dynamicUpdateSlice',
  (a, b) => lax.dynamicUpdateSlice(a, b, [1, 1]),
  rows,
  () => jnp.ones([500, 500], { dtype: 'float32' }),
)
add('uniform', () => random.uniform(random.key(0), [large]))
add('normal', () => random.normal(random.key(0), [large]))
add('bits 8', () => random.bits(random.key(0), [large], { dtype: 'uint8' }))
add('bits 64', () => random.bits(random.key(0), [large], { dtype: 'uint64' }))
add('split', () => random.split(random.key(0), large))
add('fft', (a) => jnp.fft.fft(a), x)
add('rfft', (a) => jnp.fft.rfft(a), x)
add('irfft', (a) => jnp.fft.irfft(a, large), x)
add(
  'fft of a prime length',
  (a) => jnp.fft.fft(a),
  () => jnp.ones(262_147),
)
add('maxPool', (a) => lax.reduceWindow(a, -Infinity, lax.max, [2, 2], [1, 1], 'VALID'), rows)
add('searchsorted', (a) => jnp.searchsorted(a, a), x)

add('cumsum of columns', (a) => jnp.cumsum(a, 0), rows)
add(
  'argmin of int64',
  (a) => jnp.argmin(a),
  () => ints().astype('int64'),
)
add('iota in rows', () => lax.broadcastedIota('int32', [2, large / 2], 0))
add('iota in pairs', () => lax.broadcastedIota('int32', [large / 2, 2], 0))
add('sum of long columns', (a) => jnp.sum(a.reshape([4, side / 2, side / 2]), [0, 2]), x)
add('product of few rows', (a) => jnp.prod(a.reshape([2, large / 2]), 0), x)
add('sort by keys', (a, b) => lax.sort([a, b], { numKeys: 2 }), ints, ints)
add(
  'gather of rows',
  (a, i) => jnp.take(a, i, { axis: 0 }),
  rows,
  () => jnp.arange(side),
)
add(
  'scatter of rows',
  (a, i) => a.at(i).add(a),
  rows,
  () => jnp.arange(side),
)
add('fft of columns', (a) => jnp.fft.fft(a, { axis: 0 }), rows)
add('complex', (a, b) => lax.complex(a, b), x, x)
add(
  'real',
  (a) => lax.real(a),
  () => x().astype('complex64'),
)
add(
  'conj',
  (a) => lax.conj(a),
  () => x().astype('complex64'),
)
add(
  'keys are equal',
  (a) => jnp.equal(random.wrapKeyData(a), random.wrapKeyData(a)),
  () => jnp.ones([large, 2], { dtype: 'uint32' }),
)
add(
  'gradient of maxPool',
  grad((a: JaxArray) => jnp.sum(lax.reduceWindow(a, -Infinity, lax.max, [2, 2], [2, 2], 'VALID'))),
  rows,
)
add('rngBitGenerator', () => lax.rngBitGenerator(jnp.zeros([4], { dtype: 'uint32' }), [large]))
add(
  'a reduction by a program',
  (a) => lax.reduce(a, 1, (p, q) => jnp.add(jnp.sin(p), q), [0]),
  () => x().reshape([4, large / 4]),
)
add('a scan that computes nothing', (a) => lax.scan((c, b) => [c, b], 0, a), x)
add(
  'shardMap',
  (a) => shardMap((b) => b, { mesh: makeMesh([2], ['i']), inSpecs: P(null, 'i'), outSpecs: P(null, 'i') })(a),
  rows,
)

test.each(Object.entries(cases))('%s looks whether to stop', (_, [f, ...args]) => {
  const found = looksOf(
    f,
    args.map((arg) => arg()),
  )
  const kernels = found.filter(({ elements }) => elements >= 0.9 * large)
  expect(kernels).not.toEqual([])
  expect(kernels.filter(({ elements, looks }) => looks < Math.floor(elements / between))).toEqual([])
})
