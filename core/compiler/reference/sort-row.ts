import type { TypedArray } from '../../ir/dtype.ts'
import { countWork, elementsBetweenChecks } from '../../runtime/interruption.ts'

/** The engine sorts so many numbers in some milliseconds, in which nothing can stop it. */
const piece = 2 ** 18

/**
 * Sorts numbers in place, every NaN last. The engine does it, a piece at a time, so that a user can stop a long
 * sort; sorted pieces are merged.
 */
export function sortRow(row: TypedArray): void {
  const { length } = row
  for (let start = 0; start < length; start += piece) {
    const end = Math.min(length, start + piece)
    countWork(end - start)
    row.subarray(start, end).sort()
  }
  if (length <= piece) return
  let from: TypedArray = row
  let to: TypedArray = row.slice()
  for (let size = piece; size < length; size *= 2) {
    for (let start = 0; start < length; start += 2 * size) {
      merge(from, to, start, Math.min(length, start + size), Math.min(length, start + 2 * size))
    }
    ;[from, to] = [to, from]
  }
  if (from !== row) row.set(from)
}

/** Merges two sorted neighbours; of equal ones the first comes first. */
function merge(from: TypedArray, to: TypedArray, start: number, middle: number, end: number): void {
  if (middle >= end || !comesFirst(from[middle], from[middle - 1])) {
    countWork(end - start)
    to.set(from.subarray(start, end), start)
    return
  }
  let [left, right] = [start, middle]
  for (let at = start; at < end;) {
    const stop = Math.min(end, at + elementsBetweenChecks)
    countWork(stop - at)
    for (; at < stop && left < middle && right < end; at++) {
      to[at] = comesFirst(from[right], from[left]) ? from[right++] : from[left++]
    }
    if (left === middle || right === end) {
      to.set(left === middle ? from.subarray(right, end) : from.subarray(left, middle), at)
      return
    }
  }
}

function comesFirst(x: number, y: number): boolean {
  return x < y || (y !== y && x === x)
}
