import { extent } from 'd3-array'
import { scaleLinear, type ScaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import type { PlotSpec } from '../../../electron/protocol.ts'

export interface PlotSize {
  readonly width: number
  readonly height: number
  readonly margin: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number }
}

export interface PlotMark {
  readonly label: string
  readonly kind: PlotSpec['series'][number]['kind']
  /** A line's path. */
  readonly path: string
  /** Where points are. */
  readonly points: readonly { readonly x: number; readonly y: number }[]
  readonly bars: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[]
}

export interface PlotGeometry {
  readonly x: ScaleLinear<number, number>
  readonly y: ScaleLinear<number, number>
  readonly xTicks: readonly { readonly at: number; readonly text: string }[]
  readonly yTicks: readonly { readonly at: number; readonly text: string }[]
  readonly marks: readonly PlotMark[]
}

/** Longer numbers at an axis are written with an exponent. */
const longestTick = 9
/** Pixels that a digit of the axis takes at most. */
const widestDigit = 8

/** Where everything of a plot is. Null when no finite point is to be drawn. */
export function plotGeometry(plot: PlotSpec, { width, height, margin }: PlotSize): PlotGeometry | null {
  const finite = plot.series.map((series) => ({
    ...series,
    pairs: series.x.flatMap((x, at) => {
      const y = series.y[at]
      return y !== undefined && Number.isFinite(x) && Number.isFinite(y) ? [{ x, y }] : []
    }),
  }))
  const bars = finite.filter((series) => series.kind === 'bars')
  const step = smallestStep(bars.flatMap((series) => series.pairs.map((pair) => pair.x)))
  const xs = finite.flatMap((series) =>
    series.pairs.flatMap(({ x }) => (series.kind === 'bars' ? [x - step / 2, x + step / 2] : [x])),
  )
  const ys = [...finite.flatMap((series) => series.pairs.map((pair) => pair.y)), ...(bars.length > 0 ? [0] : [])]
  const xRange = spread(extent(xs))
  const yRange = spread(extent(ys))
  if (!xRange || !yRange) return null
  const x = scaleLinear(xRange, [margin.left, width - margin.right])
  const y = scaleLinear(yRange, [height - margin.bottom, margin.top]).nice(5)
  const path = line<{ x: number; y: number }>(
    (pair) => x(pair.x),
    (pair) => y(pair.y),
  )
  const slot = (x(step) - x(0)) * 0.8
  const marks = finite.map((series): PlotMark => {
    const place = bars.indexOf(series)
    const each = slot / Math.max(1, bars.length)
    return {
      label: series.label,
      kind: series.kind,
      path: series.kind === 'line' ? (path(series.pairs) ?? '') : '',
      points: series.kind === 'points' ? series.pairs.map((pair) => ({ x: x(pair.x), y: y(pair.y) })) : [],
      bars:
        series.kind === 'bars'
          ? series.pairs.map((pair) => ({
              x: x(pair.x) - slot / 2 + place * each,
              y: Math.min(y(0), y(pair.y)),
              width: Math.max(1, each - 1),
              height: Math.abs(y(pair.y) - y(0)),
            }))
          : [],
    }
  })
  return { x, y, xTicks: ticks(x, 6), yTicks: ticks(y, 5), marks }
}

function ticks(scale: ScaleLinear<number, number>, count: number): { at: number; text: string }[] {
  const values = scale.ticks(count)
  const [plain, scientific] = [scale.tickFormat(count), scale.tickFormat(count, '~e')]
  const long = values.some((value) => plain(value).length > longestTick)
  const short = (value: number): string => (value === 0 ? '0' : scientific(value).replace('e+', 'e'))
  return values.map((value) => ({ at: scale(value), text: long ? short(value) : plain(value) }))
}

/** The size of a plot, with room for the numbers beside its axis. */
export function plotSize(plot: PlotSpec): PlotSize {
  const size = { width: 540, height: 260 }
  const margin = { top: 12, right: 16, bottom: plot.xLabel ? 48 : 30, left: plot.yLabel ? 68 : 52 }
  const texts = plotGeometry(plot, { ...size, margin })?.yTicks.map(({ text }) => text.length) ?? []
  const numbers = Math.max(0, ...texts) * widestDigit + 8
  return { ...size, margin: { ...margin, left: Math.max(margin.left, numbers + (plot.yLabel ? 28 : 4)) } }
}

/** A label that is as long as its axis at most. */
export function axisLabel(text: string, length: number): string {
  const most = Math.floor(length / widestDigit)
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

function spread(range: [number, number] | [undefined, undefined]): [number, number] | null {
  const [low, high] = range
  if (low === undefined) return null
  if (low < high) return [low, high]
  const room = Math.abs(low) * 0.1 || 1
  return [low - room, low + room]
}

function smallestStep(xs: readonly number[]): number {
  const sorted = [...new Set(xs)].toSorted((a, b) => a - b)
  const steps = sorted.slice(1).map((x, at) => x - (sorted[at] ?? x))
  return steps.length > 0 ? Math.min(...steps) : 1
}
