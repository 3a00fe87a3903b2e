import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Array as JaxArray,
  type ArrayLike,
  checkpoint,
  config,
  customJvp,
  customVjp,
  grad,
  jit,
  jnp,
  lax,
  makeJaxpr,
  pmap,
  random,
  vmap,
} from '../../../core/index.ts'
import { runOnHost } from '../../../core/compiler/reference/run.ts'
import { primitiveNamed } from '../../../core/control/registry.ts'
import { bindEqn, evalJaxpr } from '../../../core/interpreters/eval-jaxpr.ts'
import { Instrumentation } from '../../../core/interpreters/instrumentation.ts'
import { type TapParams, tapOf, withTaps } from '../../../core/interpreters/tap.ts'
import { traceToJaxpr } from '../../../core/interpreters/to-jaxpr.ts'
import { ShapedArray } from '../../../core/ir/aval.ts'
import { checkJaxpr } from '../../../core/ir/check.ts'
import { allDTypes } from '../../../core/ir/dtype.ts'
import { elementAt } from '../../../core/ir/element.ts'
import { type HostArray, hostArray } from '../../../core/ir/host-array.ts'
import type { ClosedJaxpr } from '../../../core/ir/jaxpr.ts'
import { packJaxpr, unpackJaxpr } from '../../../core/ir/pack.ts'
import { ConcreteArray } from '../../../core/runtime/concrete-array.ts'
import type { JaxArray as Value } from '../../../core/tracing/array.ts'
import { hostValueOf } from '../../../core/tracing/host-value.ts'
import { length, randomPrograms } from '../properties/random-programs.ts'

beforeAll(() => config.update('numCpuDevices', 2))
afterAll(() => config.update('numCpuDevices', 1))

/** Taps of every equation. */
const everything = new Instrumentation({
  around: (eqn, jits) => ({ after: [tapOf(eqn, 'after', eqn.inputs, eqn.outputs, jits)] }),
})

interface Seen {
  readonly tap: TapParams
  readonly operands: readonly HostArray[]
  readonly results: readonly HostArray[]
}

function watch(program: ClosedJaxpr, args: readonly HostArray[]): { outs: HostArray[]; seen: Seen[] } {
  checkJaxpr(program.jaxpr)
  const seen: Seen[] = []
  const outs = withTaps(
    (tap, values) => {
      seen.push({ tap, operands: values.slice(0, tap.operands), results: values.slice(tap.operands) })
    },
    () => runOnHost(program, args),
  )
  return { outs, seen }
}

function hostOf(value: Value): HostArray {
  const host = hostValueOf(value)
  if (host === null) throw new Error('a value without numbers')
  return host
}

const described = ({ dtype, shape, data }: HostArray) => [
  dtype,
  shape,
  [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
]
const first = ({ dtype, data }: HostArray): unknown => elementAt(dtype, data, 0)
const vector = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: length, maxLength: length })

/** Every function of a vector that a random program gives rise to. */
const uses: Readonly<Record<string, (run: (x: JaxArray) => JaxArray) => (x: JaxArray) => ArrayLike>> = {
  itself: (run) => run,
  grad: (run) => grad((x: JaxArray) => jnp.sum(run(x))),
  'jit of grad': (run) => jit(grad((x: JaxArray) => jnp.sum(run(x)))),
  vmap: (run) => (x) => vmap(run)(jnp.stack([x, jnp.sin(x)])),
  'one device': (run) => (x) => pmap(run)(x.reshape([1, length])),
}

describe('a watched program', () => {
  test.each(Object.entries(uses))('gives what the program gives, bit by bit (%s)', (_, use) => {
    fc.assert(
      fc.property(randomPrograms(25, [], true), vector, ({ run }, x) => {
        const arg = jnp.array(x)
        const program = makeJaxpr(use(run))(arg)
        const { outs, seen } = watch(everything.program(program), [hostOf(arg)])
        expect(outs.map(described)).toEqual(runOnHost(program, [hostOf(arg)]).map(described))
        // A walk over the outermost equations is another way to what they gave.
        const walked: Value[][] = []
        evalJaxpr(program.jaxpr, program.consts, [arg], (eqn, operands) => {
          const results = bindEqn(eqn, operands)
          walked.push(results)
          return results
        })
        const last = seen.at(-1)?.results.map(described)
        expect(last).toEqual(walked.at(-1)?.map((value) => described(hostOf(value))))
      }),
      { seed: 20_261_201, numRuns: 20 },
    )
  })

  test.each([...allDTypes, 'float0' as const])('hands on %s through all that holds programs', (dtype) => {
    config.update('enableX64', true)
    const aval = new ShapedArray([2], dtype)
    const flag = new ShapedArray([], 'bool')
    const same = (x: Value): Value => x
    const ruled = customJvp((x: Value) => x)
    ruled.defjvp(([x]: [Value], [t]: [Value]) => [ruled(x), t])
    const program = traceToJaxpr(
      (x, on) => {
        const inner = (y: Value): Value => {
          const [taken] = [lax.cond(on, jit(same), same, y)] as Value[]
          return ruled(checkpoint(same)(taken))
        }
        const [carry, rows] = lax.scan((c: Value, _: Value) => [inner(c), c] as const, x, null, { length: 3 })
        const [, looped] = lax.whileLoop(
          ([i]: [Value, Value]) => jnp.less(i, 2),
          ([i, c]: [Value, Value]): [Value, Value] => [jnp.add(i, 1), inner(c)],
          [jnp.int32(0), carry],
        )
        return [pmap(inner)(looped), rows]
      },
      [aval, flag],
    )
    config.update('enableX64', false)
    const host = hostArray([2], dtype)
    new Uint8Array(host.data.buffer).forEach((_, i, all) => (all[i] = i % 2))
    const on = hostArray([], 'bool')
    on.data[0] = 1
    const { outs, seen } = watch(everything.program(program), [host, on])
    expect(outs.map(described)).toEqual(runOnHost(program, [host, on]).map(described))
    const loops = seen.filter(({ tap }) => tap.of === 'scan' || tap.of === 'shard_map')
    expect(loops.map(({ results }) => described(results.at(-1) ?? host))).toEqual([...outs].reverse().map(described))
  })

  test('is the same program where nothing is watched', () => {
    const program = makeJaxpr((x: JaxArray) => lax.foriLoop(0, 3, (_: JaxArray, c: JaxArray) => c.mul(2), x))(1)
    const nothing = new Instrumentation({ around: () => null })
    expect(nothing.program(program)).toBe(program)
    expect(everything.program(program)).not.toBe(program)
    expect(everything.program(program)).toBe(everything.program(program))
  })
})

