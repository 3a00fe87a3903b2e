import type { TimelineDocument } from '../../../../core/inspect/documents.ts'

type Bar = TimelineDocument['bars'][number]

const devices = [0, 1, 2, 3]

/** Four devices: copy in, a product, a psum across all, a short rest. */
export const psumTimeline: TimelineDocument = {
  kind: 'timeline',
  version: 1,
  title: 'pmap(loss) on 4 devices',
  lanes: devices.map((device) => ({ id: `cpu:${device}`, label: `cpu:${device}` })),
  bars: devices.flatMap((device): Bar[] => {
    const lane = `cpu:${device}`
    const late = device * 23
    return [
      {
        id: `${lane}.copy`,
        lane,
        kind: 'copy',
        label: 'copy in',
        start: 10 + device * 6,
        end: 60 + device * 6,
        bytes: 65536,
      },
      { id: `${lane}.dot`, lane, kind: 'compute', label: 'dot_general', start: 70 + device * 6, end: 290 + late },
      ...(device < 3
        ? [{ id: `${lane}.wait`, lane, kind: 'wait' as const, label: 'wait', start: 290 + late, end: 362 }]
        : []),
      {
        id: `${lane}.psum`,
        lane,
        kind: 'collective',
        label: 'psum',
        start: 362,
        end: 410,
        bytes: 4096,
        group: 'psum0',
      },
      { id: `${lane}.tanh`, lane, kind: 'compute', label: 'tanh', start: 415, end: 470 + device * 4 },
      { id: `${lane}.div`, lane, kind: 'compute', label: 'div', start: 490, end: 494 },
    ]
  }),
}

/** Four devices that come to the same psum at different times: those that are early wait in it. */
export const unevenTimeline: TimelineDocument = {
  kind: 'timeline',
  version: 1,
  title: 'step',
  lanes: devices.map((device) => ({ id: `cpu:${device}`, label: `CPU thread ${device}` })),
  bars: devices.flatMap((device): Bar[] => {
    const lane = `cpu:${device}`
    const arrival = [134_000, 142_000, 33_000, 19_000][device] ?? 0
    return [
      { id: `${lane}.compute`, lane, kind: 'compute', label: 'compute', start: arrival - 19_000, end: arrival },
      {
        id: `${lane}.psum`,
        lane,
        kind: 'collective',
        label: 'psum',
        start: arrival,
        end: 152_000,
        bytes: 4,
        group: 'collective-0',
      },
    ]
  }),
}
