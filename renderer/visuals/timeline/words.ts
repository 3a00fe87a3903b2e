import type { TimelineDocument } from '../../../core/inspect/documents.ts'
import { formatBytes } from '../tape/moment.ts'

type Bar = TimelineDocument['bars'][number]

/** Microseconds, in a unit that suits the whole axis. */
export function formatTime(microseconds: number, longest: number): string {
  if (longest >= 2e6) return `${trim(microseconds / 1e6)} s`
  return longest >= 2000 ? `${trim(microseconds / 1000)} ms` : `${trim(microseconds)} µs`
}

function trim(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** `waited` is how long the device was in the collective before the last one came. */
export function describeBar(bar: Bar, waited: number): { label: string; title: string; inspect: string[] } {
  const took = formatTime(bar.end - bar.start, bar.end - bar.start)
  const from = formatTime(bar.start, bar.end)
  const moved = bar.bytes === undefined ? [] : [`${formatBytes(bar.bytes)} moved`]
  const idle = waited > 0 ? [`${formatTime(waited, waited)} of it waiting for the others`] : []
  const lines = [`${bar.label} (${bar.kind}) on ${bar.lane}`, `${took}, from ${from}`, ...idle, ...moved]
  return { label: lines.join(', '), title: lines.join('\n'), inspect: lines }
}

/** How long the run took, and how much of it the devices worked. */
export function timelineCaption({ lanes, bars }: TimelineDocument): string {
  if (bars.length === 0) return 'Nothing ran on these devices.'
  const start = Math.min(...bars.map((bar) => bar.start))
  const end = Math.max(...bars.map((bar) => bar.end))
  const span = end - start
  const working = bars.reduce((sum, bar) => sum + (bar.kind === 'compute' ? bar.end - bar.start : 0), 0)
  const share = span === 0 ? 0 : Math.round((working / (span * Math.max(1, lanes.length))) * 100)
  const groups = new Set(bars.flatMap(({ group }) => group ?? [])).size
  const collectives =
    groups === 0 ? '' : ` ${groups} ${groups === 1 ? 'collective makes' : 'collectives make'} the devices meet.`
  return `${formatTime(span, span)} on ${lanes.length} ${lanes.length === 1 ? 'device' : 'devices'}, computing ${share}% of it.${collectives}`
}
