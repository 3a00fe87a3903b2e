import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { enableX64, errors, jit, jnp, pmap, threefryPartitionable, tree } from '../../../core/index.ts'
import { collectGarbage } from '../../../core/runtime/collector.ts'
import { JaxArray } from '../../../core/tracing/array.ts'
import { flatten, sameTree, treeText } from '../../../core/tree/pytree.ts'

/** A class whose instances differ in what is not an array. */
class Node {
  readonly child: unknown
  readonly aux: unknown
  constructor(child: unknown, aux: unknown) {
    this.child = child
    this.aux = aux
  }
}
tree.registerPytreeNode(
  Node,
  ({ child, aux }) => ({ children: [child], aux }),
  (aux, [child]) => new Node(child, aux),
)

// Few values, so that equal ones are drawn often, and those that a text without quotes would mix up.
const words = [
  '',
  'a',
  'b',
  'a b',
  'a, b',
  "a'b",
  'a"b',
  'a: null, b',
  '*',
  '1',
  '1n',
  'true',
  'null',
  '[1]',
  '\n',
  '|',
]
const word = fc.constantFrom(...words)
const plain = fc.constantFrom<unknown>(0, -0, 1, NaN, 1.5, Infinity, 1n, 0n, true, false, null, undefined)
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(
    { maxDepth: 2 },
    plain,
    word,
    fc.array(tie('data'), { maxLength: 2 }),
    fc.dictionary(word, tie('data'), { maxKeys: 2, noNullPrototype: true }),
  ),
}))

const leaf = fc.constantFrom<unknown>(
  1,
  2n,
  true,
  jnp.ones(2),
  jnp.ones([2, 1]),
  jnp.ones(2, { dtype: 'int32' }),
  jnp.float32(1),
)
const { pytree } = fc.letrec((tie) => ({
  pytree: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc.constant(null),
    fc.array(tie('pytree'), { maxLength: 2 }),
    fc.dictionary(word, tie('pytree'), { maxKeys: 2, noNullPrototype: true }),
    fc.tuple(tie('pytree'), data).map(([child, aux]) => new Node(child, aux)),
  ),
}))
const call = fc.record({ argument: pytree, fixed: data, x64: fc.boolean(), partitionable: fc.boolean() })
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never

/** The call with each leaf replaced by what a trace sees of it. */
function seen({ argument, ...rest }: Call): unknown {
  const kinds = (value: unknown): unknown => {
    if (value instanceof JaxArray) return `${value.dtype} ${value.shape.join()}${value.weakType ? ' weak' : ''}`
    if (value instanceof Node) return new Node(kinds(value.child), value.aux)
    if (Array.isArray(value)) return value.map(kinds)
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, kinds(part)]))
    }
    return value === null ? null : `a ${typeof value}`
  }
  return { argument: kinds(argument), ...rest }
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen)
  return Object.freeze(value)
}

const changes = {
  again: (_: Call, first: Call): Call => ({ ...structuredCloneOf(first) }),
  argument: (other: Call, first: Call): Call => ({ ...first, argument: other.argument }),
  fixed: (other: Call, first: Call): Call => ({ ...first, fixed: other.fixed }),
  x64: (other: Call, first: Call): Call => ({ ...first, x64: other.x64 }),
  partitionable: (other: Call, first: Call): Call => ({ ...first, partitionable: other.partitionable }),
  all: (other: Call): Call => other,
}

/** Equal data in objects of its own. */
function structuredCloneOf({ argument, fixed, ...rest }: Call): Call {
  return { argument: tree.map((part: unknown) => part, argument), fixed: structuredClone(fixed), ...rest }
}

test('two calls share a program exactly if a trace sees the same', () => {
  let shared = 0
  let apart = 0
  const kinds = fc.constantFrom<keyof typeof changes>('again', 'argument', 'fixed', 'x64', 'partitionable', 'all')
  fc.assert(
    fc.property(call, call, kinds, (first, other, kind) => {
      const second = changes[kind](other, first)
      let traces = 0
      const f = jit(
        (_: unknown, fixed: unknown) => {
          void fixed
          traces++
          return 1
        },
        { staticArgnums: 1 },
      )
      for (const { argument, fixed, x64, partitionable } of [first, second]) {
        enableX64(x64, () => threefryPartitionable(partitionable, () => f(argument, frozen(fixed))))
      }
      const same = isDeepStrictEqual(seen(first), seen(second))
      expect(traces).toBe(same ? 1 : 2)
      expect(f.cacheSize()).toBe(traces)
      if (same) shared++
      else apart++
    }),
    { seed: 11, numRuns: 3000 },
  )
  expect(shared).toBeGreaterThan(500)
  expect(apart).toBeGreaterThan(500)
})

