import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Array as JaxArray,
  type ArrayLike,
  config,
  grad,
  inspect,
  jit,
  jnp,
  jvp,
  linearize,
  makeJaxpr,
  setUserFile,
  vjp,
  vmap,
} from '../../../core/index.ts'
import { outline, startRecording, summarize } from '../../../core/inspect/recording.ts'
import { evalClosed } from '../../../core/interpreters/eval-jaxpr.ts'
import { checkJaxpr } from '../../../core/ir/check.ts'
import { length, programsMade, randomPrograms } from './random-programs.ts'

// Double precision, so that a finite difference is good to eight digits.
beforeAll(() => config.update('enableX64', true))
afterAll(() => {
  config.update('enableX64', false)
  console.log(`random programs: ${programsMade()} were run`)
})

const runs = { seed: 20_201_111, numRuns: 60 }
const vector = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: length, maxLength: length })

const numbers = (x: unknown): number[] => [...jnp.ravel(x as ArrayLike).data()].map(Number)
const array = (values: readonly number[]) => jnp.array(Float64Array.from(values))
const inner = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0)

function expectClose(got: unknown, wanted: unknown, tolerance = 1e-9): void {
  const [a, b] = [numbers(got), numbers(wanted)]
  expect(a.length).toBe(b.length)
  a.forEach((value, i) => expect(Math.abs(value - b[i])).toBeLessThanOrEqual(tolerance * (1 + Math.abs(b[i]))))
}

const programs = (size: number, without: readonly string[] = []) => randomPrograms(size, without, true)

/** Programs without functions that have only a reverse rule: forward mode refuses those. */
const forward = ['custom_vjp']

/** As in a cell: equations have lines, keys are watched, runs are recorded. */
function enterLab(): () => void {
  setUserFile((file) => file.includes('/tests/core/properties/'))
  const stopKeys = new inspect.KeyLineage().start()
  const stopRecording = startRecording(summarize, outline)
  return () => {
    stopRecording()
    stopKeys()
    setUserFile(() => false)
  }
}

describe.each([
  ['', () => () => {}],
  [' in lab mode', enterLab],
])('random programs%s', (_, enter) => {
  let leave = (): void => {}
  beforeAll(() => {
    leave = enter()
  })
  afterAll(() => leave())

  test('jit gives what evaluation gives', () => {
    fc.assert(
      fc.property(programs(40), vector, ({ run }, x) => expectClose(jit(run)(array(x)), run(array(x)), 1e-12)),
      runs,
    )
  })

  test('the jaxpr is well typed and evaluates to the same', () => {
    fc.assert(
      fc.property(programs(40), vector, ({ run }, x) => {
        const closed = makeJaxpr(run)(array(x))
        checkJaxpr(closed.jaxpr)
        expectClose(evalClosed(closed, [array(x)])[0], run(array(x)), 1e-12)
      }),
      runs,
    )
  })

  test('vmap gives what a loop over the lanes gives', () => {
    fc.assert(
      fc.property(programs(30), fc.array(vector, { minLength: 1, maxLength: 3 }), ({ run }, lanes) => {
        const batch = jnp.stack(lanes.map(array))
        expectClose(vmap(run)(batch), jnp.stack(lanes.map((lane) => run(array(lane)))))
      }),
      runs,
    )
  })

  test('jvp is what finite differences say', () => {
    fc.assert(
      fc.property(programs(12, ['cond', ...forward, 'while']), vector, vector, ({ run }, x, t) => {
        const h = 1e-6
        const moved = (sign: number) => run(array(x.map((value, i) => value + sign * h * t[i])))
        const difference = moved(1)
          .sub(moved(-1))
          .div(2 * h)
        expectClose(jvp(run, [array(x)], [array(t)])[1], difference, 1e-6)
      }),
      runs,
    )
  })

  test('jvp and vjp are each other’s transpose', () => {
    fc.assert(
      fc.property(programs(30, forward), vector, vector, vector, ({ run }, x, t, ct) => {
        const pushed = numbers(jvp(run, [array(x)], [array(t)])[1])
        const [pulled] = vjp(run, array(x))[1](array(ct)).map(numbers)
        const [left, right] = [inner(ct, pushed), inner(pulled, t)]
        expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-8 * (1 + Math.abs(left)))
      }),
      runs,
    )
  })

  test('linearize pushes what jvp pushes', () => {
    fc.assert(
      fc.property(programs(30, forward), vector, vector, ({ run }, x, t) => {
        expectClose(linearize(run, array(x))[1](array(t)), jvp(run, [array(x)], [array(t)])[1])
      }),
      runs,
    )
  })

  const loss = (run: (x: JaxArray) => JaxArray) => (x: JaxArray) => jnp.sum(run(x))

  test('grad does not care where jit stands', () => {
    fc.assert(
      fc.property(programs(20), vector, ({ run }, x) => {
        const expected = grad(loss(run))(array(x))
        expectClose(jit(grad(loss(run)))(array(x)), expected)
        expectClose(grad(jit(loss(run)))(array(x)), expected)
      }),
      runs,
    )
  })

  test('grad and vmap change places', () => {
    fc.assert(
      fc.property(programs(20), vector, vector, ({ run }, x, y) => {
        const batch = jnp.stack([array(x), array(y)])
        const each = vmap(grad(loss(run)))(batch)
        expectClose(grad((b: JaxArray) => jnp.sum(vmap(loss(run))(b)))(batch), each)
        expectClose(jit(vmap(grad(loss(run))))(batch), each)
      }),
      runs,
    )
  })

  test('second derivatives are symmetric, forward over reverse as reverse over forward', () => {
    fc.assert(
      fc.property(programs(10, forward), vector, vector, ({ run }, x, t) => {
        const forwardOverReverse = jvp(grad(loss(run)), [array(x)], [array(t)])[1]
        const slope = (v: JaxArray) => jnp.asarray(jvp(loss(run), [v], [array(t)])[1] as ArrayLike)
        expectClose(grad(slope)(array(x)), forwardOverReverse, 1e-8)
      }),
      runs,
    )
  })
})
