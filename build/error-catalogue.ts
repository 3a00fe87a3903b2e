/**
 * Writes `core/errors/catalogue.ts` from the entries in `docs/errors`: `node build/error-catalogue.ts`. Core reads no
 * files, so it carries them as data; a test holds the two together.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { CatalogueEntry } from '../core/errors/entry.ts'

const folder = new URL('../docs/errors/', import.meta.url)
export const catalogueFile = new URL('../core/errors/catalogue.ts', import.meta.url)

/** An entry with its two programs: the one that fails, and the same one repaired. */
export interface ErrorDocument extends CatalogueEntry {
  /** Its patterns are so wide that all other entries come first. */
  readonly general: boolean
  readonly happened: string
  readonly fails: string
  readonly works: string
}

/** All entries of the documentation, in the order in which they are tried. */
export function errorDocuments(): ErrorDocument[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => parseDocument(name.slice(0, -'.md'.length), readFileSync(new URL(name, folder), 'utf8')))
    .sort((a, b) => Number(a.general) - Number(b.general))
}

function parseDocument(kind: string, text: string): ErrorDocument {
  const head = /^---\n([\s\S]*?)\n---\n+# (.+)\n/.exec(text)
  if (head === null) throw new Error(`docs/errors/${kind}.md has no front matter and title`)
  const matter: unknown = parse(head[1])
  const field = (name: string): unknown => (typeof matter === 'object' && matter ? Reflect.get(matter, name) : null)
  const says = field('says') ?? []
  const lesson = field('lesson')
  if (!Array.isArray(says)) throw new Error(`docs/errors/${kind}.md: says is a list of regular expressions`)
  const part = (title: string): string => {
    const body = new RegExp(`\\n## ${title}\\n+([\\s\\S]*?)(?=\\n## |$)`).exec(text)?.[1].trim()
    if (!body) throw new Error(`docs/errors/${kind}.md has no section '${title}'`)
    return body
  }
  const program = (title: string): string => /```ts\n([\s\S]*?)```/.exec(part(title))?.[1].trim() ?? ''
  const prose = (title: string): string => part(title).replace(/\s*\n\s*/g, ' ')
  return {
    kind,
    general: field('general') === true,
    class: String(field('class')),
    lesson: lesson === undefined || lesson === null ? null : String(lesson),
    says: says.map(String),
    title: head[2],
    happened: prose('What happened'),
    why: prose('Why'),
    fix: prose('Smallest fix'),
    fails: program('Fails'),
    works: program('Works'),
  }
}

/** The text of the data file. */
export function catalogueText(): string {
  const entries = errorDocuments().map(({ kind, class: name, lesson, says, title, why, fix }) => ({
    kind,
    class: name,
    lesson,
    says,
    title,
    why,
    fix,
  }))
  return [
    '// Written by build/error-catalogue.ts from docs/errors. Change the entries there.',
    "import type { CatalogueEntry } from './entry.ts'",
    '',
    '// prettier-ignore',
    `export const catalogue: readonly CatalogueEntry[] = [`,
    ...entries.map((entry) => `  ${JSON.stringify(entry)},`),
    ']',
    '',
  ].join('\n')
}

if (import.meta.main) writeFileSync(catalogueFile, catalogueText())
