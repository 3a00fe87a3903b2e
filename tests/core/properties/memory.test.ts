import fc from 'fast-check'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { config } from '../../../core/index.ts'
import { sizeOf } from '../../../core/ir/aval.ts'
import { allocate, viewOf } from '../../../core/ir/dtype.ts'
import { installValueMemory } from '../../../core/ir/host-array.ts'
import { collectUnused, poisonReleased, useHeap } from '../../../core/runtime/memory.ts'
import { type Script, play, scripts } from './memory-programs.ts'

// Released memory is overwritten at once, and every value is in the heap: whoever reads on sees other numbers.
beforeEach(() => {
  config.update('enableX64', true)
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterAll(() => {
  config.update('enableX64', false)
  poisonReleased(null)
  useHeap()
})

/** The same with a typed array of its own for every value, that nothing is written into again. */
function playPlainly(script: Script): readonly (readonly string[])[] {
  installValueMemory({
    allocate: (shape, dtype) => allocate(dtype, sizeOf(shape)),
    part: (whole, dtype, offset, count) => viewOf(dtype, whole.buffer, whole.byteOffset + offset, count).slice(),
  })
  try {
    return play(script, () => {})
  } finally {
    useHeap()
  }
}

test.each([0xa5, null])('values in the heap are those of plain memory (poison %s)', (poison) => {
  poisonReleased(poison)
  fc.assert(
    fc.property(scripts, (script) => {
      const wanted = playPlainly(script)
      expect(play(script, collectUnused)).toEqual(wanted)
    }),
    { seed: 20_261_201, numRuns: 120 },
  )
})
