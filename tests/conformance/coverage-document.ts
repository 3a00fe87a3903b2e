import { type ModuleCoverage, coverage, jaxVersion } from './coverage.ts'

interface Totals {
  readonly present: number
  readonly unproven: number
  readonly absent: number
  readonly outOfScope: number
}

function totalsOf({ present, unproven, absent, outOfScope }: ModuleCoverage): Totals {
  const aside = outOfScope.reduce((count, { names }) => count + names.length, 0)
  return { present: present.length, unproven: unproven.length, absent: absent.length, outOfScope: aside }
}

function sumOf(all: readonly Totals[]): Totals {
  const total = (key: keyof Totals): number => all.reduce((count, totals) => count + totals[key], 0)
  return {
    present: total('present'),
    unproven: total('unproven'),
    absent: total('absent'),
    outOfScope: total('outOfScope'),
  }
}

/** Rounded down, so that 100 % means all. */
function share({ present, unproven, absent }: Totals): string {
  const inScope = present + unproven + absent
  return inScope === 0 ? '–' : `${(Math.floor((present / inScope) * 1000) / 10).toFixed(1)} %`
}

function cells(name: string, totals: Totals): string[] {
  const { present, unproven, absent, outOfScope } = totals
  return [name, ...[present, unproven, absent, outOfScope].map(String), share(totals)]
}

/** A table as Prettier lays it out. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)))
  const line = (row: readonly string[]): string => {
    const padded = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    )
    return `| ${padded.join(' | ')} |`
  }
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(rows[0]), `| ${rule.join(' | ')} |`, ...rows.slice(1).map(line)].join('\n')
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' ')

function section(module: ModuleCoverage): string {
  const { present, unproven, absent, outOfScope } = module
  const paragraphs = [`## ${module.module}: ${share(totalsOf(module))}`]
  if (present.length > 0) paragraphs.push(`Present (${present.length}): ${listed(present)}`)
  if (unproven.length > 0) paragraphs.push(`Without a case (${unproven.length}): ${listed(unproven)}`)
  if (absent.length > 0) paragraphs.push(`Absent (${absent.length}): ${listed(absent)}`)
  for (const { reason, names } of outOfScope) {
    paragraphs.push(`Out of scope (${names.length}), ${reason}: ${listed(names)}`)
  }
  return paragraphs.join('\n\n')
}

/** The text of docs/coverage.md. */
export function coverageDocument(): string {
  const modules = coverage()
  const totals = modules.map(totalsOf)
  const head = ['Module', 'Present', 'Without a case', 'Absent', 'Out of scope', 'Coverage']
  const rows = modules.map(({ module }, i) => cells(module, totals[i]))
  return `# Coverage of JAX's public API

Made by \`npm run coverage:api\` from the public names of JAX ${jaxVersion}
(\`tests/conformance/public-names.json\`); not edited by hand. Names are JAX's; here they are spelled in camelCase.

A name is **present** when the core exports it and a conformance case with values or a program from real JAX uses
it. A name that is exported **without a case** does not count. **Out of scope** is what
\`tests/conformance/out-of-scope.yaml\` gives a reason for; coverage is the share of the others that is present.

${table([head, ...rows, cells('All', sumOf(totals))])}

${modules.map(section).join('\n\n')}
`
}
