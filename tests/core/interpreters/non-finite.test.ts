import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Array as JaxArray,
  checkpoint,
  config,
  customJvp,
  debugInfs,
  debugNans,
  grad,
  installParallelDevices,
  jit,
  jnp,
  lax,
  pmap,
  setUserFile,
  vmap,
} from '../../../core/index.ts'
import { CpuDevices } from '../../../core/devices/cpu-devices.ts'
import { WorkerThreads } from '../../../core/devices/worker-threads.ts'
import { FloatingPointError } from '../../../core/errors.ts'

beforeAll(() => setUserFile((file) => file.endsWith('non-finite.test.ts')))
afterAll(() => setUserFile(() => false))

// The line of the logarithm, which each program below takes of a number that is negative sooner or later.
const log = (x: JaxArray): JaxArray => jnp.log(x)
const lineOfLog = 26

const ruled = customJvp((x: JaxArray) => log(x))
ruled.defjvp(([x]: [JaxArray], [t]: [JaxArray]) => [ruled(x), t])

const programs: Readonly<Record<string, (x: JaxArray) => unknown>> = {
  'on its own': log,
  jit: jit(log),
  'jit in jit': jit((x: JaxArray) => jnp.sin(jit(log)(x))),
  scan: (x) => lax.scan((c: JaxArray, y: JaxArray) => [log(c).add(y), null] as const, x, jnp.zeros(2))[0],
  'jit of scan': jit((x: JaxArray) => lax.scan((c: JaxArray, y: JaxArray) => [c, log(c.sub(y))], x, jnp.arange(3))[1]),
  while: (x) =>
    lax.whileLoop(
      ([i]: [JaxArray, JaxArray]) => jnp.less(i, 2),
      ([i, c]: [JaxArray, JaxArray]): [JaxArray, JaxArray] => [i.add(1), log(c.sub(1))],
      [jnp.int32(0), x],
    ),
  cond: (x) => lax.cond(jnp.less(x, 0), log, (a: JaxArray) => a, x),
  'cond in scan': (x) =>
    lax.scan((c: JaxArray) => [lax.cond(jnp.less(c, 0), log, (a: JaxArray) => a, c), null], x, null, { length: 2 })[0],
  checkpoint: jit(checkpoint(log)),
  'a rule of its own': jit((x: JaxArray) => ruled(x)),
  vmap: jit(vmap(log)),
  grad: (x) => jit(grad((a: JaxArray) => checkpoint((b: JaxArray) => log(b).mul(b))(a)))(x),
}

describe('debugNans names the operation and its line', () => {
  test.each(Object.entries(programs))('%s', (name, program) => {
    const x = name === 'vmap' ? jnp.array([1, -1]) : jnp.float32(-1)
    expect(() => debugNans(() => program(x))).toThrow(FloatingPointError)
    expect(() => debugNans(() => program(x))).toThrow(
      new RegExp(`invalid value \\(nan\\) encountered in log at line ${lineOfLog} of .*non-finite`),
    )
    expect(() => debugNans(() => program(name === 'vmap' ? jnp.ones(2) : jnp.float32(4)))).not.toThrow()
  })
})

describe.each(['lanes', 'threads'])('on devices (%s)', (kind) => {
  const devices = new CpuDevices(new WorkerThreads(), () => config.numCpuDevices)
  beforeAll(() => {
    config.update('numCpuDevices', 2)
    if (kind === 'threads') installParallelDevices(devices)
  })
  afterAll(() => devices.stop())

  test('names the operation and its line', () => {
    const x = jnp.array([1, -1])
    expect(() => debugNans(() => pmap(log)(x))).toThrow(FloatingPointError)
    expect(() => debugNans(() => pmap(log)(x))).toThrow(new RegExp(`in log at line ${lineOfLog} of`))
    expect(() => debugInfs(() => pmap(jit(log))(jnp.array([1, 0])))).toThrow(/\(inf\) encountered in log at line/)
    expect(debugNans(() => pmap(log)(jnp.ones(2))).tolist()).toEqual([0, 0])
  })
})

test('what a program computes and does not hand out is no matter, as in JAX', () => {
  const guarded = jit((x: JaxArray) => jnp.where(jnp.greater(x, 0), log(x), 0))
  expect(debugNans(() => guarded(jnp.float32(-1)).item())).toBe(0)
})

test('infinity is no NaN', () => {
  const f = jit((x: JaxArray) => jnp.exp(x))
  expect(debugNans(() => f(jnp.float32(1000)).item())).toBe(Infinity)
  expect(() => debugInfs(() => f(jnp.float32(1000)))).toThrow(/\(inf\) encountered in exp at line/)
})

test('nor what lanes compute in a branch that they do not take', () => {
  const f = vmap((x: JaxArray): unknown => lax.cond(jnp.greater(x, 0), log, (y: JaxArray) => y.mul(2), x))
  expect(debugNans(() => jnp.asarray(f(jnp.array([1, -1])) as JaxArray).tolist())).toEqual([0, -2])
  const g = vmap((x: JaxArray): unknown => lax.cond(jnp.less(x, 0), log, (y: JaxArray) => y.mul(2), x))
  expect(() => debugNans(() => g(jnp.array([1, -1])))).toThrow(`encountered in log at line ${lineOfLog}`)
})