test('structures are the same exactly if they are drawn the same, and so are their texts', () => {
  fc.assert(
    fc.property(pytree, pytree, fc.boolean(), (first, other, again) => {
      const second = again ? tree.map((part: unknown) => part, first) : other
      const [a, b] = [flatten(first).tree, flatten(second).tree]
      const stars = (value: unknown): unknown => tree.map(() => '*', value)
      const same = isDeepStrictEqual(stars(first), stars(second))
      expect(sameTree(a, b)).toBe(same)
      expect(treeText(a) === treeText(b)).toBe(same)
    }),
    { seed: 12, numRuns: 3000 },
  )
})

test('a node’s static data reaches the program, in jit and in pmap', () => {
  const scaled = (node: unknown): unknown => {
    if (!(node instanceof Node)) throw new Error('not a node')
    return jnp.multiply(node.child as JaxArray, Number(node.aux))
  }
  const f = jit(scaled)
  expect([2, 10, 2].map((k) => (f(new Node(jnp.ones([]), k)) as JaxArray).item())).toEqual([2, 10, 2])
  const g = pmap(scaled)
  expect([2, 10, 2].map((k) => (g(new Node(jnp.ones([1]), k)) as JaxArray).tolist())).toEqual([[2], [10], [2]])
})

test('static data that is changed in place is another program', () => {
  const aux = { scale: 2 }
  const f = jit((node: unknown) => {
    if (!(node instanceof Node)) throw new Error('not a node')
    return jnp.multiply(node.child as JaxArray, (node.aux as typeof aux).scale)
  })
  expect(f(new Node(jnp.ones([]), aux)).item()).toBe(2)
  aux.scale = 10
  expect(f(new Node(jnp.ones([]), aux)).item()).toBe(10)
})

test('what could change under a program is refused as a static argument', () => {
  const f = jit((x: number, how: unknown) => jnp.add(x, typeof how === 'object' ? 1 : 2), { staticArgnums: 1 })
  const circle: unknown[] = []
  circle.push(circle)
  const refused = [[1], { a: 1 }, Object.freeze([[1]]), new Map(), new Set(), new Float32Array(2), new Date(0)]
  for (const value of [...refused, Object.freeze(circle), jnp.ones(2)]) {
    expect(() => f(1, value)).toThrow(errors.ValueError)
  }
  const g = jit((x: number, { how }: { how: unknown }) => jnp.add(x, Number(how === null)), { staticArgnames: 'how' })
  expect(() => g(1, { how: [1] })).toThrow(/argument how: non-hashable static argument: a list/)
})

test('structures that differ in static data alone are told apart in messages', () => {
  expect(() => tree.map((a: number, b: number) => a + b, new Node(1, 'x'), new Node(2, 'y'))).toThrow(
    'argument 2 has structure Node["y"](*), the first has Node["x"](*)',
  )
})

test('jits of one function with other static places keep apart what they traced', () => {
  const f = (a: number, b: number): unknown => jnp.subtract(a, jnp.multiply(2, b))
  const [first, second] = [jit(f, { staticArgnums: 0 }), jit(f, { staticArgnums: 1 })]
  expect(String([first(3, 5), second(5, 3), jit(f)(3, 5)])).toBe('-7.0,-1.0,-7.0')
})

test('an equal static argument finds its program again after the first one was garbage', () => {
  class Rate {
    readonly value: number
    constructor(value: number) {
      this.value = value
    }
    equals(other: Rate): boolean {
      return this.value === other.value
    }
  }
  const f = jit((x: number, rate: Rate) => jnp.multiply(x, rate.value), { staticArgnums: 1 })
  for (const value of [2, 2, 3, 2]) {
    expect(f(1, new Rate(value)).item()).toBe(value)
    collectGarbage()
  }
  expect(f.cacheSize()).toBe(2)
})
