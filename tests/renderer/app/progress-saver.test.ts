import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ProgressSaver } from '../../../renderer/app/notebook/progress-saver.svelte.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('ProgressSaver', () => {
  it('saves once for a burst of changes, after the last of them', async () => {
    const save = vi.fn(async () => undefined)
    const saver = new ProgressSaver(save)
    for (let change = 0; change < 5; change++) {
      saver.touch()
      await vi.advanceTimersByTimeAsync(200)
    }
    expect(save).not.toHaveBeenCalled()
    expect(saver.state.kind).toBe('unsaved')
    await vi.advanceTimersByTimeAsync(400)
    expect(save).toHaveBeenCalledTimes(1)
    expect(saver.state.kind).toBe('saved')
  })

  it('saves at the latest two seconds after the first change, however fast the next ones come', async () => {
    const saves: number[] = []
    const saver = new ProgressSaver(async () => void saves.push(Date.now()))
    const start = Date.now()
    for (let at = 0; at < 7000; at += 50) {
      saver.touch()
      await vi.advanceTimersByTimeAsync(50)
    }
    expect(saves.map((time) => time - start)).toEqual([2000, 4000, 6000])
  })

  it('tries again by itself after a failure, until it is saved', async () => {
    const attempts: number[] = []
    const start = Date.now()
    const saver = new ProgressSaver(async () => {
      attempts.push(Date.now() - start)
      if (attempts.length < 7) throw new Error('the disk is full')
    })
    saver.touch()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(attempts).toEqual([400, 1400, 3400, 7400, 15_400, 30_400, 45_400])
    expect(saver.state.kind).toBe('saved')
  })

  it('is not saved as long as a change came in while it was saving, and saves that too', async () => {
    const done: (() => void)[] = []
    const save = vi.fn(() => new Promise<void>((resolve) => done.push(resolve)))
    const saver = new ProgressSaver(save)
    saver.touch()
    await vi.advanceTimersByTimeAsync(400)
    saver.touch()
    done[0]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(saver.state.kind).toBe('unsaved')
    await vi.advanceTimersByTimeAsync(400)
    expect(save).toHaveBeenCalledTimes(2)
    done[1]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(saver.state.kind).toBe('saved')
  })

  it('says why it could not save, and saves at the next attempt', async () => {
    let broken = true
    const saver = new ProgressSaver(async () => {
      if (broken) throw new Error('the disk is full')
    })
    saver.touch()
    await saver.flush()
    expect(saver.state).toEqual({ kind: 'failed', message: 'the disk is full' })
    broken = false
    await saver.flush()
    expect(saver.state.kind).toBe('saved')
  })

  it('has nothing to do when nothing changed', async () => {
    const save = vi.fn(async () => undefined)
    await new ProgressSaver(save).flush()
    expect(save).not.toHaveBeenCalled()
  })
})
