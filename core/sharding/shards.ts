import { sizeOf } from '../ir/aval.ts'
import { storageWidth } from '../ir/dtype.ts'
import { type HostArray, hostArray, partOf } from '../ir/host-array.ts'
import { countWork } from '../runtime/interruption.ts'

/** Calls `visit` with the offsets, in elements, of each run of a block in the whole and in the block. */
function eachRun(
  whole: readonly number[],
  start: readonly number[],
  block: readonly number[],
  visit: (inWhole: number, inBlock: number, length: number) => void,
): void {
  const total = sizeOf(block)
  if (total === 0) return
  const run = block.at(-1) ?? 1
  for (let at = 0; at < total; at += run) {
    let rest = at
    let offset = 0
    let stride = 1
    for (let axis = whole.length - 1; axis >= 0; axis--) {
      offset += (start[axis] + (rest % block[axis])) * stride
      rest = Math.floor(rest / block[axis])
      stride *= whole[axis]
    }
    countWork(run)
    visit(offset, at, run)
  }
}

/** Where the block begins, in elements, when its elements lie one after the other in the whole; otherwise null. */
function runStart(whole: readonly number[], start: readonly number[], block: readonly number[]): number | null {
  const lastCut = block.findLastIndex((length, axis) => length !== whole[axis])
  if (block.some((length, axis) => axis < lastCut && length !== 1)) return null
  return whole.reduce((offset, length, axis) => offset * length + start[axis], 0)
}

/** The block of an array that starts at `start`: shares its memory where it is one run of it. */
export function cutBlock(from: HostArray, start: readonly number[], shape: readonly number[]): HostArray {
  const offset = runStart(from.shape, start, shape)
  if (offset !== null) return partOf(from, offset, shape)
  const block = hostArray(shape, from.dtype)
  const width = storageWidth(from.dtype)
  eachRun(from.shape, start, shape, (inWhole, inBlock, length) => {
    block.data.set(from.data.subarray(inWhole * width, (inWhole + length) * width), inBlock * width)
  })
  return block
}

/** Writes a block into a whole that is being put together. */
export function pasteBlock(into: HostArray, start: readonly number[], block: HostArray): void {
  const width = storageWidth(into.dtype)
  eachRun(into.shape, start, block.shape, (inWhole, inBlock, length) => {
    into.data.set(block.data.subarray(inBlock * width, (inBlock + length) * width), inWhole * width)
  })
}
