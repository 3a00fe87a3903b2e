import type { GraphBlock, GraphDocument, GraphNode } from '../../../core/inspect/documents.ts'
import { plural } from './describe.ts'

/** The sentence under the graph: what kind of program it is, and what to look for. */
export function graphCaption({ root }: GraphDocument): string {
  const inputs = plural(root.inputs.length, 'argument')
  const outputs = plural(root.outputs.length, 'result')
  if (root.nodes.length === 0) return `No equation: the ${inputs} and the literals are the ${outputs}.`
  const start = `${plural(root.nodes.length, 'equation')} ${root.nodes.length === 1 ? 'makes' : 'make'} ${outputs} from ${inputs}.`
  const carrying = root.nodes.filter((node) => node.blocks.length > 0)
  const first = carrying[0]
  if (!first) return start
  const inside = carrying.reduce((sum, node) => sum + countInside(node), 0)
  const which = carrying.length === 1 ? `${first.primitive} carries a program` : `${carrying.length} of them carry programs`
  return `${start} ${which[0]?.toUpperCase()}${which.slice(1)} of ${carrying.length === 1 ? 'its' : 'their'} own, ${plural(inside, 'equation')} in all.`
}

function countInside(node: GraphNode): number {
  return node.blocks.reduce((sum, block) => sum + countBlock(block), 0)
}

function countBlock(block: GraphBlock): number {
  return block.nodes.reduce((sum, node) => sum + 1 + countInside(node), 0)
}
