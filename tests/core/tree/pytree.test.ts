import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tree } from '../../../core/index.ts'

const leaf = fc.oneof(fc.integer(), fc.boolean())
const { pytree } = fc.letrec((tie) => ({
  pytree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.constant(null),
    fc.array(tie('pytree'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ maxLength: 3 }).filter((key) => key !== '__proto__'),
      tie('pytree'),
      { maxKeys: 4 },
    ),
  ),
}))

test('flatten and unflatten are each other’s inverse', () => {
  fc.assert(
    fc.property(pytree, (value) => {
      const { leaves, tree: structure } = tree.flatten(value)
      expect(tree.unflatten(structure, leaves)).toEqual(value)
    }),
    { seed: 3, numRuns: 500 },
  )
})

test('keys are taken in sorted order, and null has no leaf', () => {
  expect(tree.leaves({ b: 2, a: [1, null], c: { z: 4, y: 3 } })).toEqual([1, 2, 3, 4])
})

test('map over several trees names the one that differs', () => {
  expect(tree.map((a: number, b: number) => a + b, [1, { x: 2 }], [10, { x: 20 }])).toEqual([11, { x: 22 }])
  expect(() => tree.map((a: number, b: number) => a + b, [1], [1, 2])).toThrow('argument 2 has structure [*, *]')
})

test('a class can be taught', () => {
  class Point {
    readonly x: number
    readonly y: number
    constructor(x: number, y: number) {
      this.x = x
      this.y = y
    }
  }
  tree.registerPytreeNode(
    Point,
    (point) => ({ children: [point.x, point.y], aux: null }),
    (_, [x, y]) => new Point(Number(x), Number(y)),
  )
  expect(tree.map((v: number) => v * 2, new Point(1, 2))).toEqual(new Point(2, 4))
})

test('a registered class may give JAX’s pair of children and static data, and what is neither is refused by name', () => {
  class Scaled {
    readonly value: unknown
    readonly scale: unknown
    constructor(value: unknown, scale: unknown) {
      this.value = value
      this.scale = scale
    }
  }
  const back = (scale: unknown, [value]: readonly unknown[]) => new Scaled(value, scale)
  tree.registerPytreeNode(Scaled, ({ value, scale }) => [[value], scale], back)
  expect(tree.leaves(new Scaled(1, 'm'))).toEqual([1])
  expect(tree.map((v: number) => v * 2, new Scaled(3, 'm'))).toEqual(new Scaled(6, 'm'))
  expect(tree.structure(new Scaled(1, 'm'))).toBe(tree.structure(new Scaled(2, 'm')))
  expect(tree.structure(new Scaled(1, 'm'))).not.toBe(tree.structure(new Scaled(1, 'km')))
  const given: unknown[] = [[1, 'm', 2], [1, 'm'], {}, null, { children: 1, aux: null }]
  for (const wrong of given) {
    Reflect.apply(tree.registerPytreeNode, tree, [Scaled, () => wrong, back])
    expect(() => tree.leaves(new Scaled(1, 'm'))).toThrow('flatten of Scaled must return { children, aux } or the pair')
  }
})
