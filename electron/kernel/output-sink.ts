import type { CellOutput } from '../protocol.ts'

const mostBytes = 1_000_000
const mostLines = 2000
const mostErrors = 100

/**
 * Where the outputs of one run go. A cell that prints without end fills neither the notebook nor the
 * channel: past the limit a notice is sent, and nothing more.
 */
export class OutputSink {
  readonly #send: (output: CellOutput) => void
  #bytes = 0
  #lines = 0
  #full = false
  #errors = 0

  constructor(send: (output: CellOutput) => void) {
    this.#send = send
  }

  /** Text without its final line break. */
  print(stream: 'stdout' | 'stderr', text: string): void {
    this.add({ kind: 'text', stream, text: `${text}\n` })
  }

  add(output: CellOutput): void {
    if (this.#full) return
    const text = 'text' in output ? output.text : JSON.stringify(output)
    const roomBytes = mostBytes - this.#bytes
    const roomLines = mostLines - this.#lines
    const lines = output.kind === 'text' ? text.split('\n').length - 1 : 1
    if (text.length <= roomBytes && lines <= roomLines) {
      this.#bytes += text.length
      this.#lines += lines
      this.#send(output)
      return
    }
    this.#full = true
    if (output.kind === 'text') {
      const kept = text.slice(0, roomBytes).split('\n').slice(0, roomLines).join('\n')
      if (kept !== '') this.#send({ ...output, text: `${kept}\n` })
    }
    this.#send({
      kind: 'text',
      stream: 'stderr',
      text: `Output cut here: a run shows at most ${mostLines} lines and ${mostBytes / 1e6} MB.\n`,
    })
  }

  /** An error is shown however much was printed before it; of thousands, the first ones. */
  addError(output: Extract<CellOutput, { kind: 'error' }>): void {
    this.#errors++
    if (this.#errors <= mostErrors) this.#send(output)
    else if (this.#errors === mostErrors + 1) {
      this.#send({ kind: 'text', stream: 'stderr', text: `Errors cut here: a run shows at most ${mostErrors}.\n` })
    }
  }
}
