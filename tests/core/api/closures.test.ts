import { expect, test } from 'vitest'
import {
  type Array as JaxArray,
  type ArrayLike,
  closureConvert,
  customGradient,
  ensureCompileTimeEval,
  grad,
  jit,
  jnp,
  makeJaxpr,
  namedCall,
} from '../../../core/index.ts'

test('what a function closes over becomes an argument that can be differentiated', () => {
  const outer = (theta: JaxArray) => {
    const [converted, hoisted] = closureConvert((x: JaxArray) => x.mul(theta).mul(theta), jnp.array(1))
    expect(hoisted).toHaveLength(1)
    return jnp.asarray(converted(jnp.array(5), ...hoisted) as ArrayLike)
  }
  expect(jnp.asarray(grad(outer)(jnp.array(3))).item()).toBe(30)
  expect(jnp.asarray(jit(grad(outer))(jnp.array(3))).item()).toBe(30)
})

test('a converted function says how many values it takes', () => {
  const [converted] = closureConvert((x: JaxArray) => x.add(1), jnp.array(1))
  expect(() => converted(1, 2)).toThrow('1 arguments followed by 0 hoisted values, got 2')
})

test('what is computed at once is a constant of the program', () => {
  const f = (x: JaxArray) => x.add(ensureCompileTimeEval(() => jnp.sum(jnp.arange(4)).item()) as number)
  expect(String(makeJaxpr(f)(jnp.array(1)))).toBe('{ lambda ; a:f32[]. let b:f32[] = add a 6.0:f32[] in (b,) }')
})

test('what depends on a tracer is left to the trace, the rest is computed at once', () => {
  const f = (x: JaxArray) => ensureCompileTimeEval(() => jnp.sin(x).add(jnp.cos(jnp.zeros([])).add(2)))
  expect(jit(f)(jnp.array(0)).item()).toBe(3)
  expect(makeJaxpr(f)(jnp.float32(1)).eqns.map(({ primitive }) => primitive.name)).toEqual(['sin', 'add'])
})

test('a name is what programs show', () => {
  expect(String(makeJaxpr(jit(namedCall((x: JaxArray) => x.mul(2), { name: 'twice' })))(1))).toContain('name=twice')
})

test('a function that brings its own pull is differentiated by it', () => {
  const f = customGradient((x: JaxArray) => [x.mul(x), (ct: JaxArray) => ct.mul(x).mul(7)])
  expect(jnp.asarray(f(jnp.array(3)) as ArrayLike).item()).toBe(9)
  expect(jnp.asarray(grad((x: JaxArray) => f(x))(jnp.array(3))).item()).toBe(21)
  const two = customGradient((x: JaxArray, y: JaxArray) => [x.mul(y), (ct: JaxArray) => [ct.mul(y), ct.mul(x)]])
  const gradients = grad((x: JaxArray, y: JaxArray) => two(x, y), { argnums: [0, 1] })(jnp.array(2), jnp.array(5))
  expect(gradients.map((g) => jnp.asarray(g).item())).toEqual([5, 2])
})
