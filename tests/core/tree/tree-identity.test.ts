import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { errors, jit, jnp, tree } from '../../../core/index.ts'
import { ConcreteArray } from '../../../core/runtime/concrete-array.ts'
import { JaxArray } from '../../../core/tracing/array.ts'
import { flatten, sameTree, unflatten } from '../../../core/tree/pytree.ts'

/** A node with static data. */
class Labelled {
  readonly child: unknown
  readonly label: unknown
  constructor(child: unknown, label: unknown) {
    this.child = child
    this.label = label
  }
}
tree.registerPytreeNode(
  Labelled,
  ({ child, label }) => ({ children: [child], aux: label }),
  (label, [child]) => new Labelled(child, label),
)

const key = fc.constantFrom('a', 'b', 'ab', 'ba', '', '0', '10', '2', '__proto__', 'constructor', 'ä', 'z')
const { pytree } = fc.letrec((tie) => ({
  pytree: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.constant(null),
    fc.array(tie('pytree'), { maxLength: 3 }),
    fc.dictionary(key, tie('pytree'), { maxKeys: 3 }),
    fc
      .tuple(tie('pytree'), fc.oneof(fc.integer(), fc.string(), fc.array(fc.integer())))
      .map(([child, label]) => new Labelled(child, label)),
  ),
}))

/** The same data in objects of its own, the entries of each the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (value instanceof Labelled) return new Labelled(turned(value.child), structuredClone(value.label))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, part]) => [name, turned(part)]),
  )
}

test('a tree comes back as it was, and is the same whatever the order of its entries', () => {
  fc.assert(
    fc.property(pytree, (value) => {
      const { leaves, tree: def } = flatten(value)
      // A dict comes back as a plain object, whatever its prototype was.
      expect(isDeepStrictEqual(turned(unflatten(def, leaves)), turned(value))).toBe(true)
      const again = flatten(turned(value))
      expect(again.leaves).toEqual(leaves)
      expect(sameTree(again.tree, def)).toBe(true)
      expect(again.tree.hash).toBe(def.hash)
    }),
    { seed: 21, numRuns: 2000 },
  )
})

test('a structure that comes again is the object that it was', () => {
  const params = () => ({
    layers: [
      { w: 1, b: 2 },
      { b: 3, w: 4 },
    ],
    scale: null,
    node: new Labelled(1, 'tanh'),
  })
  expect(flatten(params()).tree).toBe(flatten(params()).tree)
})

test('structures and programs are known again after ever so many others', () => {
  const value = { w: [1, 2], b: new Labelled(3, 'relu') }
  let traces = 0
  const f = jit((given: typeof value) => {
    traces++
    return given.w
  })
  f(value)
  const before = flatten(value).tree
  for (let i = 0; i < 20_000; i++) flatten({ [`k${i}`]: [new Labelled(i, i)], w: Array.from({ length: i % 40 }) })
  const { tree: after } = flatten(turned(value))
  expect(after).not.toBe(before)
  expect(sameTree(after, before)).toBe(true)
  f(value)
  expect(traces).toBe(1)
})

test('what pytrees know already cannot be registered', () => {
  for (const type of [Object, Array, JaxArray, ConcreteArray]) {
    const register = (): void =>
      tree.registerPytreeNode<object>(
        type as new () => object,
        () => ({ children: [], aux: null }),
        () => ({}),
      )
    expect(register).toThrow(errors.ValueError)
  }
})

test('a walk that ends early leaves nothing behind for the next', () => {
  class Failing {}
  tree.registerPytreeNode(
    Failing,
    () => {
      throw new RangeError('no children today')
    },
    () => new Failing(),
  )
  const { tree: before } = flatten([1, [2, 3]])
  expect(() => flatten([1, [2, new Failing()]])).toThrow(RangeError)
  expect(flatten([1, [2, 3]]).tree).toBe(before)
})

test('a walk within a walk does not mix with it', () => {
  class Nested {
    readonly inner = [1, [2, 3]]
  }
  tree.registerPytreeNode(
    Nested,
    ({ inner }) => ({ children: tree.leaves(inner), aux: null }),
    () => new Nested(),
  )
  expect(flatten([0, new Nested(), [4]]).leaves).toEqual([0, 1, 2, 3, 4])
  expect(flatten([0, new Nested(), [4]]).tree.numLeaves).toBe(5)
})

test('one object as data and as named options loses its static entries where they are options only', () => {
  const both = { x: jnp.ones([2]), scale: 3 }
  const f = jit((data: typeof both, { x, scale }: typeof both) => x.mul(scale).add(data.scale), {
    staticArgnames: 'scale',
  })
  expect(f(both, both).tolist()).toEqual([6, 6])
})
