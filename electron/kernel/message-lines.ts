import type { Readable } from 'node:stream'

/** Messages go over plain pipes, one JSON text a line: a line that is none can be refused, and ends nobody. */
const longestLine = 256 * 2 ** 20

/** Calls for every line of a stream; `tooLong` when one does not end. */
export function readLines(stream: Readable, line: (text: string) => void, tooLong: () => void): void {
  let parts: string[] = []
  let length = 0
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    let rest = chunk
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const text = parts.join('') + rest.slice(0, end)
      rest = rest.slice(end + 1)
      parts = []
      length = 0
      line(text)
    }
    if (rest === '') return
    length += rest.length
    parts.push(rest)
    if (length <= longestLine) return
    parts = []
    length = 0
    tooLong()
  })
}
