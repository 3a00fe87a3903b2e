import type { ArrayOperators } from './array-operators.ts'
import { Elements } from './elements.ts'
import { Interrupt, type InterruptWord } from './interrupt.ts'
import { createOperators } from './operators.ts'
import { type PositionScope, createPositions } from './positions.ts'
import type { Names, SharedScope } from './shared-scope.ts'
import { createTruths } from './truth.ts'

/** Everything that generated code calls. */
export type CellRuntime = ReturnType<typeof createCellRuntime>

export interface CellRuntimeParts {
  readonly arrays: ArrayOperators
  readonly scope: SharedScope
  readonly interrupt: InterruptWord
  /** Where the program says its place. */
  readonly positions: PositionScope
  /** What `import … from` reads, by module. */
  readonly modules: Readonly<Record<string, Names>>
  /** Told of every thrown value that is no Error, with a stack taken there. */
  readonly noteThrown: (value: unknown, stack: Error) => void
}

export function createCellRuntime(
  { arrays, scope, interrupt, positions, modules, noteThrown }: CellRuntimeParts,
  names = scope.names,
) {
  const truths = createTruths(arrays, positions)
  const elements = new Elements(arrays, truths, positions)
  return Object.freeze({
    ...createOperators(arrays, positions),
    ...createPositions(positions),
    ...truths,
    ...elements,
    scope: positions,
    s: names,
    modules,
    tick: interrupt.check,
    define: (kind: string, values: Names): void => scope.define(kind, values, names),
    hoist: (functions: Names, vars: readonly string[]): void => scope.hoist(functions, vars, names),
    typeOf: (name: string): string => (name in names ? typeof Reflect.get(names, name) : 'undefined'),
    thrown(value: unknown): unknown {
      if (!(value instanceof Error)) noteThrown(value, new Error())
      return value
    },
    caught(value: unknown): void {
      if (value instanceof Interrupt) throw value
    },
  })
}
