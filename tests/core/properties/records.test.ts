import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Array as JaxArray,
  type ArrayLike,
  config,
  grad,
  jit,
  jnp,
  jvp,
  valueAndGrad,
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
import type { GraphBlock } from '../../../core/inspect/documents.ts'
import { programOf } from '../../../core/inspect/recorded-program.ts'
import { evalJaxpr } from '../../../core/interpreters/eval-jaxpr.ts'
import { checkJaxpr } from '../../../core/ir/check.ts'
import { ConcreteArray } from '../../../core/runtime/concrete-array.ts'
import type { Operand } from '../../../core/tracing/record.ts'
import { length, randomPrograms } from './random-programs.ts'

beforeAll(() => config.update('enableX64', true))
afterAll(() => config.update('enableX64', false))

const runs = { seed: 20_201_111, numRuns: 60 }
const vector = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: length, maxLength: length })
const array = (values: readonly number[]) => jnp.array(Float64Array.from(values))
const numbers = (x: unknown): number[] => [...jnp.ravel(x as ArrayLike).data()].map(Number)

type Loss = (x: JaxArray) => JaxArray

/** What is done with a random program, and on how many lanes. */
const transformations: Record<string, (run: Loss) => (x: JaxArray) => unknown> = {
  vmap: (run) => vmap(run),
  grad: (run) => grad((x) => jnp.sum(run(x))),
  'vmap of grad': (run) => vmap(grad((x: JaxArray) => jnp.sum(run(x)))),
  'grad of vmap': (run) => grad((x) => jnp.sum(vmap(run)(x))),
  'grad of jit': (run) => grad((x) => jnp.sum(jit(run)(x))),
  'jit of grad': (run) => jit(grad((x: JaxArray) => jnp.sum(run(x)))),
  'valueAndGrad of grad': (run) => valueAndGrad((x: JaxArray) => jnp.sum(grad((y: JaxArray) => jnp.sum(run(y)))(x))),
}

function recordedRun(fun: (x: JaxArray) => unknown, x: JaxArray): { call: RecordedCall; result: unknown } {
  const stop = startRecording(summarize, outline)
  const result = fun(x)
  const call = stop().calls.find(({ parent }) => parent === null)
  if (call === undefined) throw new Error('nothing was called')
  return { call, result }
}

function numbersOf(operand: Operand | undefined): ConcreteArray {
  if (operand?.kind !== 'kept' || operand.numbers.host === null) throw new Error('an operand was not kept')
  return new ConcreteArray(operand.numbers.host, { weakType: operand.aval.weakType })
}

function idsOf({ inputs, consts, nodes }: GraphBlock): string[] {
  return [...consts, ...inputs, ...nodes.flatMap(({ outputs }) => outputs)].map(({ id }) => id)
}

describe.each(Object.entries(transformations))('the record of %s of a random program', (name, transform) => {
  const lanes = name.includes('vmap')
  const input = (values: readonly number[]) =>
    lanes ? jnp.stack([array(values), array(values).mul(0.5)]) : array(values)
  // A host function is not called again, so a record does not compute what it gave.
  const without = ['pure_callback', ...(name.includes('valueAndGrad of grad') ? ['custom_vjp'] : [])]

  test('is a well-typed program that gives what the run gave', () => {
    fc.assert(
      fc.property(randomPrograms(15, without), vector, ({ run }, values) => {
        const { call, result } = recordedRun(transform(run), input(values))
        const { jaxpr, operands } = programOf(call.excerpt)
        checkJaxpr(jaxpr)
        const given = (variables: typeof jaxpr.invars) => variables.map((variable) => numbersOf(operands.get(variable)))
        const outs = evalJaxpr(jaxpr, given(jaxpr.constvars), given(jaxpr.invars))
        const wanted = Array.isArray(result) ? result.flatMap(numbers) : numbers(result)
        expect(outs.flatMap(numbers)).toEqual(wanted)
      }),
      runs,
    )
  })

  test('can be drawn, with every value that is read', () => {
    fc.assert(
      fc.property(randomPrograms(15, without), vector, ({ run }, values) => {
        const { root } = graphOfCall(recordedRun(transform(run), input(values)).call)
        const known = new Set(idsOf(root))
        for (const operand of [...root.nodes.flatMap(({ inputs }) => inputs), ...root.outputs])
          if (operand.kind === 'value') expect(known).toContain(operand.id)
        for (const { outputs } of root.nodes) for (const output of outputs) expect(output.value).toBeDefined()
      }),
      { ...runs, numRuns: 20 },
    )
  })
})

test('the tape of a random program ends with its gradient, and forward with its directional derivative', () => {
  fc.assert(
    fc.property(randomPrograms(15, ['pure_callback', 'custom_vjp']), vector, ({ run }, values) => {
      const loss = (x: JaxArray) => jnp.sum(run(x))
      const { call, result } = recordedRun(grad(loss), array(values))
      const { inputs, outputs, reverse, forward } = tapeOfCall(call)
      const last = reverse.findLast((step) => step.phase === 'cotangent' && step.node === inputs[0])
      const gradient = last?.phase === 'cotangent' ? last.cotangent?.values : undefined
      expect(gradient ?? numbers(result).map(() => 0)).toEqual(numbers(result))
      const [, tangent] = jvp(loss, [array(values)], [jnp.ones(length, 'float64')])
      const end = forward.findLast(({ node }) => node === outputs[0])
      expect(end?.tangent?.values ?? [0]).toEqual(numbers(tangent))
    }),
    runs,
  )
})

test('so it does where a jit is one of several that read an argument: sums have the order of the run', () => {
  const inner = jit((a: JaxArray, b: JaxArray) => jnp.sin(a).mul(jnp.cos(b)))
  const both = jit((a: JaxArray) => [jnp.tanh(a), jnp.tanh(a), jnp.sin(a)] as const)
  const losses: Record<string, Loss> = {
    'one argument twice': (x) => inner(x, x).add(x.add(x)),
    'jit in jit': (x) =>
      jit((y: JaxArray) => inner(y, y).add(y.mul(y)))(x)
        .add(x.add(x))
        .add(inner(x, x)),
    'an argument that comes out again': (x) => {
      const [a, b, c] = jit((y: JaxArray) => [y, y, jnp.sin(y)] as const)(x)
      return a.mul(c).add(b.mul(x)).add(jnp.cos(a))
    },
    'results that are one': (x) => {
      const [a, b, c] = both(x)
      return jnp.exp(a).mul(b).add(jnp.sin(b)).add(a.mul(c)).add(x.mul(a))
    },
  }
  const number = fc.double({ min: -3, max: 3, noNaN: true })
  for (const [name, loss] of Object.entries(losses)) {
    const ends = (value: number): void => {
      const { call, result } = recordedRun(grad(loss), jnp.float64(value))
      const { inputs, reverse } = tapeOfCall(call)
      const last = reverse.findLast((step) => step.phase === 'cotangent' && step.node === inputs[0])
      expect(last?.phase === 'cotangent' ? last.cotangent?.values : undefined, name).toEqual(numbers(result))
    }
    ends(-1.8423424093834322)
    fc.assert(fc.property(number, ends), runs)
  }
})
