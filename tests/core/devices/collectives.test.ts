import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ArrayLike, config, grad, installParallelDevices, jnp, lax, pmap, vmap } from '../../../core/index.ts'
import { CpuDevices } from '../../../core/devices/cpu-devices.ts'
import { WorkerThreads } from '../../../core/devices/worker-threads.ts'
import { Gathered } from '../../../core/compiler/reference/gathered.ts'
import { type DType, allocate, allDTypes, isComplex, isFloat, kindOf } from '../../../core/ir/dtype.ts'
import { setElement } from '../../../core/ir/element.ts'
import { type Shape, sizeOf } from '../../../core/ir/aval.ts'
import { type HostArray, hostArray } from '../../../core/ir/host-array.ts'
import { ConcreteArray } from '../../../core/runtime/concrete-array.ts'
import { hostValueOf } from '../../../core/tracing/host-value.ts'
import { JaxArray } from '../../../core/tracing/array.ts'

const count = 3
const devices = new CpuDevices(new WorkerThreads(), () => config.numCpuDevices)
installParallelDevices(devices)
beforeAll(() => {
  config.update('numCpuDevices', count)
  config.update('enableX64', true)
})
afterAll(() => devices.stop())

type Collective = (x: ArrayLike) => ArrayLike

interface Case {
  readonly apply: Collective
  readonly takes: (dtype: DType) => boolean
  /** Shapes of one device's value: without elements, without axes, odd ones, and one of some megabytes. */
  readonly shapes: readonly Shape[]
}

const anything = (): boolean => true
const numbers = (dtype: DType): boolean => kindOf(dtype) !== 'key'
const summable = (dtype: DType): boolean => numbers(dtype) && dtype !== 'bool'

const anyShape: readonly Shape[] = [[], [0], [5], [2, 0, 3], [7, 1, 3], [300_001]]
/** The first axis is cut in as many parts as there are devices, one entry each. */
const oneEach: readonly Shape[] = [[3], [3, 0], [3, 5], [3, 1, 7], [3, 100_001]]
/** The last axis is cut in parts of several entries. */
const severalEach: readonly Shape[] = [[6], [0, 3], [5, 9], [2, 3, 6], [7, 30_003]]

const last = (x: ArrayLike): number => jnp.asarray(x).ndim - 1

const collectives: Readonly<Record<string, Case>> = {
  psum: { apply: (x) => lax.psum(x, 'i'), takes: numbers, shapes: anyShape },
  pmean: { apply: (x) => lax.pmean(x, 'i'), takes: numbers, shapes: anyShape },
  pmax: { apply: (x) => lax.pmax(x, 'i'), takes: numbers, shapes: anyShape },
  pmin: { apply: (x) => lax.pmin(x, 'i'), takes: numbers, shapes: anyShape },
  ppermute: {
    apply: (x) =>
      lax.ppermute(x, 'i', [
        [0, 2],
        [2, 1],
      ]),
    takes: anything,
    shapes: anyShape,
  },
  pbroadcast: { apply: (x) => lax.pbroadcast(x, 'i', 1), takes: anything, shapes: anyShape },
  allGather: { apply: (x) => lax.allGather(x, 'i'), takes: anything, shapes: anyShape },
  'allGather at the end': {
    apply: (x) => lax.allGather(x, 'i', { axis: -1 }),
    takes: anything,
    shapes: anyShape,
  },
  'allGather, tiled': {
    apply: (x) => lax.allGather(x, 'i', { axis: last(x), tiled: true }),
    takes: anything,
    shapes: anyShape.filter(({ length }) => length > 0),
  },
  psumScatter: { apply: (x) => lax.psumScatter(x, 'i'), takes: summable, shapes: oneEach },
  'psumScatter, tiled': {
    apply: (x) => lax.psumScatter(x, 'i', { scatterDimension: last(x), tiled: true }),
    takes: summable,
    shapes: severalEach,
  },
  allToAll: { apply: (x) => lax.allToAll(x, 'i', 0, last(x)), takes: anything, shapes: oneEach },
  'allToAll, tiled': {
    apply: (x) => lax.allToAll(x, 'i', last(x), 0, { tiled: true }),
    takes: anything,
    shapes: severalEach,
  },
  pswapaxes: { apply: (x) => lax.pswapaxes(x, 'i', 0), takes: anything, shapes: oneEach },
}

function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const extremes = [0, -0, 1, -1, NaN, Infinity, -Infinity, 1e30, 2 ** 31, -(2 ** 31), 2 ** 53, 255, 0.1, 65_504]

/** Values of a dtype, the extreme ones among them. */
function valuesOf(dtype: DType, shape: Shape, random: () => number): ConcreteArray {
  const size = sizeOf(shape)
  const data = allocate(dtype, size)
  const number = (): number =>
    random() < 0.2 ? extremes[Math.floor(random() * extremes.length)] : random() * 200 - 100
  for (let i = 0; i < size; i++) {
    if (dtype === 'key<fry>') {
      data[2 * i] = random() * 2 ** 32
      data[2 * i + 1] = random() * 2 ** 32
    } else if (dtype === 'bool') data[i] = random() < 0.5 ? 0 : 1
    else if (isComplex(dtype)) setElement(dtype, data, i, { re: number(), im: number() })
    else if (dtype === 'int64' || dtype === 'uint64')
      setElement(dtype, data, i, BigInt(Math.floor(random() * 2 ** 53)) << BigInt(Math.floor(random() * 11)))
    else setElement(dtype, data, i, number())
  }
  return new ConcreteArray(hostArray(shape, dtype, data))
}

