/**
 * A kernel that has fallen into the wrong hands: it starts as a kernel does, and writes whatever lines the
 * source of a cell tells it. Cells whose source is no list of lines are answered as if they had run.
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

const toHost = 3
let seal: string | null = null

const say = (message: object): void => void writeSync(toHost, `${seal}${JSON.stringify(message)}\n`)

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (seal === null) {
      seal = line
      say({ kind: 'ready', devices: [] })
    } else answer(JSON.parse(line))
  })
  .on('close', () => process.exit())

function answer(request: Readonly<Record<string, string>>): void {
  const { kind, runId, requestId, source = '' } = request
  if (kind === 'inspect') {
    say({ kind: 'inspected', requestId, result: { error: { name: 'E', message: 'no', place: null, stack: [] } } })
  } else if (kind === 'devices') say({ kind: 'devices', devices: [] })
  else if (kind === 'check') {
    say({ kind: 'checked', runId, report: { status: 'ok', passed: false, items: [], message: '' } })
  } else if (kind === 'run') {
    if (source.startsWith('{"lines":')) {
      const { lines }: { readonly lines: readonly string[] } = JSON.parse(source)
      for (const line of lines) writeSync(toHost, `${line.replaceAll('@seal@', () => seal ?? '')}\n`)
    } else say({ kind: 'ran', runId, report: { status: 'ok', milliseconds: 0, device: '', calls: [] } })
  }
}
