import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { parse } from 'yaml'
import { grad, jit, jnp, jvp, tree, vjp } from '../../core/index.ts'
import { shortName } from '../../core/ir/dtype.ts'
import { JaxArray } from '../../core/tracing/array.ts'
import { type Callable, compile } from './core-scope.ts'

const tableSchema = v.object({ columns: v.array(v.string()), rows: v.record(v.string(), v.string()) })
const vectors = v.parse(
  v.object({ unary: tableSchema, binary: tableSchema }),
  JSON.parse(readFileSync(join(import.meta.dirname, 'vectors', 'weak-derivatives.json'), 'utf8')),
)
const names = v.record(v.string(), v.array(v.string()))
const source = v.parse(
  v.object({
    unary: names,
    binary: names,
    written: v.array(v.tuple([v.string(), v.picklist(['unary', 'binary']), v.string(), v.string()])),
  }),
  parse(readFileSync(join(import.meta.dirname, 'weak-derivatives.yaml'), 'utf8')),
)

/** The program of every name, in TypeScript. */
function programs(kind: 'unary' | 'binary'): [string, string][] {
  const named = Object.entries(source[kind]).flatMap(([module, list]) =>
    list.map((name): [string, string] => {
      const path = `${module.replace('jax.', '')}.${name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}`
      return [`${module}.${name}`, kind === 'unary' ? `x => ${path}(x)` : `(x, y) => ${path}(x, y)`]
    }),
  )
  const written = source.written.filter(([, of]) => of === kind)
  return [...named, ...written.map(([name, , , js]): [string, string] => [name, js])]
}

function given(kinds: string, values: readonly number[]): (number | JaxArray)[] {
  return [...kinds].map((kind, i) => (kind === 'w' ? values[i] : jnp.float32(values[i])))
}

/** The result of using a program in one of the ways that the generator has. */
function used(f: Callable, how: string, x: (number | JaxArray)[], dx: (number | JaxArray)[]): unknown {
  const [way, ...rest] = how.split(' ')
  switch (way) {
    case 'value':
      return f(...x)
    case 'grad':
      if (rest[0] === 'of') return grad(rest[1] === 'grad' ? grad(f) : jit(f))(...x)
      return grad(f, { argnums: rest.length > 1 ? rest.map(Number) : Number(rest[0] ?? 0) })(...x)
    case 'vjp': {
      const [value, pull] = vjp(f, ...x)
      return pull(value)
    }
    case 'jvp': {
      if (rest.length === 0) return jvp(f, x, dx)
      const at = Number(rest[0])
      return jvp((a: unknown) => f(...x.slice(0, at), a, ...x.slice(at + 1)), [x[at]], [dx[at]])
    }
    default:
      throw new Error(`there is no way ${how}`)
  }
}

function leaf(value: unknown): string {
  if (!(value instanceof JaxArray)) return typeof value
  const { dtype, weakType, shape } = value
  return `${shortName(dtype)}${weakType ? '*' : ''}${shape.length > 0 ? `[${shape.join(',')}]` : ''}`
}

function cell(f: Callable, column: string): string {
  const space = column.lastIndexOf(' ')
  const kinds = column.slice(space + 1)
  try {
    return tree
      .leaves(used(f, column.slice(0, space), given(kinds, [0.3, 0.7]), given(kinds, [1, 1])))
      .map(leaf)
      .join(',')
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('internal')) throw error
    return '-'
  }
}

describe.each(['unary', 'binary'] as const)('%s', (kind) => {
  const { columns, rows } = vectors[kind]

  test.each(programs(kind))('values and derivatives of %s are of JAX’s types', (name, js) => {
    const f = compile(js)
    const wanted = rows[name]?.split(' ') ?? []
    expect(wanted).toHaveLength(columns.length)
    // What JAX refuses is told by the tables of errors.
    const problems = columns.flatMap((column, i) => {
      const found = wanted[i] === '-' ? '-' : cell(f, column)
      return found === wanted[i] ? [] : [`${column}: ${found}, JAX has ${wanted[i]}`]
    })
    expect(problems).toEqual([])
  })
})
