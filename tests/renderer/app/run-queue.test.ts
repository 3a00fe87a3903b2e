import { describe, expect, it } from 'vitest'
import type { RunStatus } from '../../../electron/protocol.ts'
import { RunQueue } from '../../../renderer/app/notebook/run-queue.svelte.ts'

function trace() {
  const log: string[] = []
  const endings = new Map<string, (status: RunStatus) => void>()
  const job = (key: string) => ({
    key,
    execute: () => {
      log.push(`run ${key}`)
      return new Promise<RunStatus>((resolve) => endings.set(key, resolve))
    },
    drop: () => log.push(`drop ${key}`),
  })
  const end = async (key: string, status: RunStatus = 'ok') => {
    endings.get(key)?.(status)
    await Promise.resolve()
    await Promise.resolve()
  }
  return { log, job, end }
}

describe('RunQueue', () => {
  it('runs one job at a time, in the order they were asked for', async () => {
    const { log, job, end } = trace()
    const queue = new RunQueue()
    for (const key of ['a', 'b', 'c']) queue.add(job(key))
    expect(log).toEqual(['run a'])
    await end('a')
    expect(log).toEqual(['run a', 'run b'])
    await end('b')
    await end('c')
    expect(log).toEqual(['run a', 'run b', 'run c'])
    expect(queue.busy).toBe(false)
  })

  it('keeps the place of a job that waits already', async () => {
    const { log, job, end } = trace()
    const queue = new RunQueue()
    for (const key of ['a', 'b', 'c', 'b']) queue.add(job(key))
    for (const key of ['a', 'b', 'c']) await end(key)
    expect(log).toEqual(['run a', 'run b', 'run c'])
  })

  it.each(['error', 'interrupted', 'kernel-died'] as const)('drops what waits after %s', async (status) => {
    const { log, job, end } = trace()
    const queue = new RunQueue()
    for (const key of ['a', 'b', 'c']) queue.add(job(key))
    await end('a', status)
    expect(log).toEqual(['run a', 'drop b', 'drop c'])
    queue.add(job('d'))
    expect(log.at(-1)).toBe('run d')
  })

  it('clears what has not begun, and lets the running job end', async () => {
    const { log, job, end } = trace()
    const queue = new RunQueue()
    for (const key of ['a', 'b']) queue.add(job(key))
    queue.clear()
    expect(log).toEqual(['run a', 'drop b'])
    expect(queue.busy).toBe(true)
    await end('a')
    expect(queue.busy).toBe(false)
  })
})
