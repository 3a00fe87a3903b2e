import type { RunTimeline } from '../devices/cpu-devices.ts'
import type { TimelineDocument } from './documents.ts'

/** What every device did in one parallel run, as it was measured; collectives of one call are joined. */
export function timeline(title: string, run: RunTimeline): TimelineDocument {
  const { devices } = run
  const first = Math.min(...run.lanes.flat().map((interval) => interval.start))
  const microseconds = (time: number): number => Math.round((time - first) * 1000)
  return {
    kind: 'timeline',
    version: 1,
    title,
    lanes: run.lanes.map((_, lane) => ({ id: devices[lane].id, label: devices[lane].label })),
    bars: run.lanes.flatMap((intervals, lane) => {
      let collectives = 0
      return intervals.map((interval, i) => ({
        id: `${lane}-${i}`,
        lane: devices[lane].id,
        kind: interval.kind,
        label: interval.label,
        start: microseconds(interval.start),
        end: microseconds(interval.end),
        bytes: interval.bytes,
        group: interval.kind === 'collective' ? `collective-${collectives++}` : undefined,
      }))
    }),
  }
}
