import { afterAll, beforeAll } from 'vitest'
import { poisonReleased } from '../../core/runtime/memory.ts'
import { declareValues } from './values.ts'

// These have every value in the heap, however small, and whoever reads freed memory is found out.
beforeAll(() => {
  poisonReleased(0xa5)
})
afterAll(() => {
  poisonReleased(null)
})

declareValues(4)
