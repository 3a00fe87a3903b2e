import { longestRunText } from '../../../electron/protocol.ts'

const characters = new Intl.NumberFormat('en')

/** The text, if a kernel runs that much. Throws what to do where it does not. */
export function runnable(source: string): string {
  if (source.length <= longestRunText) return source
  throw new Error(
    `This cell has ${characters.format(source.length)} characters, and a cell runs with at most ` +
      `${characters.format(longestRunText)}. Put its text into several cells.`,
  )
}
