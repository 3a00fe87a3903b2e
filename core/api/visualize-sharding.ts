import { ValueError } from '../errors.ts'
import { shardPlaces } from '../sharding/named-sharding.ts'
import type { JaxArray } from '../tracing/array.ts'

/** A box for each part of an array, with the devices that have it. Rank one or two; others are a ValueError. */
export function shardingText(array: JaxArray): string {
  if (array.ndim !== 1 && array.ndim !== 2) {
    throw new ValueError(`debug.visualizeArraySharding draws arrays of rank 1 and 2; this one has rank ${array.ndim}.`)
  }
  const places = shardPlaces(array.shape, array.sharding)
  const [{ shape }] = places
  const [height, width] = shape.length === 1 ? [1, shape[0]] : shape
  const [rows, columns] = array.ndim === 1 ? [1, array.shape[0]] : array.shape
  const cells = Array.from({ length: count(rows, height) }, (_, row) =>
    Array.from({ length: count(columns, width) }, (_, column) => {
      const here = places.filter(({ start }) => {
        const [top, left] = start.length === 1 ? [0, start[0]] : start
        return top === row * height && left === column * width
      })
      return `${here[0].device.platform.toUpperCase()} ${here.map(({ device }) => device.id).join(',')}`
    }),
  )
  const inner = Math.max(...cells.flat().map((text) => text.length)) + 2
  const rule = (left: string, middle: string, right: string): string =>
    left + cells[0].map(() => '─'.repeat(inner)).join(middle) + right
  const lines = cells.map((row) => `│${row.map((text) => centred(text, inner)).join('│')}│`)
  return [rule('┌', '┬', '┐'), lines.join(`\n${rule('├', '┼', '┤')}\n`), rule('└', '┴', '┘')].join('\n')
}

function count(whole: number, part: number): number {
  return part === 0 ? 1 : whole / part
}

function centred(text: string, width: number): string {
  const left = Math.floor((width - text.length) / 2)
  return text.padStart(text.length + left).padEnd(width)
}
