import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as v from 'valibot'
import { parse } from 'yaml'

/** One line of the tables: a program as Python and as TypeScript. The generator's cases.py reads them by the same rules. */
const caseSchema = v.object({
  id: v.string(),
  py: v.string(),
  js: v.string(),
  in: v.array(v.string()),
  kind: v.optional(v.picklist(['values', 'jaxprs', 'records', 'errors']), 'values'),
  tol: v.optional(v.string(), 'exact'),
  config: v.optional(v.record(v.string(), v.boolean()), {}),
})

export type Case = v.InferOutput<typeof caseSchema>

const bindingSchema = v.record(v.string(), v.unknown())
const tableSchema = v.object({
  defaults: v.optional(bindingSchema, {}),
  cases: v.array(v.union([v.array(v.unknown()), bindingSchema])),
})

type Binding = v.InferOutput<typeof bindingSchema>

const directory = join(import.meta.dirname, 'cases')

/** The names of the tables, without extension. */
export const categories: readonly string[] = readdirSync(directory)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => basename(name, '.yaml'))
  .sort()

/** The expanded cases of one table. */
export function loadCases(category: string): Case[] {
  const table = v.parse(tableSchema, parse(readFileSync(join(directory, `${category}.yaml`), 'utf8')))
  return table.cases
    .map((entry) => ({ ...table.defaults, ...(Array.isArray(entry) ? row(entry) : entry) }))
    .flatMap(expand)
    .map((entry) => {
      const parsed = v.parse(caseSchema, entry)
      return { ...parsed, js: camelCaseMembers(parsed.js) }
    })
}

function row(entry: readonly unknown[]): Binding {
  const [id, py, js, inputs, options] = entry
  return { id, py, js, in: inputs, ...v.parse(v.optional(bindingSchema, {}), options) }
}

function expand({ foreach, ...rest }: Binding): unknown[] {
  if (foreach === undefined) return [rest]
  const bindings = Array.isArray(foreach) ? v.parse(v.array(bindingSchema), foreach) : product(foreach)
  return bindings.map((binding) => substitute(rest, binding))
}

function product(foreach: unknown): Binding[] {
  let bindings: Binding[] = [{}]
  for (const [name, values] of Object.entries(v.parse(v.record(v.string(), v.array(v.unknown())), foreach))) {
    bindings = bindings.flatMap((binding) => values.map((value) => ({ ...binding, [name]: value })))
  }
  return bindings
}

function substitute(value: unknown, binding: Binding): unknown {
  if (typeof value === 'string') {
    if (value.startsWith('$') && Object.hasOwn(binding, value.slice(1))) return binding[value.slice(1)]
    return value.replace(/\$(\w+)/g, (text, name) => (Object.hasOwn(binding, name) ? String(binding[name]) : text))
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, binding))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, binding)]))
  }
  return value
}

/** One table entry serves many operators: `lax.$op` becomes `lax.bitwise_and`, spelled `lax.bitwiseAnd` here. */
function camelCaseMembers(source: string): string {
  return source.replace(/(?<=\.)[a-z]\w*/g, (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase()))
}
