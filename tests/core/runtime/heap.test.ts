import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Heap, HeapExhausted } from '../../../core/runtime/heap.ts'
import { alignment, classOf, largestSmall, smallSizes } from '../../../core/runtime/size-classes.ts'

/** Allocations as sizes, releases as positions among what is allocated. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 0, max: largestSmall + 100 }),
  fc.integer({ min: 0, max: 300_000 }),
)
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ bytes: size }) },
    { weight: 3, arbitrary: fc.record({ release: fc.nat() }) },
    { weight: 1, arbitrary: fc.constant('trim' as const) },
    { weight: 1, arbitrary: fc.constant('rebuild' as const) },
  ),
  { maxLength: 200 },
)

interface Held {
  readonly start: number
  readonly bytes: number
  readonly mark: number
}

function mark(heap: Heap, { start, bytes, mark }: Held): void {
  new Uint8Array(heap.memory.buffer, start, bytes).fill(mark)
}

function assertUntouched(heap: Heap, { start, bytes, mark }: Held): void {
  const values = new Uint8Array(heap.memory.buffer, start, bytes)
  expect(values.every((value) => value === mark)).toBe(true)
}

test('blocks never overlap, are aligned, keep what was written, and everything released can be had again', () => {
  fc.assert(
    fc.property(steps, (program) => {
      const heap = new Heap(256)
      const held: Held[] = []
      for (const [i, step] of program.entries()) {
        if (step === 'trim') heap.trim()
        else if (step === 'rebuild') heap.rebuild(held.map(({ start }) => start))
        else if ('bytes' in step) {
          const zeroed = i % 2 === 0
          const start = zeroed ? heap.allocateZeroed(step.bytes) : heap.allocate(step.bytes)
          expect(start % alignment).toBe(0)
          expect(start).toBeGreaterThan(0)
          const block = { start, bytes: step.bytes, mark: (i % 255) + 1 }
          if (zeroed) assertUntouched(heap, { ...block, mark: 0 })
          for (const other of held) {
            const apart = start + step.bytes <= other.start || other.start + other.bytes <= start
            expect(apart || step.bytes === 0 || other.bytes === 0).toBe(true)
          }
          mark(heap, block)
          held.push(block)
        } else if (held.length > 0) {
          const [block] = held.splice(step.release % held.length, 1)
          assertUntouched(heap, block)
          heap.release(block.start)
        }
      }
      for (const block of held) {
        assertUntouched(heap, block)
        heap.release(block.start)
      }
      const { pages } = heap
      expect(heap.bytesInUse).toBe(0)
      heap.trim()
      // All free blocks have joined: one that is as large as all of them fits without growing.
      heap.allocate((pages - 1) * 65_536)
      expect(heap.pages).toBe(pages)
    }),
    { seed: 1, numRuns: 150 },
  )
})

test('a small block wastes less than a quarter, and a line of cache at most', () => {
  for (let bytes = 1; bytes <= largestSmall; bytes++) {
    const block = smallSizes[classOf(bytes)]
    expect(block).toBeGreaterThanOrEqual(bytes)
    expect(block - bytes).toBeLessThan(Math.max(alignment, bytes / 4))
  }
})

test('a heap that is full says so, and goes on', () => {
  const heap = new Heap(17)
  const block = heap.allocate(100_000)
  expect(() => heap.allocate(17 * 65_536)).toThrow(HeapExhausted)
  heap.release(block)
  expect(heap.allocate(16 * 65_536)).toBeGreaterThan(0)
})

test.each([8, 100_000])('releasing %i bytes twice is an internal error', (bytes) => {
  const heap = new Heap(17)
  const block = heap.allocate(bytes)
  heap.release(block)
  expect(() => {
    heap.release(block)
  }).toThrow('not allocated')
})

test('addresses past 2 GiB work', () => {
  const heap = new Heap()
  const low = heap.allocate(3 * 2 ** 30)
  const high = heap.allocate(100)
  expect(high).toBeGreaterThan(2 ** 31)
  heap.release(low)
  heap.release(high)
  expect(heap.bytesInUse).toBe(0)
  expect(heap.allocate(3 * 2 ** 30)).toBe(low)
})
