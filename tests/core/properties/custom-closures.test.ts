import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JaxArray } from '../../../core/tracing/array.ts'
import {
  checkpoint,
  customGradient,
  customJvp,
  customVjp,
  errors,
  grad,
  jit,
  jnp,
  jvp,
  lax,
  linearize,
  random,
  vmap,
} from '../../../core/index.ts'

type Unary = (x: JaxArray) => JaxArray

/** Functions with a rule of their own that close over k; the rule says another derivative than the function has. */
const makers: Readonly<Record<string, (k: JaxArray) => Unary>> = {
  jvp(k) {
    const g = customJvp((a: JaxArray) => jnp.sin(a).mul(k))
    g.defjvp(([a], [t]) => [g(a), jnp.multiply(t, jnp.cos(a)).mul(k).mul(2)])
    return g
  },
  jvpRule(k) {
    const g = customJvp((a: JaxArray) => jnp.sin(a))
    g.defjvp(([a], [t]) => [g(a), jnp.multiply(t, k)])
    return g
  },
  nondiff(k) {
    const g = customJvp((q: JaxArray, a: JaxArray) => jnp.sin(a).mul(q), { nondiffArgnums: [0] })
    g.defjvp((q: JaxArray, [a]: [JaxArray], [t]: [JaxArray]) => [g(q, a), jnp.multiply(t, q).mul(3)])
    return (a) => g(k, a)
  },
  vjp(k) {
    const g = customVjp((a: JaxArray) => jnp.sin(a).mul(k))
    g.defvjp(
      (a) => [g(a), a],
      (a, ct) => [ct.mul(jnp.cos(a)).mul(k).mul(2)],
    )
    return g
  },
  gradient: (k) => {
    const g = customGradient((a: JaxArray) => [jnp.sin(a).mul(k), (ct: JaxArray) => ct.mul(k).mul(3)])
    return (a) => g(a) as JaxArray
  },
  key(k) {
    const key = random.key(k.mul(100).astype('int32'))
    const g = customJvp((a: JaxArray) => random.normal(key).mul(a))
    g.defjvp(([a], [t]) => [g(a), random.uniform(key).mul(t)])
    return g
  },
}

/** Ways to call a function that change no value. */
const wrappers: Readonly<Record<string, (f: Unary) => Unary>> = {
  plain: (f) => f,
  jit: (f) => jit(f),
  scan: (f) => (a) => lax.scan((c: JaxArray) => [f(c), null] as const, a, null, { length: 2 })[0],
  cond: (f) => (a) => lax.cond(jnp.less(a, 5), f, (b: JaxArray) => b, a),
  checkpoint: (f) => checkpoint(f),
  fori: (f) => (a) => lax.foriLoop(0, 2, (_: JaxArray, c: JaxArray) => f(c), a),
}

const derivatives: Readonly<Record<string, (f: Unary) => Unary>> = {
  value: (f) => f,
  grad: (f) => grad(f) as Unary,
}

const ks = jnp.array([0.3, 0.7, -0.4])
const xs = jnp.array([0.1, -0.6, 1.2])
const lanes = [0, 1, 2]

test('a lane computes what it computes alone, whatever the rule of its function closes over', () => {
  const name = (of: object): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(of))
  const chain = fc.array(name(wrappers), { maxLength: 2 })
  const tried = fc.tuple(name(makers), chain, name(derivatives), fc.boolean())
  fc.assert(
    fc.property(tried, ([maker, around, derivative, jitted]) => {
      const lane = (k: JaxArray, x: JaxArray): JaxArray =>
        derivatives[derivative](around.reduce((f, wrapper) => wrappers[wrapper](f), makers[maker](k)))(x)
      const all = vmap(lane)
      const together = (jitted ? jit(all) : all)(ks, xs)
      lanes.forEach((i) => {
        expect(together.slice(i).item()).toBeCloseTo(Number(lane(ks.slice(i), xs.slice(i)).item()), 5)
      })
    }),
    { seed: 5, numRuns: 200 },
  )
})

test('the derivative of a mapped function is that of its lanes, also with jit, scan or a cond in the lane', () => {
  for (const maker of ['jvp', 'jvpRule', 'nondiff', 'gradient', 'key']) {
    for (const wrapper of ['plain', 'jit', 'scan', 'cond']) {
      const lane = (k: JaxArray, x: JaxArray): JaxArray => wrappers[wrapper](makers[maker](k))(x)
      const total = (x: JaxArray): JaxArray => jnp.sum(vmap(lane)(ks, x))
      const slopes = grad(total)(xs)
      lanes.forEach((i) => {
        const alone = grad((x: JaxArray) => lane(ks.slice(i), x))(xs.slice(i))
        expect(slopes.slice(i).item(), `${maker} in ${wrapper}`).toBeCloseTo(Number(alone.item()), 5)
      })
    }
  }
})

test('forward mode and linearize see the lane’s value too', () => {
  const mapped = (x: JaxArray): JaxArray => vmap((k: JaxArray, a: JaxArray) => makers.jvp(k)(a))(ks, x)
  const [, pushed] = jvp(mapped, [xs], [jnp.ones(3)])
  expect(linearize(mapped, xs)[1](jnp.ones(3)).tolist()).toEqual(pushed.tolist())
  lanes.forEach((i) => {
    const expected = 2 * Math.cos(Number(xs.slice(i).item())) * Number(ks.slice(i).item())
    expect(pushed.slice(i).item()).toBeCloseTo(expected, 5)
  })
})

test('a backward rule that reads a lane after its vmap has ended says so', () => {
  const total = (x: JaxArray): JaxArray => jnp.sum(vmap((k: JaxArray, a: JaxArray) => makers.vjp(k)(a))(ks, x))
  expect(() => grad(total)(xs)).toThrow(errors.UnexpectedTracerError)
})