function hostOf(value: unknown): HostArray {
  const host = value instanceof JaxArray ? hostValueOf(value) : null
  if (host === null) throw new Error('not an array with values')
  return host
}

/** NaN is NaN, whatever its bits, and 0 is not -0. */
function sameBits(a: HostArray, b: HostArray): boolean {
  return a.data.length === b.data.length && a.data.every((element, i) => Object.is(element, b.data[i]))
}

describe.each(Object.entries(collectives))('%s between threads is what it is between lanes, to the bit', (_, each) => {
  test.each(allDTypes.filter((dtype) => each.takes(dtype)))('of %s', (dtype) => {
    const random = seeded(dtype.length * 7919 + each.shapes.length)
    // Megabytes of every dtype would tell no more than megabytes of one of each width.
    const large = ['bfloat16', 'int64', 'float32', 'complex128', 'key<fry>'].includes(dtype)
    const shapes = each.shapes.filter((shape) => large || sizeOf(shape) < 100_000)
    const values = shapes.map((shape) => valuesOf(dtype, [count, ...shape], random))
    const all = (...parts: ArrayLike[]): ArrayLike[] => parts.map(each.apply)
    const threads = pmap(all, { axisName: 'i' })(...values).map(hostOf)
    const lanes = vmap(all, { axisName: 'i' })(...values).map(hostOf)
    threads.forEach((thread, i) => {
      const [part] = shapes.slice(i)
      expect(thread, `of shape [${part}]`).toMatchObject({ shape: lanes[i].shape, dtype: lanes[i].dtype })
      expect(sameBits(thread, lanes[i]), `of shape [${part}]`).toBe(true)
    })
  })
})

test('axisIndex between threads is what it is between lanes', () => {
  const index = (x: JaxArray): JaxArray => jnp.add(x, lax.axisIndex('i'))
  const zeros = jnp.zeros([count, 2], { dtype: 'int64' })
  expect(pmap(index, { axisName: 'i' })(zeros).tolist()).toEqual(vmap(index, { axisName: 'i' })(zeros).tolist())
})

test.each([
  ['bfloat16', [1, 2, 3], [6, 6, 6], [3, 3, 3]],
  ['float16', [1, 2, 3], [6, 6, 6], [3, 3, 3]],
  ['int64', [4294967295, 1, 0], [4294967296, 4294967296, 4294967296], [4294967295, 4294967295, 4294967295]],
  ['int8', [100, 100, -1], [-57, -57, -57], [100, 100, 100]],
  ['bool', [true, true, false], [2, 2, 2], [true, true, true]],
] as const)(
  'the sum and the largest of %s are those of the numbers, not of their storage',
  (dtype, x, sum, largest) => {
    const values = jnp.array([...x], { dtype })
    expect(pmap((v: JaxArray) => lax.psum(v, 'i'), { axisName: 'i' })(values).tolist()).toEqual(sum)
    expect(pmap((v: JaxArray) => lax.pmax(v, 'i'), { axisName: 'i' })(values).tolist()).toEqual(largest)
  },
)

test('the storage of several values cannot be had', () => {
  const gathered = new Gathered(hostArray([2], 'int32', Int32Array.of(1, 2)))
  // @ts-expect-error There is no such property, so nobody adds words without the dtype.
  expect(gathered.data).toBeUndefined()
  expect(gathered.reduced('sum').data).toEqual(Int32Array.of(3))
})

const differentiable = ['psum', 'pmean', 'ppermute', 'pbroadcast', 'allGather', 'psumScatter', 'allToAll'] as const
const inexact = allDTypes.filter((dtype) => isFloat(dtype) || isComplex(dtype))

describe.each(differentiable)('the gradient through %s', (name) => {
  const { apply } = collectives[name]

  test.each(inexact)('of %s on threads is that in lanes', (dtype) => {
    const random = seeded(11)
    const x = new ConcreteArray(hostArray([count, count, 2], dtype))
    for (let i = 0; i < sizeOf(x.shape); i++) {
      const value = { re: random() - 0.5, im: isComplex(dtype) ? random() - 0.5 : 0 }
      setElement(dtype, x.host.data, i, value)
    }
    const loss =
      (over: <A extends unknown[], R>(f: (...args: A) => R, options: { axisName: string }) => (...args: A) => R) =>
      (v: ArrayLike): JaxArray => {
        const out = over((part: ArrayLike) => jnp.multiply(jnp.asarray(apply(jnp.multiply(part, part))), 3), {
          axisName: 'i',
        })(v)
        const size = jnp.real(jnp.multiply(out, jnp.conj(out)))
        return jnp.sum(size)
      }
    const threads = grad(loss(pmap))(x)
    const lanes = grad(loss(vmap))(x)
    expect(threads).toMatchObject({ shape: x.shape, dtype })
    expect(jnp.any(jnp.notEqual(lanes, 0)).item()).toBe(true)
    // A cotangent that all lanes share is multiplied there and summed here, which may round otherwise.
    const rtol = 8 * Number(jnp.finfo(dtype).eps)
    expect(jnp.allclose(threads, lanes, { rtol, atol: rtol }).item()).toBe(true)
  })
})
