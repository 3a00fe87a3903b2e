import { type HostArray, detached } from '../ir/host-array.ts'
import type { TapParams, TapSink, TappedValues } from '../interpreters/tap.ts'

/** What one device hands over of one run: the first so many events. Whoever watches keeps fewer yet. */
const mostEvents = 10_000

/** What taps see on a device: kept until the run ends, and sent to the cell thread with the report. */
export class DeviceTaps {
  readonly seen: TappedValues[] = []

  readonly sink: TapSink = (tap: TapParams, values: readonly HostArray[]) => {
    if (this.seen.length >= mostEvents) return
    // Operands lie in memory that the next run uses.
    this.seen.push({ tap, values: values.map(detached) })
  }
}
