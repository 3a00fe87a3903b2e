import vm from 'node:vm'
import { refusedGlobals } from './box/close-box.ts'
import { type CoreInterface, isDocument } from './core-interface.ts'
import type { CellTimers } from './cell-timers.ts'
import type { ValueFormatter } from './format-value.ts'
import type { OutputSink } from './output-sink.ts'
import { toPlotSpec } from './plot-spec.ts'
import type { Names } from './runtime/shared-scope.ts'
import { toTable } from './table-rows.ts'
import { typeLabel } from './type-label.ts'

interface CellNamesParts {
  readonly core: CoreInterface
  readonly formatter: ValueFormatter
  readonly timers: CellTimers
  /** Where outputs of the present run go. */
  readonly sink: () => OutputSink
}

/** Shows a value as the result of a cell: a figure, an array, or anything else as text. */
export function showValue(value: unknown, { core, formatter, sink }: CellNamesParts): void {
  if (value === undefined) return
  if (isDocument(value)) {
    sink().add({ kind: 'document', document: value })
    return
  }
  const { text, truncated } = formatter.value(value)
  const type = typeLabel(value, (each) => core.describeArray(each)?.type ?? null)
  sink().add({ kind: 'value', text, ...(type !== null && { type }), truncated })
}

/** The names that the lab offers to every cell, besides what the core exports. */
export function createCellNames(parts: CellNamesParts): Names {
  const { core, formatter, timers, sink } = parts
  const out = (...values: unknown[]): void => sink().print('stdout', formatter.logged(values))
  const err = (...values: unknown[]): void => sink().print('stderr', formatter.logged(values))
  const table = (rows: unknown): void => sink().add(toTable(rows, core, formatter))
  return {
    print: (...values: unknown[]): void => sink().print('stdout', formatter.printed(values)),
    display: (...values: unknown[]): void => {
      for (const value of values) showValue(value, parts)
    },
    table,
    plot: (spec: unknown): void => sink().add({ kind: 'plot', plot: toPlotSpec(spec, core.elementsOf) }),
    console: Object.freeze({ log: out, info: out, debug: out, warn: err, error: err, table }),
    setTimeout: timers.setTimeout,
    setInterval: timers.setInterval,
    clearTimeout: timers.clear,
    clearInterval: timers.clear,
  }
}

/** JavaScript's own globals, a few that a browser has as well, and of Node's the ones that say they may not be used. */
export function standardGlobals(): Names {
  const language: unknown = vm.runInNewContext('Object.getOwnPropertyNames(globalThis)')
  const names = Array.isArray(language) ? language.map(String) : []
  const present = [
    ...names,
    'structuredClone',
    'queueMicrotask',
    'performance',
    'TextEncoder',
    'TextDecoder',
    'globalThis',
  ]
  const own = Object.fromEntries(
    present.filter((name) => name !== 'console').map((name) => [name, Reflect.get(globalThis, name)]),
  )
  return { ...own, ...refusedGlobals }
}
