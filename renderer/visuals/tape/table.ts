import type { TapeDocument } from '../../../core/inspect/documents.ts'
import type { FigureTable } from '../scene.ts'
import { momentAt, residualsOf, stepCount } from './moment.ts'
import { tapeCaption } from './words.ts'

/** Both tapes after `step` steps, one operation a row. */
export function tapeTable(document: TapeDocument, step: number): FigureTable {
  const moment = momentAt(document, step)
  const { forward, reverse } = moment
  return {
    caption: `${document.title}, step ${step} of ${stepCount(document)}: ${tapeCaption(document, moment)}`,
    columns: ['Operation', 'Value', 'Tangent', 'Cotangent', 'Kept', 'Line'],
    rows: document.nodes.map((node) => {
      const reached = reverse.primals.has(node.id)
      const kept = residualsOf(document, node.id).filter(({ id }) => reverse.kept.has(id))
      const missing = node.inactive ? 'no derivative' : ''
      return {
        id: `reverse:${node.id}`,
        cells: [
          node.text,
          reached ? node.primal.text : '',
          forward.tangents.get(node.id)?.text ?? missing,
          reverse.cotangents.get(node.id)?.text ?? missing,
          kept.map(({ label }) => label).join(', '),
          node.source ? String(node.source.line) : '',
        ],
        ...(node.source ? { source: node.source } : {}),
      }
    }),
  }
}
