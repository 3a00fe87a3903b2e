import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as v from 'valibot'
import { Matrix } from './matrix.ts'
import type { Shard } from './shards.ts'
import { columns } from './transforms.ts'

/** The test files of one run are processes with one parent. */
const directory = join(import.meta.dirname, '..', '..', '.cache', `conformance-matrix-${process.ppid}`)

const partSchema = v.object({
  expected: v.array(v.tuple([v.string(), v.picklist(columns)])),
  passed: v.array(v.tuple([v.string(), v.picklist(columns), v.number()])),
})

/** Leaves what one shard found for the test of the whole matrix. */
export function writePart(shard: Shard, matrix: Matrix): void {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, `${shard}.json`), JSON.stringify(matrix.cells()))
}

/** The shards that have left their part, and the sum of what they found. */
export function readParts(): { readonly found: string[]; readonly matrix: Matrix } {
  const matrix = new Matrix()
  mkdirSync(directory, { recursive: true })
  const files = readdirSync(directory).sort()
  for (const file of files) {
    const { expected, passed } = v.parse(partSchema, JSON.parse(readFileSync(join(directory, file), 'utf8')))
    for (const [name, column] of expected) matrix.expect([name], column)
    for (const [name, column, count] of passed) matrix.pass([name], column, count)
  }
  rmSync(directory, { recursive: true })
  return { found: files.map((file) => basename(file, '.json')), matrix }
}
