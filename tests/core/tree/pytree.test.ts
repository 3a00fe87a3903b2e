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
