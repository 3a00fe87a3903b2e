import { expect, test } from 'vitest'
import { type Array as JaxArray, customJvp, jit, jnp, jvp, lax, vmap } from '../../../core/index.ts'
import {
  type RecordedCall,
  graphOfCall,
  outline,
  startRecording,
  summarize,
  tapeOfCall,
} from '../../../core/inspect/recording.ts'

type X = JaxArray
type Unary = (x: X) => X

/** How often the rule of the learner's function ran. */
let calls = 0
const waves = customJvp(function waves(a: X) {
  return jnp.sin(a)
})
waves.defjvp(([a], [t]) => {
  calls++
  return [jnp.sin(a), jnp.cos(a).mul(t).mul(2)]
})

const steps =
  (f: Unary): Unary =>
  (x) =>
    lax.whileLoop(
      ([i]: [X, X]) => jnp.less(i, 2),
      ([i, v]: [X, X]): [X, X] => [i.add(1), f(v)],
      [jnp.int32(0), x],
    )[1]
const squares = (v: X): X => v.mul(v)

const point = jnp.float32(0.7)
/** Tangents that JAX 0.10.2 gives for a tangent of one at 0.7. */
const programs: Record<string, [Unary, number]> = {
  whileLoop: [steps(squares), 1.371999979019165],
  'whileLoop in jit': [jit(steps(squares)), 1.371999979019165],
  'whileLoop over a rule': [steps(waves), 2.446179151535034],
  'whileLoop in jit over a rule': [jit(steps(waves)), 2.446179151535034],
  'whileLoop in whileLoop': [steps(steps(squares)), 0.07596096396446228],
  'whileLoop in scan': [
    (x) => lax.scan((c: X) => [steps(waves)(c), null] as const, x, null, { length: 2 })[0],
    6.817448616027832,
  ],
  'whileLoop in a branch': [(x) => lax.cond(jnp.greater(x, 0), steps(waves), squares, x), 2.446179151535034],
  'fori with a traced bound': [
    (x) => jit((n: X, y: X) => lax.foriLoop(0, n, (_: X, c: X) => waves(c).mul(y), y))(jnp.int32(2), x),
    2.5967965126037598,
  ],
}

function recordedCall(run: () => unknown): RecordedCall {
  const stop = startRecording(summarize, outline)
  run()
  const call = stop().calls.find(({ via }) => via === 'jvp')
  if (call === undefined) throw new Error('nothing was called')
  return call
}

test.each(Object.entries(programs))(
  '%s has the tape of forward mode, and says why there is no way back',
  (_, [f, wanted]) => {
    const call = recordedCall(() => jvp(f, [point], [jnp.float32(1)]))
    const before = calls
    const { forward, reverse, residuals, outputs, notes, reverseCaption } = tapeOfCall(call)
    graphOfCall(call)
    expect(calls, 'looking called a rule').toBe(before)
    expect(forward.findLast(({ node }) => node === outputs[0])?.tangent?.values).toEqual([expect.closeTo(wanted, 5)])
    expect([reverse, residuals]).toEqual([[], []])
    expect(notes?.[0]).toBe(
      'Reverse mode cannot go this way: Reverse-mode differentiation does not work for lax.whileLoop, or for lax.foriLoop with dynamic start or stop values.',
    )
    expect(reverseCaption).toBe('this function has no reverse mode')
  },
)

test('so has windows reduced by a function of the learner’s, and so have lanes', () => {
  const windows: Unary = (x) =>
    jnp.sum(lax.reduceWindow(jnp.stack([x, x.mul(x), x]), 1, (a: X, b: X) => a.mul(b), [2], [1], 'VALID'))
  for (const f of [windows, steps(waves)]) {
    const run = vmap((x: X) => jvp(f, [x], [jnp.float32(1)])[1])
    const lanes = jnp.array([0.7, 0.2])
    const call = recordedCall(() => run(lanes))
    const { forward, reverse, outputs, notes } = tapeOfCall(call)
    expect(forward.findLast(({ node }) => node === outputs[0])?.tangent?.values).toEqual(run(lanes).tolist())
    expect(reverse).toEqual([])
    expect(notes?.join()).toContain('Reverse mode cannot go this way: ')
  }
})
