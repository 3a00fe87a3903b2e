import { describe, expect, test } from 'vitest'
import {
  type Array as JaxArray,
  type ArrayLike,
  checkpoint,
  customGradient,
  customJvp,
  customVjp,
  debug,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jnp,
  jvp,
  lax,
  linearize,
  nn,
  scipy,
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
import type { TapeDocument } from '../../../core/inspect/documents.ts'
import { callable } from '../../../core/tree/leaves.ts'
import { gradientIn, recordedRun, valuesIn as values } from './recorded-run.ts'

type X = JaxArray
type Unary = (x: X) => X

function tangentOut({ forward, outputs }: TapeDocument): number[] {
  return outputs.flatMap((id) => forward.findLast(({ node }) => node === id)?.tangent?.values.map(Number) ?? [0])
}

/** How often rules ran. */
let calls = 0
const counted = <T>(value: T): T => {
  calls++
  return value
}

const offset = jnp.array([0.5, -1, 2])
const xs = jnp.array([0.3, -0.7, 1.1])
const x0 = jnp.float32(0.7)

/** Functions with rules that say another derivative than the function has: k times it. */
const makers: Readonly<Record<string, (k: X) => Unary>> = {
  customJvp(k) {
    const f = customJvp(function f(a: X) {
      return jnp.sin(a).mul(k)
    })
    f.defjvp(([a], [t]) => counted([f(a), jnp.cos(a).mul(t).mul(k).mul(2)]))
    return f
  },
  defjvps(k) {
    const f = customJvp(function f(a: X, b: X) {
      return jnp.sin(a).mul(b)
    })
    f.defjvps(null, (t: X, _: X, a: X) => counted(jnp.sin(a).mul(t).mul(3)))
    return (a) => f(a, jnp.multiply(a, k))
  },
  'nondiffArgnums of customJvp'(k) {
    const f = customJvp((g: Unary, a: X) => g(a), { nondiffArgnums: [0] })
    f.defjvp((g: Unary, [a]: [X], [t]: [X]) => counted([g(a), g(a).mul(t).mul(k)]))
    return (a) => f((v: X) => v.mul(v), a)
  },
  customVjp(k) {
    const f = customVjp(function f(a: X) {
      return jnp.sin(a).mul(k)
    })
    f.defvjp(
      (a) => counted([f(a), a]),
      (a, ct) => counted([ct.mul(jnp.cos(a)).mul(k).mul(2)]),
    )
    return f
  },
  'nondiffArgnums of customVjp'(k) {
    const f = customVjp((g: Unary, a: X) => g(a), { nondiffArgnums: [0] })
    f.defvjp(
      (g: Unary, a: X) => counted([g(a), { a, k }]),
      (g: Unary, kept: { a: X; k: X }, ct: X) => counted([ct.mul(g(kept.a)).mul(kept.k)]),
    )
    return (a) => f((v: X) => jnp.cos(v), a)
  },
  'an argument without a cotangent'(k) {
    const f = customVjp((a: X, n: X) => jnp.multiply(a, n))
    f.defvjp(
      (a, n) => counted([f(a, n), n]),
      (n, ct) => counted([jnp.multiply(ct, n).mul(5), null]),
    )
    return (a) => f(a, jnp.int32(3)).mul(k)
  },
  containers(k) {
    const f = customVjp((p: { a: X; b: [X] }) => ({ out: [jnp.multiply(p.a, p.b[0]), p.a] as [X, X] }))
    f.defvjp(
      (p) => counted([f(p), p]),
      (p, { out: [ct] }) => counted([{ a: ct.mul(p.b[0]).mul(7), b: [ct.mul(k)] as [X] }]),
    )
    return (a) => f({ a, b: [jnp.cos(a)] }).out[0]
  },
  customGradient(k) {
    const f = customGradient((a: X) => counted([jnp.sin(a), (ct: X) => counted(ct.mul(k).mul(3))]))
    return (a) => f(a) as X
  },
  'a rule in a rule'(k) {
    const inner = makers.customJvp(k)
    const f = customVjp((a: X) => inner(a).mul(2))
    f.defvjp(
      (a) => counted([inner(a).mul(2), a]),
      (a, ct) => counted([grad(inner as (x: ArrayLike) => ArrayLike)(a) as X].map((slope) => slope.mul(ct)) as [X]),
    )
    return f
  },
}

/** Ways to call a function of one number. */
const places: Readonly<Record<string, (f: Unary) => Unary>> = {
  jit: (f) => jit(f),
  'jit of jit': (f) => jit((a: X) => jit(f)(a).mul(2)),
  scan: (f) => (a) => lax.scan((c: X, w: X) => [f(c).mul(w), c] as const, a, offset)[0],
  'scan in jit': (f) => jit((a: X) => lax.scan((c: X, w: X) => [f(c).add(w), null] as const, a, offset)[0]),
  fori: (f) => (a) => lax.foriLoop(0, 2, (_: X, c: X) => f(c), a),
  cond: (f) => (a) => lax.cond(jnp.less(a, 5), f, (b: X) => b, a),
  'the branch that does not run': (f) => (a) => lax.cond(jnp.greater(a, 5), f, (b: X) => b.mul(3), a),
  checkpoint: (f) => checkpoint(f),
  'checkpoint in scan': (f) => (a) => lax.scan((c: X) => [checkpoint(f)(c), null] as const, a, null, { length: 2 })[0],
  'vmap in jit': (f) => jit((a: X) => jnp.sum(vmap((w: X) => f(w.mul(a)))(offset))),
  'vmap of jit': (f) => (a) => jnp.sum(vmap(jit((w: X) => f(w.mul(a))))(offset)),
  'map of a closure': (f) => (a) => jnp.sum(lax.map((w: X) => f(w.mul(a)), offset) as X),
}

/** What is done with the whole, at one number or at three. */
const derivatives: Readonly<Record<string, [(f: Unary) => (x: X) => unknown, X]>> = {
  grad: [(f) => grad(f), x0],
  'jit of grad': [(f) => jit(grad(f)), x0],
  'grad of jit': [(f) => grad(jit(f)), x0],
  'vmap of grad': [(f) => vmap(grad(f)), xs],
  'vmap of jit of grad': [(f) => vmap(jit(grad(f))), xs],
  'jit of vmap of jit of grad': [(f) => jit(vmap(jit(grad(f)))), xs],
  'vmap of jit of jit of grad': [(f) => vmap(jit(jit(grad(f)))), xs],
  'grad of vmap': [(f) => grad((x: X) => jnp.sum(vmap(f)(x))), xs],
  vjp: [(f) => (x) => vjp(f as never, x)[1](jnp.float32(1) as never), x0],
  jacrev: [(f) => jacrev(f), x0],
  'grad with auxiliary results': [
    (f) => (x) => (callable(grad)((y: X) => [f(y), f(y)], { hasAux: true }) as (x: X) => [X, X])(x)[0],
    x0,
  ],
}

const forwards: Readonly<Record<string, (f: Unary) => (x: X) => unknown>> = {
  jvp: (f) => (x) => jvp(f, [x], [jnp.float32(1)])[1],
  linearize: (f) => (x) => linearize(f, x)[1](jnp.float32(1)),
  jacfwd: (f) => jacfwd(f),
}

function drawn(call: RecordedCall, name: string): TapeDocument {
  try {
    return tapeOfCall(call)
  } catch (error) {
    throw new Error(`the tape of ${name}`, { cause: error })
  }
}

/** What is the same in every lane stands on the tape once. */
function expectClose(found: readonly number[], wanted: readonly number[], name: string): void {
  expect([1, wanted.length], name).toContain(found.length)
  wanted.forEach((value, i) => expect(found[i] ?? found[0], name).toBeCloseTo(value, 4))
}

/** The tape, and that nothing of the learner's ran for it. */
function untouched(call: RecordedCall, name: string): TapeDocument {
  const before = calls
  const document = drawn(call, name)
  graphOfCall(call)
  expect(calls, 'looking called a rule').toBe(before)
  return document
}

describe.each(Object.keys(makers))('%s', (maker) => {
  test.each(Object.keys(places))('in %s: the tape ends with what the run gave, and calls no rule', (place) => {
    for (const [name, [derive, x]] of Object.entries(derivatives)) {
      const around = places[place](makers[maker](jnp.float32(1.5)))
      const { call, result } = recordedRun(() => derive(around)(x))
      const wanted = values(result)
      expectClose(gradientIn(untouched(call, name)), wanted, name)
    }
  })
})

describe('forward mode', () => {
  for (const maker of ['customJvp', 'defjvps', 'nondiffArgnums of customJvp']) {
    test.each(Object.keys(places))(`of ${maker} in %s ends with the tangent of the run`, (place) => {
      for (const [name, derive] of Object.entries(forwards)) {
        const around = places[place](makers[maker](jnp.float32(1.5)))
        const { call, result } = recordedRun(() => derive(around)(x0))
        expectClose(tangentOut(untouched(call, name)), values(result), name)
      }
    })
  }
})

test('derivatives of higher order, whose rules are differentiated', () => {
  const [jvpRule, vjpRule] = [makers.customJvp(jnp.float32(1.5)), makers.customVjp(jnp.float32(1.5))]
  const runs: Record<string, () => unknown> = {
    'grad of grad of jit': () => grad(grad(jit(jvpRule)) as Unary)(x0),
    'grad of jit of grad': () => grad(jit(grad(vjpRule)) as Unary)(x0),
    'grad of grad of scan': () => grad(grad(places.scan(vjpRule)) as Unary)(x0),
    'hessian of jit': () => hessian(jit(jvpRule))(x0),
    'jacfwd of grad of checkpoint': () => jacfwd(grad(checkpoint(jvpRule)) as Unary)(x0),
    'vmap of grad of grad of scan': () => vmap(grad(grad(places.scan(jvpRule)) as Unary))(xs),
  }
  for (const [name, run] of Object.entries(runs)) {
    const { call, result } = recordedRun(run)
    const before = calls
    const document = drawn(call, name)
    expect(calls, name).toBe(before)
    const end = document.forwardCaption.startsWith('tangent') ? tangentOut(document) : gradientIn(document)
    expectClose(end, values(result), name)
  }
})

test('a hessian, and arguments that a rest parameter takes, have the names that their user gave', () => {
  const loss = (x: X): X => jnp.sum(x.pow(3))
  const { call, result } = recordedRun(() => vmap(hessian(loss))(jnp.stack([xs, offset])))
  expect(call.name).toBe('vmap(hessian(loss))')
  expect(
    values(result)
      .slice(0, 2)
      .map((value) => value.toFixed(3)),
  ).toEqual(['1.800', '0.000'])
  const total = (a: X, ...others: X[]): X => others.reduce((sum, other) => sum.add(other), a)
  const inputs = (run: () => unknown): string[] =>
    tapeOfCall(recordedRun(run).call).nodes.flatMap(({ primitive, label }) => (primitive === 'input' ? [label] : []))
  expect(inputs(() => callable(grad(total))(x0, jnp.float32(1), jnp.float32(2)))).toEqual([
    'a',
    'others[0]',
    'others[1]',
  ])
  expect(
    inputs(() => callable(grad(total, { argnums: [0, 2] }))(x0, jnp.float32(1), jnp.float32(2))).slice(0, 2),
  ).toEqual(['a', 'others[1]'])
})

test('the rule of an equation is traced once, however often it is differentiated', () => {
  const jitted = jit(makers.customVjp(jnp.float32(2)))
  calls = 0
  for (const x of [0.1, 0.2, 0.3]) valueAndGrad(jitted)(jnp.float32(x))
  vmap(grad(jitted))(xs)
  expect(calls).toBe(2)
})

test('a rule that reads the lane around it has its value on the tape', () => {
  const lane = (k: X, x: X): X => grad(jit(makers.customJvp(k)))(x) as X
  const stop = startRecording(summarize, outline)
  const result = vmap(lane)(offset, xs)
  const call = stop().calls.find(({ via }) => via === 'grad')
  if (call === undefined) throw new Error('grad was not recorded')
  expectClose(gradientIn(untouched(call, 'grad in a lane')), values(result), 'grad in a lane')
})

test('what a rule of the library captures is known, and debug.print in a rule stays silent', () => {
  let said = 0
  const f = customJvp((a: X) => jnp.sin(a))
  f.defjvp(([a], [t]) => {
    debug.callback(() => said++, a)
    return [f(a), jnp.multiply(t, a)]
  })
  const { call, result } = recordedRun(() => grad(jit((x: X) => nn.relu(f(x))))(x0))
  const before = said
  expect(before).toBeGreaterThan(0)
  expectClose(gradientIn(tapeOfCall(call)), values(result), 'grad')
  expect(said).toBe(before)
})

test('a function of the library with a rule of its own is drawn where the run took no derivative of it', () => {
  const square = jnp.array([
    [2, 1],
    [0.5, 3],
  ])
  const functions: [string, Unary, X][] = [
    ['relu', nn.relu, xs],
    ['relu6 of logaddexp', (x) => nn.relu6(jnp.logaddexp(x, 0.5) as X), xs],
    ['log1mexp', (x) => nn.log1mexp(jnp.abs(x).add(0.1)), xs],
    ['i0', jnp.i0, xs],
    ['digamma and zeta', (x) => scipy.special.zeta(x.mul(x).add(2), 1), xs],
    ['xlogy', (x) => scipy.special.xlogy(x, 2), xs],
    ['det', (x) => jnp.linalg.det(square.mul(x)), jnp.float32(1.5)],
    ['pinv', (x) => jnp.sum(jnp.linalg.pinv(square.mul(x))), jnp.float32(1.5)],
    [
      'customRoot',
      (x) =>
        lax.customRoot(
          (y: X) => y.mul(y).sub(x),
          x,
          (_: unknown, y: X) => jnp.sqrt(y),
          (g, y: X) => jnp.divide(y, g(jnp.float32(1)) as X),
        ) as X,
      jnp.float32(1.5),
    ],
  ]
  for (const [name, f, x] of functions) {
    const wanted = values(grad((v: X) => jnp.sum(f(v)))(x))
    expectClose(
      gradientIn(drawn(recordedRun(() => vmap(f)(jnp.stack([x, x]))).call, name)),
      [...wanted, ...wanted],
      name,
    )
    const inLane = (v: X): X => f(v)
    if (x.ndim > 0) expectClose(gradientIn(drawn(recordedRun(() => vmap(inLane)(x)).call, name)), wanted, name)
  }
  expect(gradientIn(drawn(recordedRun(() => vmap(nn.relu as Unary)(xs)).call, 'relu'))).toEqual([1, 0, 1])
})

test('where the run took no derivative, the figure says so', () => {
  for (const maker of ['customJvp', 'customVjp']) {
    const { call } = recordedRun(() => jit(makers[maker](jnp.float32(2)))(x0))
    const before = calls
    expect(() => tapeOfCall(call)).toThrow('took no derivative of this call of f')
    expect(calls).toBe(before)
  }
})
