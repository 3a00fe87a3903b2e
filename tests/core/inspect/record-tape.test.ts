import { describe, expect, test } from 'vitest'
import {
  config,
  customJvp,
  customVjp,
  debug,
  debugInfs,
  debugNans,
  grad,
  jacrev,
  jit,
  jnp,
  jvp,
  lax,
  nn,
  random,
  valueAndGrad,
  vjp,
  vmap,
} from '../../../core/index.ts'
import {
  type RecordedCall,
  graphOfCall,
  outline,
  startRecording,
  summarize,
  tapeOfCall,
} from '../../../core/inspect/recording.ts'
import { KeyLineage } from '../../../core/inspect/keys.ts'
import { callable } from '../../../core/tree/leaves.ts'
import type { Array as JaxArray, ArrayLike } from '../../../core/index.ts'
import { gradientIn, recordedRun, valuesIn as values } from './recorded-run.ts'

type X = JaxArray
const w = jnp.array([0.5, -1, 2])
const data = jnp.array([
  [1, 2, 3],
  [0.5, -1, 0],
])
const x3 = jnp.array([0.3, -0.7, 1.1])
const key = random.key(3)

const doubled = customJvp(function doubled(x: X) {
  return jnp.sin(x)
})
doubled.defjvp(([x]: [X], [t]: [X]) => [doubled(x), jnp.cos(x).mul(t).mul(2)])
const clipped = customVjp(function clipped(x: X) {
  return jnp.multiply(x, 1)
})
clipped.defvjp(
  (x: X) => [clipped(x), x],
  (x: X, ct: X) => [jnp.clip(ct, -0.25, 0.25).mul(jnp.cos(x))],
)
let captured: X = w
const jitted = jit((x: X) => jnp.sum(jnp.tanh(x)))

const losses: Record<string, [(...args: never[]) => unknown, ...unknown[]]> = {
  'a number': [(x: X) => jnp.sin(x).mul(x), 0.5],
  'a closure over an array': [(x: X) => jnp.sum(jnp.multiply(w, x).mul(x)), x3],
  'a closure over data': [(x: X) => jnp.mean(jnp.square(jnp.dot(data, x))), x3],
  'a closure over a value that changes': [(x: X) => jnp.sum(captured.mul(x)), x3],
  'a dictionary of parameters': [(p: { w: X; b: X }) => jnp.sum(jnp.dot(data, p.w).add(p.b)), { w: x3, b: 0.5 }],
  'nested lists': [(p: [X, [X]]) => jnp.dot(p[0], p[1][0]), [x3, [w]]],
  'jit inside': [(x: X) => jitted(jnp.multiply(x, 2)), x3],
  'a library function that is a jit': [(x: X) => jnp.sum(jnp.where(jnp.greater(x, 0), x.mul(x), x)), x3],
  softmax: [(x: X) => jnp.sum(nn.softmax(x).mul(w)), x3],
  'a host branch': [(x: X) => (jnp.greater(x, 0).item() ? jnp.square(x) : x), 1.5],
  scan: [(x: X) => lax.scan((c: X, a: X) => [jnp.multiply(c, a), c], x, w)[0], 1.5],
  'scan over data': [(x: X) => jnp.sum(lax.scan((c: X, a: X) => [c.add(jnp.dot(a, x)), c], 0, data)[1] as X), x3],
  fori: [(x: X) => lax.foriLoop(0, 3, (_: unknown, v: X) => jnp.multiply(v, 2), x), 1.5],
  cond: [
    (x: X) =>
      lax.cond(
        jnp.greater(x, 0),
        (v: X) => v.mul(v),
        (v: X) => v.neg(),
        x,
      ),
    1.5,
  ],
  'vmap inside': [(x: X) => jnp.sum(vmap((r: X) => jnp.dot(r, x))(data)), x3],
  'a key inside': [(x: X) => jnp.sum(jnp.multiply(random.normal(key, [3]), x)), x3],
  indexing: [(x: X) => x.slice(1).mul(x.slice(2)), x3],
  'a rule of forward mode': [(x: X) => jnp.sum(doubled(x).mul(w)), x3],
  'a rule of reverse mode': [(x: X) => jnp.sum(clipped(x).mul(w)), x3],
  'an integer beside': [(x: X, n: X) => jnp.sum(jnp.multiply(x, n)), x3, jnp.array([1, 2, 3], { dtype: 'int32' })],
  'grad inside': [(x: X) => jnp.sum(jnp.square(grad((y: X) => jnp.sum(jnp.sin(y)))(x))), x3],
}

