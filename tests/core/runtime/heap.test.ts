import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Heap } from '../../../core/runtime/heap.ts'

/** Allocations as sizes, releases as positions among what is allocated. */
const steps = fc.array(
  fc.oneof(fc.record({ bytes: fc.integer({ min: 0, max: 5000 }) }), fc.record({ release: fc.nat() })),
  {
    maxLength: 200,
  },
)

test('blocks never overlap, are aligned, and everything released can be had again', () => {
  fc.assert(
    fc.property(steps, (program) => {
      const heap = new Heap(64)
      const held: { start: number; bytes: number }[] = []
      for (const step of program) {
        if ('bytes' in step) {
          const start = heap.allocate(step.bytes)
          expect(start % 16).toBe(0)
          for (const other of held) {
            const apart = start + step.bytes <= other.start || other.start + other.bytes <= start
            expect(apart || step.bytes === 0 || other.bytes === 0).toBe(true)
          }
          held.push({ start, bytes: step.bytes })
        } else if (held.length > 0) {
          const [block] = held.splice(step.release % held.length, 1)
          heap.release(block.start)
        }
      }
      const pages = heap.pages
      for (const block of held) heap.release(block.start)
      expect(heap.bytesInUse).toBe(0)
      // All free blocks have joined: one that is as large as all of them fits without growing.
      if (pages > 16) heap.allocate((pages - 1) * 65_536 - 65_536)
      expect(heap.pages).toBe(pages)
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('a heap that is full says how much it holds', () => {
  const heap = new Heap(17)
  heap.allocate(100_000)
  expect(() => heap.allocate(17 * 65_536)).toThrow(/out of memory: the CPU heap holds 100000 bytes/)
})

test('releasing twice is an internal error', () => {
  const heap = new Heap(17)
  const block = heap.allocate(8)
  heap.release(block)
  expect(() => heap.release(block)).toThrow('not allocated')
})

test('a heap that is cleared has all its memory again', () => {
  const heap = new Heap(17)
  const first = heap.allocate(64)
  while (heap.pages < 17) heap.allocate(65_536)
  heap.clear()
  expect(heap.bytesInUse).toBe(0)
  expect(heap.allocate(16 * 65_536)).toBe(first)
})
