import type { CellOutput } from '../protocol.ts'
import type { ArrayElements, CoreInterface } from './core-interface.ts'
import type { ValueFormatter } from './format-value.ts'

type Table = Extract<CellOutput, { kind: 'table' }>

const mostRows = 500

/**
 * The rows that a cell handed to `table`: a list of objects (keys are columns), a list of lists, an
 * object of columns, or a one- or two-dimensional array.
 */
export function toTable(given: unknown, core: CoreInterface, formatter: ValueFormatter): Table {
  const cell = (value: unknown): string | number => {
    const element = core.elementsOf(value)
    const content = element !== null && element.shape.length === 0 ? cellOf(element, 0) : value
    if (typeof content === 'string' || (typeof content === 'number' && Number.isFinite(content))) return content
    return formatter.value(content).text
  }
  const rows = listRows(given, core)
  if (rows === null)
    throw new TypeError('table: give a list of rows, an object of columns, or an array of one or two axes')
  const keyed = rows.find((row) => isRecord(row))
  const width = Math.max(0, ...rows.map((row) => (Array.isArray(row) ? row.length : 1)))
  const columns =
    keyed === undefined
      ? Array.from({ length: width }, (_, i) => (width === 1 ? 'value' : String(i)))
      : [...new Set(rows.flatMap((row) => (isRecord(row) ? Object.keys(row) : [])))]
  const shown = rows.slice(0, mostRows).map((row) => {
    if (isRecord(row)) return columns.map((name) => (Object.hasOwn(row, name) ? cell(row[name]) : ''))
    const values: unknown[] = Array.isArray(row) ? row : [row]
    return columns.map((_, i) => (i < values.length ? cell(values[i]) : ''))
  })
  return { kind: 'table', columns, rows: shown, truncated: rows.length > mostRows }

  function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !core.arrays.isArray(value)
  }
}

function listRows(given: unknown, core: CoreInterface): unknown[] | null {
  const elements = core.elementsOf(given)
  if (elements !== null) {
    const [length = 0, width] = elements.shape
    if (elements.shape.length === 1) return Array.from({ length }, (_, i) => cellOf(elements, i))
    if (elements.shape.length !== 2 || width === undefined) return null
    return Array.from({ length }, (_, i) => Array.from({ length: width }, (_, j) => cellOf(elements, i * width + j)))
  }
  if (Array.isArray(given)) return given
  if (typeof given !== 'object' || given === null || core.arrays.isArray(given)) return null
  const columns = Object.entries(given).map(([name, column]) => ({ name, values: listRows(column, core) ?? [column] }))
  const length = Math.max(0, ...columns.map((column) => column.values.length))
  return Array.from({ length }, (_, i) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, values[i] ?? ''])),
  )
}

/** An element as a number, or as text where no number is it. */
function cellOf({ values, textAt }: ArrayElements, index: number): string | number {
  return textAt(index) ?? Number(values[index])
}
