import type { ImportDeclaration, ImportSpecifier } from 'acorn'
import { CellSyntaxError } from './cell-syntax-error.ts'

/** The modules a cell may import from, with the names each exports. */
export type CellModules = Readonly<Record<string, readonly string[]>>

/** One imported name: `imported` is null when the whole module is meant. */
export interface CellImport {
  readonly local: string
  readonly module: string
  readonly imported: string | null
}

/** What an import declaration brings in. An unknown module or name is a syntax error that says what exists. */
export function readImport(node: ImportDeclaration, modules: CellModules): CellImport[] {
  const module = String(node.source.value)
  const names = Object.hasOwn(modules, module) ? modules[module] : undefined
  if (names === undefined) {
    const known = Object.keys(modules).map((name) => `'${name}'`)
    throw new CellSyntaxError(
      `a cell cannot import from '${module}': there is only ${known.join(', ')}`,
      node.source.start,
      node.source.end,
      'Everything that jax exports is in scope without an import: `jnp`, `lax`, `random`, `grad`, `jit`, `vmap` and so on.',
    )
  }
  return node.specifiers.map((specifier) => {
    const local = specifier.local.name
    if (specifier.type !== 'ImportSpecifier') return { local, module, imported: null }
    const imported = importedName(specifier)
    if (names.includes(imported)) return { local, module, imported }
    const near = nearest(imported, names)
    throw new CellSyntaxError(
      `'${module}' has no export '${imported}'${near === null ? '' : `; did you mean '${near}'?`}`,
      specifier.imported.start,
      specifier.imported.end,
      `It exports ${names.join(', ')}.`,
    )
  })
}

function importedName(specifier: ImportSpecifier): string {
  return specifier.imported.type === 'Identifier' ? specifier.imported.name : String(specifier.imported.value)
}

/** The name that differs least, if it is close: what the user probably meant. */
export function nearest(name: string, names: readonly string[]): string | null {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase()
  const ranked = names
    .map((candidate) => ({ candidate, distance: editDistance(plain(name), plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(1, Math.floor(name.length / 4)) ? best.candidate : null
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into another. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swap =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (beforeLast[j - 2] ?? 0) + 1 : Infinity
      row.push(Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, change, swap))
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
