import type { GraphBlock, GraphDocument, GraphNode } from '../../../core/inspect/documents.ts'
import { plural } from './describe.ts'

/** The sentence under the graph: what kind of program it is, and what to look for. */
export function graphCaption({ root }: GraphDocument): string {
  const inputs = plural(root.inputs.length, 'argument')
  const outputs = plural(root.outputs.length, 'result')
  // What a cell did on its own, and a call that did not finish, have no results.
  const unfinished = root.outputs.length === 0
  if (root.nodes.length === 0)
    return unfinished ? 'No equation ran.' : `No equation: the ${inputs} and the literals are the ${outputs}.`
  const equations = plural(root.nodes.length, 'equation')
  const start = unfinished
    ? `${equations} ran${root.inputs.length === 0 ? '' : ` on ${inputs}`}`
    : `${equations} ${root.nodes.length === 1 ? 'makes' : 'make'} ${outputs} from ${inputs}`
  const carrying = root.nodes.filter((node) => node.blocks.length > 0)
  const [first] = carrying
  if (!first) return `${start}.`
  const inside = plural(
    carrying.reduce((sum, node) => sum + countInside(node), 0),
    'equation',
  )
  if (carrying.length > 1) return `${start}; ${carrying.length} of them carry programs of their own, ${inside} in all.`
  const programs = first.blocks.length === 1 ? 'a program of its own' : `${first.blocks.length} programs of its own`
  return `${start}; ${first.primitive} carries ${programs}, ${inside} in all.`
}

function countInside(node: GraphNode): number {
  return node.blocks.reduce((sum, block) => sum + countBlock(block), 0)
}

function countBlock(block: GraphBlock): number {
  return block.nodes.reduce((sum, node) => sum + 1 + countInside(node), 0)
}
