import { expect, test } from 'vitest'
import {
  type Array as JaxArray,
  customJvp,
  customVjp,
  grad,
  jacfwd,
  jit,
  jnp,
  jvp,
  lax,
  linearize,
  valueAndGrad,
  vjp,
  vmap,
} from '../../../core/index.ts'
import { type RecordedCall, graphOfCall, tapeOfCall } from '../../../core/inspect/recording.ts'
import type { TapeDocument } from '../../../core/inspect/documents.ts'
import { recordedRun } from './recorded-run.ts'

type X = JaxArray

const callOf = (run: () => unknown): RecordedCall => recordedRun(run).call
type Unary = (x: X) => X

/** How often the rules of the learner's functions ran. */
let calls = 0
const waves = customJvp(function waves(a: X) {
  return jnp.sin(a)
})
waves.defjvp(([a], [t]) => {
  calls++
  return [jnp.sin(a), jnp.cos(a).mul(t).mul(2)]
})
const clipped = customVjp(function clipped(a: X) {
  return a.mul(a)
})
clipped.defvjp(
  (a) => {
    calls++
    return [clipped(a), a]
  },
  (a, ct) => {
    calls++
    return [ct.mul(a).mul(3)]
  },
)

const one = jnp.float32(1)
const point = jnp.float32(0.7)
const lanes = jnp.array([0.7, -0.2])

const tangentOf = ({ forward, outputs }: TapeDocument) =>
  forward.findLast(({ node }) => node === outputs[0])?.tangent?.values
function cotangentOf({ reverse, inputs }: TapeDocument): unknown {
  const step = reverse.findLast((each) => each.phase === 'cotangent' && each.node === inputs[0])
  return step?.phase === 'cotangent' ? step.cotangent?.values : undefined
}

/** What is run at 0.7 or in two lanes, the derivative that is taken within, and its numbers: those of JAX 0.10.2. */
const runs: Record<string, [() => unknown, string, (document: TapeDocument) => unknown, readonly number[]]> = {
  'jit around jvp': [() => jit((x: X) => jvp(waves, [x], [one]))(point), 'jvp(waves)', tangentOf, [1.5296843]],
  'jit around jvp, of which more is made': [
    () => jit((x: X) => jvp(waves, [x.mul(2)], [one])[1].add(x))(point),
    'jvp(waves)',
    tangentOf,
    [0.33993432],
  ],
  'jit around a pull': [() => jit((x: X) => vjp(clipped, x)[1](one)[0])(point), 'vjp(clipped)', cotangentOf, [2.1]],
  'jit around a push': [
    () => jit((x: X) => linearize(waves as Unary, x)[1](one))(point),
    'linearize(waves)',
    tangentOf,
    [1.5296843],
  ],
  'a step of gradient descent': [
    () =>
      jit(function step(x: X) {
        const [loss, slope] = valueAndGrad(clipped as Unary)(x)
        return [x.sub(slope.mul(0.1)), loss]
      })(point),
    'valueAndGrad(clipped)',
    cotangentOf,
    [2.1],
  ],
  'jit of jit around jacfwd': [
    () => jit(jit((x: X) => jacfwd(waves)(x)))(point),
    'jacfwd(waves)',
    tangentOf,
    [1.5296843],
  ],
  'vmap around jvp': [
    () => vmap((x: X) => jvp(waves, [x], [one])[1])(lanes),
    'jvp(waves)',
    tangentOf,
    [1.5296843, 1.9601332],
  ],
  'vmap around jit around jvp': [
    () => vmap(jit((x: X) => jvp(waves, [x], [one])[1]))(lanes),
    'jvp(waves)',
    tangentOf,
    [1.5296843, 1.9601332],
  ],
  'vmap around vmap around jit around grad': [
    () => vmap((a: X) => vmap((b: X) => jit((x: X) => grad(clipped)(x.mul(a)))(b))(lanes))(lanes),
    'grad(clipped)',
    cotangentOf,
    [1.47, -0.42, -0.42, 0.12],
  ],
  'scan over grad': [
    () => jit((x: X) => lax.scan((c: X) => [grad(clipped)(c), c] as const, x, null, { length: 2 })[0])(point),
    'grad(clipped)',
    cotangentOf,
    [6.3],
  ],
}

test.each(Object.entries(runs))(
  '%s: the tape is that of the derivative that was taken',
  (_, [run, name, end, wanted]) => {
    const call = callOf(run)
    const before = calls
    const document = tapeOfCall(call)
    graphOfCall(call)
    expect(calls, 'looking called a rule').toBe(before)
    expect(document.title).toBe(name)
    expect(document.notes).toContain(`This is the derivative that ${call.name} took: ${name}.`)
    expect(end(document)).toEqual(wanted.map((value) => expect.closeTo(value, 5)))
  },
)

test('of several derivatives the first is drawn, also when the program was traced before', () => {
  const both = jit(function both(x: X) {
    return grad(clipped)(x).add(jvp(waves, [x], [one])[1])
  })
  for (const x of [0.7, 0.3]) {
    const document = tapeOfCall(callOf(() => both(jnp.float32(x))))
    expect(document.title).toBe('grad(clipped)')
    expect(document.notes?.[0]).toBe('This is the derivative that jit(both) took, the first of 2: grad(clipped).')
    expect(cotangentOf(document)).toEqual([expect.closeTo(3 * x, 5)])
  }
})
