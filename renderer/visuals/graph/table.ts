import type { GraphBlock, GraphDocument } from '../../../core/inspect/documents.ts'
import type { FigureTable, TableRow } from '../scene.ts'
import { graphCaption } from './words.ts'

/** The graph as the program it is: one equation a row, programs inside indented under theirs. */
export function graphTable(document: GraphDocument): FigureTable {
  return {
    caption: `${document.title}: ${graphCaption(document)}`,
    columns: ['Equation', 'Result', 'Value', 'Line'],
    rows: rowsOf(document.root, 0),
  }
}

function rowsOf(block: GraphBlock, depth: number): TableRow[] {
  const indent = '\u2003'.repeat(depth)
  const head = depth === 0 ? [] : [{ id: block.id, cells: [`${indent}${block.label}:`, '', '', ''] }]
  const values = [...block.consts, ...block.inputs].map((value) => ({
    id: value.id,
    cells: [`${indent}${value.label ?? value.name}`, value.aval, value.value?.text ?? '', ''],
  }))
  const equations = block.nodes.flatMap((node): TableRow[] => [
    {
      id: node.id,
      cells: [
        indent + node.text,
        node.outputs.map(({ aval }) => aval).join(', '),
        node.outputs.flatMap(({ value }) => value?.text ?? []).join(', '),
        node.source ? String(node.source.line) : '',
      ],
      ...(node.source ? { source: node.source } : {}),
    },
    ...node.blocks.flatMap((inner) => rowsOf(inner, depth + 1)),
  ])
  return [...head, ...values, ...equations]
}