describe.each(Object.entries(losses))('the tape of a loss with %s', (_, [loss, ...args]) => {
  test('ends with the gradient of the run', () => {
    const { call, result } = recordedRun(() => callable(grad(loss as (x: ArrayLike) => ArrayLike))(...args))
    expect(gradientIn(tapeOfCall(call))).toEqual(values(result))
  })

  test('is the same for valueAndGrad, vjp and jit around grad', () => {
    const fun = loss as (x: ArrayLike) => ArrayLike
    const expected = values(callable(grad(fun))(...args))
    const runs = [() => callable(valueAndGrad(fun))(...args), () => pulled(fun, args)]
    // The host cannot branch on what is only traced.
    if (_ !== 'a host branch') runs.push(() => callable(jit(grad(fun)))(...args))
    for (const run of runs) {
      const gradient = gradientIn(tapeOfCall(recordedRun(run).call))
      expect(gradient.slice(0, expected.length)).toEqual(expected)
    }
  })
})

/** The way back of a rule is known once it has run. */
function pulled(fun: (x: ArrayLike) => ArrayLike, args: readonly unknown[]): void {
  const [, pull] = callable(vjp)(fun, ...args) as [unknown, (ct: number) => unknown]
  pull(1)
}

test('forward mode ends with what jvp gives, where a function has one', () => {
  for (const [name, [loss, x, ...rest]] of Object.entries(losses)) {
    if (rest.length > 0 || name === 'a rule of reverse mode' || typeof x !== 'number') continue
    const fun = loss as (x: ArrayLike) => ArrayLike
    const { call, result } = recordedRun(() => jvp(fun, [x], [1]))
    const { forward, outputs } = tapeOfCall(call)
    const last = forward.findLast(({ node }) => node === outputs[0])
    expect(last?.tangent?.values, name).toEqual(values(result[1]))
  }
})

test('a function with a rule for reverse mode alone has no forward half, and the tape says so', () => {
  const { call } = recordedRun(() => grad((x: ArrayLike) => clipped(x as X).mul(3))(1.5))
  const { forward, notes } = tapeOfCall(call)
  expect(forward).toEqual([])
  expect(notes?.join()).toContain('cannot be applied to the customVjp function clipped')
})

test('auxiliary results are no part of it', () => {
  const { call } = recordedRun(() =>
    grad((x: ArrayLike) => [jnp.sum(jnp.square(x)), jnp.multiply(x, 100)], { hasAux: true })(x3),
  )
  const document = tapeOfCall(call)
  expect(gradientIn(document)).toEqual(values(jnp.multiply(x3, 2)))
  expect(document.outputs).toHaveLength(1)
})

test('under vmap the tape has all lanes', () => {
  const loss = (x: ArrayLike) => jnp.sum(jnp.sin(x).mul(captured))
  const { call, result } = recordedRun(() => vmap(grad(loss))(data))
  const document = tapeOfCall(call)
  expect(gradientIn(document)).toEqual(values(result))
  expect(document.title).toBe('vmap(grad(loss))')
  expect(document.nodes[0].primal.aval).toBe('f32[3] in 2 lanes')
  // cos x of six numbers, and what was captured, which all lanes share.
  expect(document.residuals.map(({ label, bytes }) => [label, bytes])).toContainEqual(['cos x', 24])
})

test('what was captured is what it was then', () => {
  captured = w
  const { call, result } = recordedRun(() => grad((x: ArrayLike) => jnp.sum(captured.mul(x)))(x3))
  captured = jnp.zeros(3)
  expect(gradientIn(tapeOfCall(call))).toEqual(values(result))
  captured = w
})

test('several arguments, a Jacobian', () => {
  const f = (x: ArrayLike, y: ArrayLike) => jnp.sum(jnp.multiply(x, jnp.sin(y)))
  const both = recordedRun(() => grad(f, { argnums: [1, 0] })(x3, w))
  expect(gradientIn(tapeOfCall(both.call))).toEqual(values(both.result))
  const rows = recordedRun(() => jacrev((x: ArrayLike) => jnp.multiply(x, x))(x3))
  expect(gradientIn(tapeOfCall(rows.call))).toEqual(values(jnp.multiply(x3, 2)))
})

test('what is evaluated apart for the lineage of keys is on the tape once', () => {
  const stopKeys = new KeyLineage().start()
  const { call } = recordedRun(() => grad((x: ArrayLike) => jnp.multiply(x, random.normal(key)))(2))
  stopKeys()
  const alone = recordedRun(() => grad((x: ArrayLike) => jnp.multiply(x, random.normal(key)))(2)).call
  const shown = (each: RecordedCall) => tapeOfCall(each).nodes.map(({ primitive, text }) => [primitive, text])
  expect(shown(call)).toEqual(shown(alone))
})

