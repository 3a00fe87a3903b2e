import { expect, test, vi } from 'vitest'
import { Incidents } from '../../../electron/host/incidents.ts'

function incidents() {
  const tell = vi.fn<(message: string) => void>()
  const log = vi.fn<(line: string) => void>()
  return { tell, log, taken: new Incidents(tell, log) }
}

test('a failure is logged whole and told in a sentence', () => {
  const { tell, log, taken } = incidents()
  const error = new Error('the door is stuck')
  taken.failed(error)
  expect(log.mock.calls).toEqual([[error.stack]])
  expect(tell.mock.calls[0]?.[0]).toMatch(/^Something .* the lab went on: the door is stuck\. Your text is kept\./)
})

test('a failure that repeats is told once, and logged when its number grows by ten', () => {
  const { tell, log, taken } = incidents()
  for (let times = 0; times < 1000; times++) taken.failed('again')
  expect(tell).toHaveBeenCalledOnce()
  expect(log.mock.calls.map(([line]) => line)).toEqual([
    'again',
    'again\n(10 times)',
    'again\n(100 times)',
    'again\n(1000 times)',
  ])
})

test('a thousand different failures fill neither the page nor a line', () => {
  const { tell, log, taken } = incidents()
  for (let at = 0; at < 1000; at++) taken.failed(new Error(`${at} ${'x'.repeat(100_000)}`))
  expect(tell).toHaveBeenCalledTimes(5)
  for (const [text] of [...tell.mock.calls, ...log.mock.calls]) expect(text.length).toBeLessThan(5000)
})

test('what was refused from outside is logged, and is nothing to bother the user with', () => {
  const { tell, log, taken } = incidents()
  taken.note('A page sent something odd.')
  expect(log).toHaveBeenCalledExactlyOnceWith('A page sent something odd.')
  expect(tell).not.toHaveBeenCalled()
})
