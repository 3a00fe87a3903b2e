import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseProgram } from 'acorn'
import * as v from 'valibot'
import { parse as parseYaml } from 'yaml'
import * as core from '../../core/index.ts'
import { categories, loadCases } from './cases.ts'

/** How much of JAX's public surface the core has, counted by name. docs/coverage.md shows it. */
export interface ModuleCoverage {
  readonly module: string
  /** Exported and called by a conformance case. */
  readonly present: readonly string[]
  /** Exported, but no case holds it to JAX's values. It does not count. */
  readonly unproven: readonly string[]
  readonly absent: readonly string[]
  readonly outOfScope: readonly { readonly reason: string; readonly names: readonly string[] }[]
}

const publicNamesSchema = v.object({
  jax: v.string(),
  modules: v.record(v.string(), v.array(v.object({ name: v.string(), kind: v.string() }))),
})

const reasonsSchema = v.array(v.object({ reason: v.string(), names: v.record(v.string(), v.string()) }))

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')

const publicNames = v.parse(publicNamesSchema, JSON.parse(read('public-names.json')))

/** The version of JAX whose names are counted. */
export const jaxVersion = publicNames.jax

/** Where a module of JAX lives in the core: `jax.numpy` is `numpy`, `jax` is the root. */
function pathOf(module: string): string[] {
  return module.split('.').slice(1).map(spelling)
}

/** JAX's name as it is spelled here. */
export function spelling(name: string): string {
  return name.replace(/(?<=[^_])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function isExported(path: readonly string[]): boolean {
  let value: unknown = core
  for (const name of path) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false
    if (!Object.hasOwn(value, name)) return false
    value = Reflect.get(value, name)
  }
  return true
}

/** Every name of the core that a source mentions, as a dotted path from the root: `numpy.linalg.det`, `grad`. */
export function namesUsed(source: string): Set<string> {
  const used = new Set<string>()
  const body = source.trim()
  const program = parseProgram(body.includes('\n') ? body : `(${body})`, { ecmaVersion: 'latest' })
  visit(program, used)
  return used
}

function visit(node: unknown, used: Set<string>): void {
  if (typeof node !== 'object' || node === null) return
  const path = pathWritten(node)
  if (path !== null) used.add(path.join('.'))
  for (const child of Object.values(node)) {
    if (Array.isArray(child)) for (const item of child) visit(item, used)
    else visit(child, used)
  }
}

function pathWritten(node: object): string[] | null {
  const type = Reflect.get(node, 'type')
  if (type === 'Identifier') {
    const name = String(Reflect.get(node, 'name'))
    return [name === 'jnp' || name === 'np' ? 'numpy' : name]
  }
  if (type !== 'MemberExpression' || Reflect.get(node, 'computed') === true) return null
  const [object, property]: unknown[] = [Reflect.get(node, 'object'), Reflect.get(node, 'property')]
  if (typeof object !== 'object' || object === null || typeof property !== 'object' || property === null) return null
  const outer = pathWritten(object)
  return outer === null ? null : [...outer, String(Reflect.get(property, 'name'))]
}

/** The names that cases with values or programs from JAX use. A case of an error says nothing about a result. */
function namesInCases(): Set<string> {
  const cases = categories.flatMap(loadCases).filter(({ kind }) => kind !== 'errors')
  return new Set(cases.flatMap(({ js }) => [...namesUsed(js)]))
}

function reasonTable(): (module: string, name: string) => string | null {
  const table = v.parse(reasonsSchema, parseYaml(read('out-of-scope.yaml')))
  const reasons = new Map<string, string>()
  for (const { reason, names } of table) {
    for (const [module, list] of Object.entries(names)) {
      for (const name of list.split(/\s+/).filter(Boolean)) reasons.set(`${module}.${name}`, reason)
    }
  }
  return (module, name) => reasons.get(`${module}.${name}`) ?? null
}

/** Names of the table of reasons that JAX does not have, or that the core exports after all. */
export function mistakenReasons(): string[] {
  const table = v.parse(reasonsSchema, parseYaml(read('out-of-scope.yaml')))
  return table.flatMap(({ names }) =>
    Object.entries(names).flatMap(([module, list]) =>
      list
        .split(/\s+/)
        .filter(Boolean)
        .filter(
          (name) =>
            !publicNames.modules[module]?.some((entry) => entry.name === name) ||
            isExported([...pathOf(module), spelling(name)]),
        )
        .map((name) => `${module}.${name}`),
    ),
  )
}

/** The coverage of every module. JAX's primitives (`add_p`) are left out: programs call the functions. */
export function coverage(): ModuleCoverage[] {
  const used = namesInCases()
  const reasonFor = reasonTable()
  return Object.entries(publicNames.modules).map(([module, entries]) => {
    const present: string[] = []
    const unproven: string[] = []
    const absent: string[] = []
    const outOfScope = new Map<string, string[]>()
    for (const { name, kind } of entries) {
      if (kind === 'primitive') continue
      const path = [...pathOf(module), spelling(name)]
      const reason = reasonFor(module, name)
      if (isExported(path)) (used.has(path.join('.')) ? present : unproven).push(name)
      else if (reason === null) absent.push(name)
      else outOfScope.set(reason, [...(outOfScope.get(reason) ?? []), name])
    }
    const reasons = [...outOfScope].map(([reason, names]) => ({ reason, names }))
    return { module, present, unproven, absent, outOfScope: reasons }
  })
}
