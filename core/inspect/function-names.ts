import { originalOf } from '../tracing/transformed.ts'
import { flatten, leafPaths } from '../tree/pytree.ts'

/** What to call a function in a figure: its name, or the line it stands on. */
export function functionLabel(fun: (...args: never[]) => unknown, line: number | null): string {
  if (fun.name !== '') return fun.name
  return line === null ? 'function' : `line ${line}`
}

/** Names of the parameters as the user wrote them; null for a parameter that is a pattern. */
export function parameterNames(fun: (...args: never[]) => unknown): (string | null)[] {
  const source = Function.prototype.toString.call(originalOf(fun))
  const single = /^(?:async\s+)?([A-Za-z_$][\w$]*)\s*=>/.exec(source)
  if (single !== null) return [single[1]]
  const open = source.indexOf('(')
  if (open < 0) return []
  const names: string[] = []
  let depth = 0
  let current = ''
  for (const character of source.slice(open + 1)) {
    if (depth === 0 && (character === ',' || character === ')')) {
      names.push(current)
      current = ''
      if (character === ')') break
      continue
    }
    if ('([{'.includes(character)) depth++
    if (')]}'.includes(character)) depth--
    current += character
  }
  return names
    .map((text) =>
      text
        .replace(/=.*$/s, '')
        .replace(/^\s*\.\.\./, '')
        .trim(),
    )
    .filter((text) => text !== '')
    .map((text) => (/^[A-Za-z_$][\w$]*$/.test(text) ? text : null))
}

/** A label for each leaf of the arguments: `x`, `params.w`, `xs[0]`. */
export function leafLabels(fun: (...args: never[]) => unknown, args: readonly unknown[]): string[] {
  const names = parameterNames(fun)
  return args.flatMap((arg, position) => {
    const name = names[position] ?? `argument ${position}`
    const { tree } = flatten(arg)
    return leafPaths(tree).map((path) =>
      path === '' ? name : path.startsWith('[') ? `${name}${path}` : `${name}.${path}`,
    )
  })
}
