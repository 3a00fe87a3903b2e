import * as v from 'valibot'
import type { PlotSpec } from '../protocol.ts'
import type { CoreInterface } from './core-interface.ts'

/** More points than a screen has columns to show them in are thinned out evenly. */
const mostPoints = 5000

const seriesSchema = v.object({
  label: v.optional(v.string(), ''),
  kind: v.optional(v.picklist(['line', 'points', 'bars'], "must be 'line', 'points' or 'bars'"), 'line'),
  x: v.optional(v.unknown()),
  y: v.unknown(),
})

const plotSchema = v.object({
  title: v.optional(v.string()),
  xLabel: v.optional(v.string()),
  yLabel: v.optional(v.string()),
  series: v.pipe(v.array(seriesSchema, 'must be a list of { label, kind, x, y }'), v.minLength(1, 'must not be empty')),
})

type ElementsOf = CoreInterface['elementsOf']

/** A plot as a cell gives it, with arrays for coordinates, as plain data. */
export function toPlotSpec(given: unknown, elementsOf: ElementsOf): PlotSpec {
  const parsed = v.safeParse(plotSchema, given)
  if (!parsed.success) throw new TypeError(`plot: ${explain(parsed.issues)}`)
  const { series, ...labels } = parsed.output
  return {
    ...labels,
    series: series.map(({ label, kind, x, y }, index) => {
      const name = label === '' ? `series ${index}` : `series '${label}'`
      const ys = coordinates(y, `y of ${name}`, elementsOf)
      const xs = x === undefined ? ys.map((_, i) => i) : coordinates(x, `x of ${name}`, elementsOf)
      if (xs.length !== ys.length) throw new TypeError(`plot: ${name} has ${xs.length} x and ${ys.length} y values`)
      const step = Math.max(1, Math.ceil(ys.length / mostPoints))
      // A point that is not finite has no place in the picture, nor in the JSON that carries it.
      const finite = ys.map((value, i) => Number.isFinite(value) && Number.isFinite(xs[i]))
      const kept = (_: number, i: number): boolean => finite[i] === true && i % step === 0
      return { label, kind, x: xs.filter(kept), y: ys.filter(kept) }
    }),
  }
}

function explain(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  const path = v.getDotPath(issues[0])
  return path === null ? 'needs an object { title?, xLabel?, yLabel?, series }' : `${path} ${issues[0].message}`
}

const remedies = {
  complex: 'these are complex: plot jnp.real(z), jnp.imag(z) or jnp.abs(z)',
  key: 'these are PRNG keys: plot what is drawn from them',
} as const

function coordinates(value: unknown, what: string, elementsOf: ElementsOf): number[] {
  const elements = elementsOf(value)
  if (elements !== null) {
    if (elements.shape.length !== 1) {
      throw new TypeError(`plot: ${what} must be one-dimensional, it has shape (${elements.shape.join(', ')})`)
    }
    if (elements.kind !== 'number')
      throw new TypeError(`plot: ${what} must be real numbers, ${remedies[elements.kind]}`)
    return Array.from(elements.values, Number)
  }
  if (Array.isArray(value)) return value.map((each) => number(each, what, elementsOf))
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(asNumbers(value))
  throw new TypeError(`plot: ${what} must be an array of numbers`)
}

function asNumbers(view: ArrayBufferView): Iterable<number> {
  return Symbol.iterator in view ? Array.from(Object.values(view), Number) : []
}

function number(value: unknown, what: string, elementsOf: ElementsOf): number {
  const element = elementsOf(value)
  const single = element !== null && element.kind === 'number' && element.values.length === 1
  const found = element === null ? value : single ? element.values[0] : undefined
  if (typeof found !== 'number' && typeof found !== 'boolean') {
    throw new TypeError(`plot: ${what} must hold numbers, found ${typeof value}`)
  }
  return Number(found)
}
