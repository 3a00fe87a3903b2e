import { existsSync, statSync } from 'node:fs'
import { categories } from './cases.ts'
import { vectorsPath } from './vectors.ts'

/** The tables with values are run in as many files, so that every core of the machine has work. */
export const shards = [1, 2, 3, 4] as const
export type Shard = (typeof shards)[number]

function weightOf(category: string): number {
  const path = vectorsPath(category)
  return existsSync(path) ? statSync(path).size : 0
}

/** The tables of one shard: the largest first, each to the shard that has least so far. */
export function tablesOf(shard: Shard): string[] {
  const loads = shards.map((number) => ({ number, weight: 0 }))
  const mine: string[] = []
  const weighted = categories.map((category) => ({ category, weight: weightOf(category) }))
  for (const { category, weight } of weighted.sort((a, b) => b.weight - a.weight)) {
    const least = loads.reduce((lightest, load) => (load.weight < lightest.weight ? load : lightest))
    least.weight += weight
    if (least.number === shard) mine.push(category)
  }
  return mine.sort()
}
