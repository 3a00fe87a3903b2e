import { ClosedJaxpr, Jaxpr } from '../../core/ir/jaxpr.ts'
import { type Column, columns } from './transforms.ts'

/** The names of the primitives in a program, those of nested programs included. */
export function primitivesOf(program: unknown, found = new Set<string>()): Set<string> {
  if (program instanceof ClosedJaxpr) return primitivesOf(program.jaxpr, found)
  if (program instanceof Jaxpr) {
    for (const eqn of program.eqns) {
      found.add(eqn.primitive.name)
      for (const param of Object.values(eqn.params)) primitivesOf(param, found)
    }
  } else if (Array.isArray(program)) {
    for (const item of program) primitivesOf(item, found)
  } else if (typeof program === 'object' && program !== null) {
    const nested: unknown = Reflect.get(program, 'jaxpr')
    if (nested !== undefined) return primitivesOf(nested, found)
    if (Object.getPrototypeOf(program) === Object.prototype)
      for (const value of Object.values(program)) primitivesOf(value, found)
  }
  return found
}

/** Which primitives were exercised under which transformations, against what JAX can do. */
export class Matrix {
  private readonly passed = new Map<string, Map<Column, number>>()
  private readonly supported = new Map<string, Set<Column>>()

  /** JAX runs a case with these primitives under this transformation. */
  expect(primitives: Iterable<string>, column: Column): void {
    for (const name of primitives) {
      const cells = this.supported.get(name) ?? new Set()
      this.supported.set(name, cells.add(column))
    }
  }

  /** The core did so too, with JAX's values. */
  pass(primitives: Iterable<string>, column: Column, runs = 1): void {
    for (const name of primitives) {
      const cells = this.passed.get(name) ?? new Map<Column, number>()
      this.passed.set(name, cells.set(column, (cells.get(column) ?? 0) + runs))
    }
  }

  /** Everything found so far, as plain data. */
  cells(): { readonly expected: [string, Column][]; readonly passed: [string, Column, number][] } {
    return {
      expected: [...this.supported].flatMap(([name, cells]) =>
        [...cells].map((column): [string, Column] => [name, column]),
      ),
      passed: [...this.passed].flatMap(([name, cells]) =>
        [...cells].map(([column, runs]): [string, Column, number] => [name, column, runs]),
      ),
    }
  }

  /** Cells that JAX fills and the core leaves empty, for the primitives given; and primitives that no case reaches. */
  holes(primitives: readonly string[]): string[] {
    return primitives.flatMap((name) => {
      const supported = this.supported.get(name)
      if (supported === undefined) return [`${name}: no case exercises it`]
      return columns
        .filter((column) => supported.has(column) && !this.passed.get(name)?.has(column))
        .map((column) => `${name} under ${column}`)
    })
  }

  /** The table as text: how many runs passed; `·` where JAX has nothing to do, `MISSING` where only JAX passes. */
  format(primitives: readonly string[]): string {
    const width = Math.max(...primitives.map((name) => name.length))
    const row = (name: string, cells: readonly string[]) =>
      `${name.padEnd(width)} ${cells.map((cell, i) => cell.padStart(columns[i].length + 1)).join(' ')}`
    const lines = primitives.map((name) =>
      row(
        name,
        columns.map((column) => {
          const count = this.passed.get(name)?.get(column)
          if (count !== undefined) return String(count)
          return this.supported.get(name)?.has(column) ? 'MISSING' : '·'
        }),
      ),
    )
    return [row('', columns), ...lines].join('\n')
  }
}
