import { expect, test } from 'vitest'
import { type ArrayLike, ClosedJaxpr, grad, jit, jnp, lax, makeJaxpr, nn, random, vmap } from '../../../core/index.ts'
import { primitiveNamed } from '../../../core/control/registry.ts'
import { checkJaxpr } from '../../../core/ir/check.ts'
import { packJaxpr, unpackJaxpr } from '../../../core/ir/pack.ts'
import { evalClosed } from '../../../core/interpreters/eval-jaxpr.ts'
import { ConcreteArray } from '../../../core/runtime/concrete-array.ts'
import { hostValueOf } from '../../../core/tracing/host-value.ts'

const weights = jnp.array([
  [1, 2],
  [3, 4],
])
const step = (c: ArrayLike, a: ArrayLike) => [jnp.tanh(jnp.add(jnp.matmul(weights, c), a)), jnp.sum(c)] as const

const programs: Record<string, [(x: ArrayLike) => unknown, ArrayLike]> = {
  scan: [(x) => lax.scan(step, jnp.zeros(2), x), jnp.ones([3, 2])],
  'gradient of a scan': [
    grad((x: ArrayLike) => jnp.sum(jnp.asarray(lax.scan(step, jnp.zeros(2), x)[0] as ArrayLike))),
    jnp.ones([3, 2]),
  ],
  cond: [
    (x) =>
      lax.cond(
        jnp.greater(jnp.sum(x), 0),
        (v: ArrayLike) => jnp.sin(v),
        (v: ArrayLike) => v,
        x,
      ),
    jnp.ones(2),
  ],
  while: [
    (x) =>
      lax.whileLoop(
        (c: ArrayLike) => jnp.less(c, 9),
        (c: ArrayLike) => jnp.multiply(c, 2),
        x,
      ),
    1,
  ],
  'custom rule': [vmap((x: ArrayLike) => nn.relu(x)), jnp.array([-1, 2])],
  random: [jit((x: ArrayLike) => jnp.add(random.normal(random.key(0), [2]), x)), jnp.ones(2)],
}

test.each(Object.entries(programs))('%s survives the way to another thread', (_, [f, x]) => {
  const closed = makeJaxpr(f)(x)
  const packed = structuredClone(
    packJaxpr(closed, {
      constant: (value) => hostValueOf(value) ?? expect.unreachable('a constant without numbers'),
      keep: () => 0,
    }),
  )
  const again = unpackJaxpr(packed, {
    primitiveNamed,
    constant: (host) => new ConcreteArray(host),
    callback: () => () => null,
  })
  expect(again).toBeInstanceOf(ClosedJaxpr)
  checkJaxpr(again.jaxpr)
  const results = (program: ClosedJaxpr) => evalClosed(program, [jnp.asarray(x)]).map((out) => out.tolist())
  expect(results(again)).toEqual(results(closed))
})

test('the checker refuses a program whose types do not fit', () => {
  const { jaxpr } = makeJaxpr((x: ArrayLike) => jnp.sin(x))(jnp.ones(2))
  const { jaxpr: other } = makeJaxpr((x: ArrayLike) => jnp.cos(x))(jnp.ones(3))
  const broken = { ...jaxpr, invars: other.invars }
  expect(() => checkJaxpr(Object.setPrototypeOf(broken, Object.getPrototypeOf(jaxpr)))).toThrow(
    'used before it is bound',
  )
})
