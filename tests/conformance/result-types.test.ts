import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { parse } from 'yaml'
import { config } from '../../core/index.ts'
import { ConcreteArray } from '../../core/runtime/concrete-array.ts'
import { type DType, allDTypes, allocate, shortName } from '../../core/ir/dtype.ts'
import { fillElements } from '../../core/ir/element.ts'
import { hostArray } from '../../core/ir/host-array.ts'
import { JaxArray } from '../../core/tracing/array.ts'
import { api, apply, compile } from './core-scope.ts'

const tableSchema = v.object({
  columns: v.array(v.string()),
  unary: v.record(v.string(), v.string()),
  pairs: v.array(v.string()),
  binary: v.record(v.string(), v.array(v.string())),
})
const vectors = v.parse(
  v.object({ x32: tableSchema, x64: tableSchema }),
  JSON.parse(readFileSync(join(import.meta.dirname, 'vectors', 'result-types.json'), 'utf8')),
)
const rows = v.array(v.array(v.string()))
const source = v.parse(
  v.object({ unary: rows, binary: rows }),
  parse(readFileSync(join(import.meta.dirname, 'result-types.yaml'), 'utf8')),
)

/** The program of every name, in TypeScript. */
function programs(list: readonly (readonly string[])[]): [string, string][] {
  return list.flatMap((row): [string, string][] => {
    const [name = '', py = '', js = ''] = row
    if (row.length === 3 && py.startsWith('lambda')) return [[name, js]]
    return row.map((each) => [each, `jnp.${each.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}`])
  })
}

const byShortName = new Map(allDTypes.map((dtype) => [shortName(dtype), dtype]))

function argument(column: string, shape: readonly number[], x64: boolean): JaxArray {
  const weak: { readonly [column: string]: DType } = x64
    ? { 'int*': 'int64', 'float*': 'float64', 'complex*': 'complex128' }
    : { 'int*': 'int32', 'float*': 'float32', 'complex*': 'complex64' }
  const dtype = weak[column] ?? byShortName.get(column)
  if (dtype === undefined) throw new Error(`there is no dtype ${column}`)
  const data = allocate(
    dtype,
    shape.reduce((product, length) => product * length, 1),
  )
  fillElements(dtype, data, 1)
  return new ConcreteArray(hostArray(shape, dtype, data), { weakType: column in weak })
}

function cell(program: unknown, ...args: JaxArray[]): string {
  try {
    const leaves = api('tree.leaves')(apply(program, args))
    if (!Array.isArray(leaves)) throw new TypeError('tree.leaves gave no array')
    return leaves
      .map((leaf) => (leaf instanceof JaxArray ? `${shortName(leaf.dtype)}${leaf.weakType ? '*' : ''}` : typeof leaf))
      .join(',')
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('internal')) throw error
    return '-'
  }
}

/** Types are compared where both give a result; what either refuses is told by the tables of errors and of values. */
function mismatch(arguments_: string, wanted: string | undefined, found: string): string | null {
  if (wanted === found || wanted === '-' || found === '-') return null
  return `${arguments_}: ${found}, JAX has ${wanted}`
}

afterEach(() => config.update('enableX64', false))

describe.each([
  ['x32', false],
  ['x64', true],
] as const)('%s', (name, x64) => {
  const { columns, unary, pairs, binary } = vectors[name]

  test.each(programs(source.unary))('the result of %s', (id, js) => {
    config.update('enableX64', x64)
    const program = compile(js)
    const wanted = unary[id]?.split(' ') ?? []
    const problems = columns.map((column, i) =>
      mismatch(column, wanted[i], cell(program, argument(column, [2, 3], x64))),
    )
    expect(problems.filter((problem) => problem !== null)).toEqual([])
  })

  test.each(programs(source.binary))('the result of two operands of %s', (id, js) => {
    config.update('enableX64', x64)
    const program = compile(js)
    const problems = pairs.flatMap((a, i) => {
      const wanted = binary[id]?.[i]?.split(' ') ?? []
      return pairs.map((b, j) =>
        mismatch(`${a} ${b}`, wanted[j], cell(program, argument(a, [3], x64), argument(b, [3], x64))),
      )
    })
    expect(problems.filter((problem) => problem !== null)).toEqual([])
  })
})
