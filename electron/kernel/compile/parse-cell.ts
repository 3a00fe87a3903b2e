import { type Program, parse } from 'acorn'
import { CellSyntaxError } from './cell-syntax-error.ts'

/** Parses a cell whose types were stripped: a module body in which `await` is allowed at the top. */
export function parseCell(code: string): Program {
  try {
    return parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowAwaitOutsideFunction: true })
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const position = 'pos' in error && typeof error.pos === 'number' ? error.pos : 0
    throw new CellSyntaxError(error.message.replace(/ \(\d+:\d+\)$/, ''), position, tokenEnd(code, position))
  }
}

/** The end of the word or character at an offset: what the editor underlines. */
function tokenEnd(code: string, start: number): number {
  const word = /^[\p{ID_Continue}$]+/u.exec(code.slice(start))
  return Math.min(start + (word?.[0].length ?? 1), code.length)
}
