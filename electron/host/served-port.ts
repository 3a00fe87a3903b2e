import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { readText } from './json-file.ts'

const schema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)) }),
)

/**
 * The port that a lab on this data takes when it has the choice: the one of the first time. A browser keeps
 * what is typed by address, so a lab that came back on another port would find none of it.
 */
export function servedPort(dataDir: string): number | null {
  const file = readText(pathIn(dataDir))
  const read = v.safeParse(schema, file.kind === 'text' ? file.text : '')
  return read.success ? read.output.port : null
}

/** Remembers the port, unless there is one already: a second lab at the same time has to take another. */
export function rememberPort(dataDir: string, port: number): void {
  try {
    mkdirSync(dataDir, { recursive: true })
    writeFileSync(pathIn(dataDir), `${JSON.stringify({ port })}\n`, { flag: 'wx' })
  } catch {
    // It is there, or the folder takes nothing, which every save says.
  }
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'served.json')
}
