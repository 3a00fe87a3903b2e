import { stripTypeScriptTypes } from 'node:module'
import { CellSyntaxError } from './cell-syntax-error.ts'
import { TextLines } from './text-lines.ts'

/** Blanks out TypeScript's types. Every other character stays at its offset. */
export function stripTypes(source: string): string {
  try {
    return stripTypeScriptTypes(source)
  } catch (error) {
    throw locate(source, error)
  }
}

/**
 * Node says where a syntax error is by drawing carets under the line, in display columns, which tabs
 * and wide characters shift. Asking again with every such character replaced by a narrow one of the
 * same length makes columns and offsets the same thing.
 */
function locate(source: string, original: unknown): CellSyntaxError {
  const narrow = source.replace(/\t/g, ' ').replace(/[^\x00-\x7f\u2028\u2029]/g, '_')
  try {
    stripTypeScriptTypes(narrow)
  } catch (error) {
    if (error instanceof SyntaxError) return fromDrawing(source, error)
  }
  return new CellSyntaxError(original instanceof Error ? original.message : String(original), 0)
}

function fromDrawing(source: string, error: SyntaxError): CellSyntaxError {
  const [first = '', ...drawing] = (error.stack ?? '').split('\n')
  const line = Number(/:(\d+)$/.exec(first)?.[1] ?? 1)
  const lines = new TextLines(source)
  const end = drawing.findIndex((text) => text.startsWith('SyntaxError'))
  const caret = drawing.slice(0, end).find((text) => /^ *\^+ *$/.test(text))
  const { message, hint } = explain(error)
  if (caret !== undefined) {
    const column = caret.indexOf('^')
    const start = lines.offsetOf(line, column + 1)
    return new CellSyntaxError(message, start, start + caret.trim().length, hint)
  }
  const spansLines = drawing.slice(0, end).some((text) => text.startsWith('  > '))
  if (spansLines) {
    const start = lines.startOf(line)
    const text = source.slice(start, lines.startOf(line + 1)).trimEnd()
    const lead = text.search(/\b(?:enum|namespace|module|import|export)\b|\S/)
    return new CellSyntaxError(message, start + Math.max(lead, 0), start + text.length, hint)
  }
  const last = source.trimEnd().length
  return new CellSyntaxError(message, last, last, hint)
}

function explain(error: SyntaxError): { message: string; hint?: string } {
  const message = error.message.replace(/`<eof>`|'<eof>'|<eof>/g, 'the end of the cell').replaceAll('`', "'")
  const code = 'code' in error ? error.code : null
  if (code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') return { message }
  const what = /TypeScript (.+?) is not supported/.exec(error.message)?.[1]
  if (what === undefined) return { message: message.replace('in type strip mode', 'in a cell') }
  return {
    message: `a cell cannot use TypeScript's ${what}: types are removed before a cell runs, and this is not only a type`,
    hint: substitutes[what] ?? 'Write it in plain JavaScript; type annotations, interfaces and type aliases are fine.',
  }
}

const substitutes: Readonly<Record<string, string>> = {
  enum: 'Use an object: `const Color = { Red: 0, Green: 1 } as const`.',
  'namespace declaration': 'Use an object, or plain top-level names.',
  'parameter property': 'Declare the field, and assign it in the constructor.',
  'import equals declaration': "Use `import { name } from 'jax'`.",
  'export assignment': 'A cell shares its top-level names by itself; leave the export out.',
}
