import vm from 'node:vm'
import { afterEach, describe, expect, test } from 'vitest'
import * as jax from '../../../core/index.ts'
import { errorParts } from '../../../core/errors.ts'
import type { Jaxpr } from '../../../core/ir/jaxpr.ts'
import type { ParamValue } from '../../../core/tracing/primitive.ts'
import { currentSource, installPositions, sourceScope, withSource } from '../../../core/tracing/source.ts'
import { linePrograms } from './line-programs.ts'

const { jnp, jit, grad, lax, makeJaxpr } = jax
const names = Object.keys(jax).filter((name) => !Object.hasOwn(globalThis, name))

/** What a program ends with, its lines as they are. */
function valueOf(text: string): unknown {
  const body = text.trimStart().replace(/^makeJaxpr/m, 'return makeJaxpr')
  const script = new vm.Script(`(function ({ ${names.join(', ')} }) { ${body}\n})`, { filename: 'program' })
  const program: unknown = script.runInThisContext()
  if (typeof program !== 'function') throw new Error('no function')
  return Reflect.apply(program, undefined, [jax])
}

function lines(jaxpr: Jaxpr): string[] {
  return jaxpr.eqns.flatMap(({ primitive, params, source }) => [
    `${primitive.name} ${source?.line}`,
    ...Object.values(params).flatMap(inner),
  ])
}

function inner(param: ParamValue): string[] {
  if (param instanceof jax.ClosedJaxpr) return lines(param.jaxpr)
  return Array.isArray(param) ? param.flatMap(inner) : []
}

function linesOf(text: string): string {
  const closed = valueOf(text)
  if (!(closed instanceof jax.ClosedJaxpr)) throw new Error('no jaxpr')
  return lines(closed.jaxpr).join(', ')
}

const isProgram = (file: string): boolean => file === 'program'

afterEach(() => {
  jax.setUserFile(null)
  installPositions(() => null)
  jax.recoverFromInterruption()
})

describe('every equation has the line that JAX gives it', () => {
  test.each(linePrograms.map((program) => [program.name, program] as const))('%s', (_, { text, equations }) => {
    jax.setUserFile(isProgram)
    expect(linesOf(text)).toBe(equations)
  })
})

test('what core does with the result of a function of the user is for the line of the call', () => {
  jax.setUserFile(isProgram)
  const scanned = linesOf(`
const f = (x) => lax.associativeScan(
  (a, b) => jnp.add(a, b),
  x)
makeJaxpr(f)(jnp.ones(2))`)
  expect(scanned).toMatch(/^slice 1, slice 1, .*add 2, .*pad 1/)
})

test('a stack is taken once an operation, and for no equation that comes of one that has its line', () => {
  const f = jit((x: jax.Array) => jnp.sum(jnp.sin(x).mul(jnp.cos(x))))
  f(jnp.ones(3))
  let stacks = 0
  jax.setUserFile((file) => {
    if (file === import.meta.filename) stacks++
    return file === import.meta.filename
  })
  const program = makeJaxpr((x: jax.Array) => grad(f)(x))(jnp.ones(3))
  expect(lines(program.jaxpr).length).toBeGreaterThan(8)
  expect(stacks).toBe(1)
})

describe('the scope', () => {
  const line = (n: number) => ({ file: 'x', line: n, column: 1 })

  test('is put back when what runs in it throws', () => {
    expect(currentSource()).toBeNull()
    withSource(line(1), () => {
      const failing = (): void =>
        withSource(line(2), () => {
          expect(currentSource()).toEqual(line(2))
          throw new Error('out')
        })
      expect(failing).toThrow('out')
      expect(currentSource()).toEqual(line(1))
    })
    expect(currentSource()).toBeNull()
  })

  test('is that of the call again when a function of the user has moved it', () => {
    installPositions((position) => line(position))
    const seen: unknown[] = []
    const body = (x: jax.Array): jax.Array => {
      sourceScope.position = 7
      return jnp.sin(x)
    }
    sourceScope.position = 3
    const closed = makeJaxpr((x: jax.Array) => {
      const y = lax.map(body, x)
      seen.push(currentSource()?.line)
      return y
    })(jnp.ones(2))
    expect(seen).toEqual([3])
    expect(lines(closed.jaxpr)).toEqual(['scan 3', 'sin 7'])
  })

  test('is empty after a computation was broken off', () => {
    installPositions((position) => line(position))
    sourceScope.position = 5
    expect(currentSource()).toEqual(line(5))
    jax.recoverFromInterruption()
    expect(currentSource()).toBeNull()
  })
})

test('an error names the line of the equation at which it happens, in programs that were traced before', () => {
  jax.setUserFile(isProgram)
  const failure = (): unknown => {
    try {
      return valueOf(`
const f = jit((x) => {
  const y = x.mul(2)
  return lax.reduce([y], [jnp.float32(1)], (a, b) => [jnp.sin(a).add(b)], [0])[0]
})
f(jnp.ones(3))
makeJaxpr(grad(f))(jnp.ones(3))`)
    } catch (error) {
      return error
    }
  }
  expect(errorParts(failure())?.source).toMatchObject({ file: 'program', line: 3 })
})

test('an error of a program that runs names the line of its equation, not that of the call', () => {
  jax.setUserFile(isProgram)
  const failure = (): unknown => {
    try {
      return valueOf(`
const f = jit((x) =>
  pureCallback((v) => [v, v], x, x)
)
const g = () =>
  f(1.0)
g()`)
    } catch (error) {
      return error
    }
  }
  expect(errorParts(failure())?.source).toMatchObject({ file: 'program', line: 2 })
})
