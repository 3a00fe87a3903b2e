import type { TimelineDocument } from '../../../core/inspect/documents.ts'
import type { FigureTable } from '../scene.ts'
import { formatBytes } from '../tape/moment.ts'
import { formatTime, timelineCaption } from './words.ts'

/** One bar a row, lane by lane in order of time. */
export function timelineTable(document: TimelineDocument): FigureTable {
  const { lanes, bars } = document
  const longest = Math.max(1, ...bars.map(({ end }) => end))
  return {
    caption: `${document.title}: ${timelineCaption(document)}`,
    columns: ['Device', 'What', 'Kind', 'Start', 'Took', 'Moved'],
    rows: lanes.flatMap(({ id, label }) =>
      bars
        .filter(({ lane }) => lane === id)
        .sort((a, b) => a.start - b.start)
        .map((bar) => ({
          id: bar.id,
          cells: [
            label,
            bar.label,
            bar.kind,
            formatTime(bar.start, longest),
            formatTime(bar.end - bar.start, longest),
            bar.bytes === undefined ? '' : formatBytes(bar.bytes),
          ],
        })),
    ),
  }
}
