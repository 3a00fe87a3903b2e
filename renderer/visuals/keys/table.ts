import type { KeysDocument } from '../../../core/inspect/documents.ts'
import type { FigureTable } from '../scene.ts'
import { keysCaption, reasonOf } from './words.ts'

/** One key a row. */
export function keysTable(document: KeysDocument): FigureTable {
  return {
    caption: `${document.title}: ${keysCaption(document)}`,
    columns: ['Key', 'Made by', 'Words', 'Spent on', 'Verdict', 'Line'],
    rows: document.nodes.map((key) => ({
      id: key.id,
      cells: [
        key.path,
        key.edge,
        key.words.join(' '),
        key.uses.map(({ operation }) => operation).join(', '),
        key.reused ? `reused: ${reasonOf(key)}` : '',
        key.source ? String(key.source.line) : '',
      ],
      ...(key.source ? { source: key.source } : {}),
      ...(key.reused ? { bad: true } : {}),
    })),
  }
}