test('a derivative that is not finite is drawn, whatever is watched for in cells', () => {
  const { call } = recordedRun(() => grad((x: ArrayLike) => jnp.sqrt(x))(0))
  for (const watched of [debugNans, debugInfs]) expect(gradientIn(watched(() => tapeOfCall(call)))).toEqual([Infinity])
  expect([config.debugNans, config.debugInfs]).toEqual([false, false])
})

test('arguments that are not differentiated keep their names', () => {
  const loss = (w: X, x: X, y: X) => jnp.sum(w.mul(x).sub(y).pow(2))
  const { call } = recordedRun(() => vmap(grad(loss), [null, 0, null])(x3, data, w))
  expect(tapeOfCall(call).nodes.flatMap(({ primitive, label }) => (primitive === 'input' ? [label] : []))).toEqual([
    'w',
    'x',
    'y',
  ])
})

test('one array that is several arguments has the names of all', () => {
  const loss = (w: X, x: X, { y }: { y: X }) => jnp.sum(w.mul(x).sub(y).pow(2))
  const inputs = (run: () => unknown) =>
    tapeOfCall(recordedRun(run).call).nodes.flatMap(({ primitive, label }) => (primitive === 'input' ? [label] : []))
  expect(inputs(() => grad(loss)(x3, w, { y: w }))).toEqual(['w', 'x = y'])
  expect(inputs(() => vmap(grad(loss), [null, 0, null])(x3, data, { y: x3 }))).toEqual(['w', 'x', 'y'])
  expect(inputs(() => jvp((x: X) => x.mul(x3), [w], [x3]))).toEqual(['x', 'b'])
})

test('a call that did not finish has no tape', () => {
  const stop = startRecording(summarize, outline)
  expect(() => grad((x: X) => jnp.dot(x, jnp.ones([4])))(x3)).toThrow()
  const [call] = stop().calls
  expect(() => tapeOfCall(call)).toThrow('did not finish')
})

test('that a rule has no forward mode is said in one line, also under vmap', () => {
  const { call } = recordedRun(() => vmap(grad(clipped))(x3))
  expect(tapeOfCall(call).notes).toEqual([
    'Forward mode cannot go this way: forward-mode differentiation (jvp) cannot be applied to the customVjp function clipped.',
  ])
  expect(() => vmap((x: X) => jvp(clipped, [x], [x]))(x3)).toThrow(TypeError)
})

test('what debug.print has no part in is drawn without calling it again', () => {
  let calls = 0
  const loss = (x: X) => {
    debug.callback(() => calls++, x)
    const step = (c: X, a: X): [X, null] => {
      debug.callback(() => calls++, a)
      return [c.mul(a), null]
    }
    return lax.scan(step, jnp.sum(x), x)[0]
  }
  const { call, result } = recordedRun(() => grad(jit(loss))(x3))
  const before = calls
  expect(gradientIn(tapeOfCall(call))).toEqual(values(result))
  const scans = graphOfCall(call).root.nodes.flatMap(({ blocks }) => blocks.flatMap(({ nodes }) => nodes))
  expect(scans.find(({ primitive }) => primitive === 'scan')?.outputs[0].value?.values).toHaveLength(1)
  expect(calls).toBe(before)
  expect(graphOfCall(call).notes ?? []).toEqual([])
})

describe('a rule that somebody wrote is not called by looking', () => {
  let calls = 0
  const forward = customJvp(function forward(x: X) {
    return jnp.sin(x)
  })
  forward.defjvp(([x]: [X], [t]: [X]) => {
    calls++
    return [jnp.sin(x), jnp.cos(x).mul(t)]
  })
  const reverse = customVjp(function reverse(x: X) {
    return jnp.sin(x)
  })
  reverse.defvjp(
    (x: X) => {
      calls++
      return [jnp.sin(x), x]
    },
    (x: X, ct: X) => {
      calls++
      return [jnp.cos(x).mul(ct)]
    },
  )
  const one = jnp.ones([])
  test.each([forward, reverse])('of a jit without a derivative, which has no tape, $name', (rule) => {
    const { call } = recordedRun(() => jit(rule)(one))
    const before = calls
    expect(() => tapeOfCall(call)).toThrow(`took no derivative of this call of ${rule.name}`)
    graphOfCall(call)
    expect(calls).toBe(before)
  })

  test('where it ran by itself the record has what it did', () => {
    const { call } = recordedRun(() => jit(grad(reverse))(one))
    const before = calls
    expect(gradientIn(tapeOfCall(call))).toEqual([expect.closeTo(Math.cos(1), 5)])
    expect(calls).toBe(before)
  })

  test('and other functions with rules of the library are drawn', () => {
    const { call, result } = recordedRun(() => grad(jit((x: X) => jnp.sum(nn.relu(x))))(x3))
    expect(gradientIn(tapeOfCall(call))).toEqual(values(result))
  })
})
