import type { GraphBlock, InspectionDocument } from '../../core/inspect/documents.ts'
import { type Item, type Scene, itemsOf } from './scene.ts'

/** A place that a search found, and what must be open to see it. */
export interface Hit {
  readonly id: string
  readonly inside: readonly string[]
}

/** Finds parts by name, primitive, shape, dtype, or `line 3`; in a graph also inside what is closed. */
export function search(document: InspectionDocument, scene: Scene | null, query: string): Hit[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return []
  if (document.kind === 'graph') return searchBlock(document.root, wanted, [])
  const items = scene ? itemsOf(scene.body) : []
  return items.filter((item) => textOf(item).includes(wanted)).map(({ id }) => ({ id, inside: [] }))
}

function textOf({ label, title, inspect }: Item): string {
  return [label, title ?? '', ...inspect].join('\n').toLowerCase()
}

function searchBlock(block: GraphBlock, wanted: string, inside: readonly string[]): Hit[] {
  const values = [...block.consts, ...block.inputs].flatMap((value) => {
    const words = [value.name, value.label ?? '', value.aval, value.dtype].join('\n').toLowerCase()
    return words.includes(wanted) ? [{ id: value.id, inside }] : []
  })
  const nodes = block.nodes.flatMap((node): Hit[] => {
    const dtypes = node.outputs.map(({ dtype }) => dtype)
    const words = [node.text, node.primitive, ...dtypes, node.source ? `line ${node.source.line}` : '']
      .join('\n')
      .toLowerCase()
    const own = words.includes(wanted) ? [{ id: node.id, inside }] : []
    return [...own, ...node.blocks.flatMap((inner) => searchBlock(inner, wanted, [...inside, node.id]))]
  })
  return [...values, ...nodes]
}