/** What a program multiplied, in its order: the operands and the result of each `mul`. */
function products(f: (x: JaxArray) => ArrayLike, x: number): unknown[][] {
  const multiplications = new Instrumentation({
    around: (eqn, jits) =>
      eqn.primitive.name === 'mul' ? { after: [tapOf(eqn, 'after', eqn.inputs, eqn.outputs, jits)] } : null,
  })
  const arg = jnp.float32(x)
  const { seen } = watch(multiplications.program(makeJaxpr(f)(arg)), [hostOf(arg)])
  return seen.map(({ operands, results }) => [...operands, ...results].map(first))
}

describe('taps see what runs, as it runs', () => {
  const double = (c: JaxArray): JaxArray => c.mul(2)

  test('every step of a scan, in its order', () => {
    const f = (x: JaxArray) =>
      lax.scan((c: JaxArray, y: JaxArray) => [c.mul(y), c], x, jnp.array([2, 3, 4]), { reverse: true })[0]
    expect(products(f, 1)).toEqual([
      [1, 4, 4],
      [4, 3, 12],
      [12, 2, 24],
    ])
  })

  test('as many steps as a while loop makes, and its condition', () => {
    const f = (x: JaxArray) => lax.whileLoop((c: JaxArray) => jnp.less(c.mul(10), 50), double, x)
    expect(products(f, 2)).toEqual([
      [2, 10, 20],
      [2, 2, 4],
      [4, 10, 40],
      [4, 2, 8],
      [8, 10, 80],
    ])
    expect(products(f, 7)).toEqual([[7, 10, 70]])
  })

  test('the branch that is taken, and no other', () => {
    const f = (x: JaxArray) => lax.cond(jnp.greater(x, 0), double, (c: JaxArray) => c.mul(3), x)
    expect(products(f, 1)).toEqual([[1, 2, 2]])
    expect(products(f, -1)).toEqual([[-1, 3, -3]])
  })

  test('within jit, checkpoint, rules of one’s own and devices, nested', () => {
    const g = customJvp((a: JaxArray) => a.mul(3))
    g.defjvp(([a]: [JaxArray], [t]: [JaxArray]) => [g(a), t])
    const h = customVjp((a: JaxArray) => a.mul(5))
    h.defvjp(
      (a: JaxArray) => [h(a), null],
      (_: null, ct: JaxArray) => [ct],
    )
    const f = (x: JaxArray) => jit(checkpoint((a: JaxArray) => h(g(jit(double)(a)))))(x)
    expect(products(f, 1)).toEqual([
      [1, 2, 2],
      [2, 3, 6],
      [6, 5, 30],
    ])
    expect(products((x) => pmap(f)(x.reshape([1])), 1).map((row) => row.at(-1))).toEqual([2, 6, 30])
  })

  test('the names of the jitted functions around', () => {
    function inner(x: JaxArray): JaxArray {
      return x.mul(2)
    }
    function outer(x: JaxArray): JaxArray {
      return lax.foriLoop(0, 1, (_: JaxArray, c: JaxArray) => jit(inner)(c), x)
    }
    const arg = jnp.float32(1)
    const { seen } = watch(everything.program(makeJaxpr(jit(outer))(arg)), [hostOf(arg)])
    expect(seen.find(({ tap }) => tap.of === 'mul')?.tap.jits).toEqual(['outer', 'inner'])
  })

  test('what a program that breaks off did until then', () => {
    const program = makeJaxpr((x: JaxArray) => lax.foriLoop(0, 9, (_: JaxArray, c: JaxArray) => c.mul(2), x))(1)
    const seen: unknown[] = []
    const stopped = (): unknown =>
      withTaps(
        (_, values) => {
          seen.push(first(values[0]))
          if (seen.length === 4) throw new Error('Stop')
        },
        () => runOnHost(everything.program(program), [hostOf(jnp.float32(1))]),
      )
    expect(stopped).toThrow('Stop')
    expect(seen).toHaveLength(4)
  })
})

test('taps survive the way to another thread', () => {
  const program = everything.program(
    makeJaxpr((k: JaxArray) => jit((x: JaxArray) => random.normal(x))(k))(random.key(1)),
  )
  const packed = structuredClone(packJaxpr(program, { constant: hostOf, keep: () => 0 }))
  const again = unpackJaxpr(packed, {
    primitiveNamed,
    constant: (host) => new ConcreteArray(host),
    callback: () => () => null,
  })
  const key = [hostOf(random.key(1))]
  const events = ({ seen }: { seen: Seen[] }) =>
    seen.map(({ tap, results }) => [tap.of, tap.jits, tap.operands, results.map(described)])
  expect(events(watch(again, key))).toEqual(events(watch(program, key)))
})
