import { typescriptLanguage } from '@codemirror/lang-javascript'

/** The names a cell gives to the cells after it, and the names it reads. */
export interface CellNames {
  readonly declares: ReadonlySet<string>
  readonly reads: ReadonlySet<string>
}

/** Whatever is declared inside one of these, other cells do not see. */
const scopes = new Set([
  'Block',
  'ArrowFunction',
  'FunctionExpression',
  'ClassBody',
  'ParamList',
  'ForSpec',
  'ForOfSpec',
  'ForInSpec',
])

const known = new Map<string, CellNames>()
const mostKnown = 300

/** Found with the editor's own parser, so it also works on a cell that does not parse to its end. */
export function namesOf(source: string): CellNames {
  const before = known.get(source)
  if (before) return before
  const names = readNames(source)
  if (known.size >= mostKnown) known.clear()
  known.set(source, names)
  return names
}

function readNames(source: string): CellNames {
  const declares = new Set<string>()
  const reads = new Set<string>()
  let depth = 0
  typescriptLanguage.parser.parse(source).iterate({
    enter: (node) => {
      if (scopes.has(node.name)) depth++
      if (node.name === 'VariableDefinition' && depth === 0) declares.add(source.slice(node.from, node.to))
      if (node.name === 'VariableName') reads.add(source.slice(node.from, node.to))
    },
    leave: (node) => {
      if (scopes.has(node.name)) depth--
    },
  })
  return { declares, reads }
}
