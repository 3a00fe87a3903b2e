import { expect, test } from 'vitest'
import {
  type Array as JaxArray,
  type ArrayLike,
  checkpoint,
  grad,
  jit,
  jnp,
  lax,
  savedResiduals,
  vmap,
} from '../../../core/index.ts'

const thrice = (x: ArrayLike) => jnp.sin(jnp.sin(jnp.sin(x)))

test('what is kept is the input, instead of a value a step', () => {
  expect(savedResiduals(thrice, 1)).toHaveLength(3)
  expect(savedResiduals(checkpoint(thrice), 1).map(({ from }) => from)).toEqual(['the argument [0]'])
})

test('a checkpointed body of a scan keeps its carry alone', () => {
  const twice = (c: ArrayLike) => [jnp.sin(jnp.sin(c)), null] as const
  const loop = (body: (c: JaxArray) => readonly [unknown, null]) => (x: ArrayLike) =>
    jnp.asarray(lax.scan(body, x, null, { length: 4 })[0] as ArrayLike)
  const floats = (f: (x: ArrayLike) => JaxArray) =>
    savedResiduals(f, jnp.array(1)).reduce((sum, { floats }) => sum + floats, 0)
  expect([floats(loop(twice)), floats(loop(checkpoint(twice)))]).toEqual([8, 4])
  const slope = (f: (x: ArrayLike) => JaxArray) => jnp.asarray(grad(f)(jnp.array(1))).item()
  expect(slope(loop(checkpoint(twice)))).toBe(slope(loop(twice)))
})

test.each([
  ['grad', grad],
  ['grad of grad', (f: typeof thrice) => grad(grad(f))],
  ['jit of grad', (f: typeof thrice) => jit(grad(f))],
  ['vmap of grad', (f: typeof thrice) => vmap(grad(f))],
] as const)('%s is not changed by it', (_, transform) => {
  const x = _ === 'vmap of grad' ? jnp.array([0.5, 1, 2]) : jnp.array(0.5)
  expect(jnp.asarray(transform(checkpoint(thrice))(x)).tolist()).toEqual(jnp.asarray(transform(thrice)(x)).tolist())
})
