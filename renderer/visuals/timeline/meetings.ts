import type { TimelineDocument } from '../../../core/inspect/documents.ts'

type Bar = TimelineDocument['bars'][number]

/** When a collective happened: from the arrival of its last device until it was over for all. Microseconds. */
export interface Meeting {
  readonly from: number
  readonly to: number
}

/** The collectives of a run by group. */
export function meetingsOf({ bars }: TimelineDocument): Map<string, Meeting> {
  const meetings = new Map<string, Meeting>()
  for (const { group, start, end } of bars) {
    if (group === undefined) continue
    const known = meetings.get(group)
    meetings.set(group, { from: Math.max(start, known?.from ?? start), to: Math.max(end, known?.to ?? end) })
  }
  return meetings
}

export function meetingOf(bar: Bar, meetings: ReadonlyMap<string, Meeting>): Meeting | null {
  return bar.group === undefined ? null : (meetings.get(bar.group) ?? null)
}

/** The device was there before the last one, for a share of the bar that can be seen. */
export function waitsIn({ start, end }: Bar, { from }: Meeting): boolean {
  return from < end && from - start > (end - start) * 0.02
}
