import type { Notebook } from './notebook.svelte.ts'

/** Everything written in a lesson as a Markdown file, for when it cannot be saved where it belongs. */
export function lessonText(notebook: Pick<Notebook, 'lesson' | 'cells' | 'sync'>): string {
  const parts = notebook.cells.flatMap((cell) => {
    const other = notebook.sync.conflictOf(cell.id)
    const title = cell.origin === 'exercise' ? `Exercise ${cell.label}` : `Cell ${cell.label}`
    const mine = [`## ${title}`, fenced(cell.text)]
    return other ? [...mine, `## ${title}, from another window`, fenced(other.other)] : mine
  })
  return `${[`# ${notebook.lesson.summary.title}`, ...parts].join('\n\n')}\n`
}

/** A fence that no line of the code can end. */
function fenced(code: string): string {
  const longest = Math.max(0, ...(code.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(Math.max(3, longest + 1))
  return `${fence}ts\n${code}\n${fence}`
}
