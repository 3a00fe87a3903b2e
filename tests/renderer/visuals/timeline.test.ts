import { expect, it } from 'vitest'
import { itemsOf } from '../../../renderer/visuals/scene.ts'
import { meetingsOf, waitsIn } from '../../../renderer/visuals/timeline/meetings.ts'
import { formatTime, timelineCaption } from '../../../renderer/visuals/timeline/words.ts'
import { psumTimeline, unevenTimeline } from './documents/timelines.ts'
import { drawSample } from './figures.ts'

it('lets a collective happen when its last device has come', () => {
  const meetings = meetingsOf(unevenTimeline)
  expect([...meetings]).toEqual([['collective-0', { from: 142_000, to: 152_000 }]])
  const waiting = unevenTimeline.bars.filter((bar) => bar.group && waitsIn(bar, { from: 142_000, to: 152_000 }))
  expect(waiting.map(({ lane }) => lane)).toEqual(['cpu:0', 'cpu:2', 'cpu:3'])
})

it('says how long each device waited for the others', async () => {
  const items = itemsOf((await drawSample({ name: 'uneven', document: unevenTimeline })).body)
  const linesOf = (id: string) => items.find((item) => item.id === id)?.inspect
  expect(linesOf('cpu:3.psum')).toEqual([
    'psum (collective) on cpu:3',
    '133 ms, from 19 ms',
    '123 ms of it waiting for the others',
    '4 B moved',
  ])
  expect(linesOf('cpu:1.psum')).toEqual(['psum (collective) on cpu:1', '10 ms, from 142 ms', '4 B moved'])
})

it('tells of waiting in the legend only where a device waits', async () => {
  const legendOf = async (document: typeof psumTimeline) =>
    (await drawSample({ name: 'legend', document })).legend.map(({ text }) => text)
  expect(await legendOf(unevenTimeline)).toContain('in a collective, waiting for the others')
  expect(await legendOf(psumTimeline)).not.toContain('in a collective, waiting for the others')
})

it('leads along a lane and to the nearest bar of the next', async () => {
  const items = itemsOf((await drawSample({ name: 'psum', document: psumTimeline })).body)
  expect(items.find(({ id }) => id === 'cpu:1.psum')?.links).toEqual({
    left: ['cpu:1.wait'],
    right: ['cpu:1.tanh'],
    up: ['cpu:0.psum'],
    down: ['cpu:2.psum'],
  })
})

it('speaks of time in the unit of the whole run', () => {
  expect([formatTime(484, 484), formatTime(1500, 152_400), formatTime(3_000_000, 4_000_000)]).toEqual([
    '484 µs',
    '1.5 ms',
    '3 s',
  ])
  expect(timelineCaption({ ...psumTimeline, bars: [] })).toBe('Nothing ran on these devices.')
})
