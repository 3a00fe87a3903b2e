import type { GraphNode, GraphValue, Operand, SourceSpan } from '../../../core/inspect/documents.ts'

/** What an item says: its name, its hover text, its lines for the inspector, and where it was made. */
export interface Description {
  readonly label: string
  readonly title: string
  readonly inspect: readonly string[]
  readonly source?: SourceSpan
}

export function describeArgument(value: GraphValue, constant: boolean): Description {
  const role = constant ? 'constant' : 'argument'
  const name = value.label && value.label !== value.name ? `${value.label} (${value.name} in the jaxpr)` : value.name
  const line = `${role} ${name}: ${value.aval}`
  return { label: line, title: withValue(line, value), inspect: [line, ...valueLine(value)] }
}

export function describeResult(operand: Operand, text: string): Description {
  const line = operand.kind === 'literal' ? `${text}: ${operand.aval}` : text
  return { label: line, title: line, inspect: [line] }
}

export function describeNode(node: GraphNode, open: boolean): Description {
  const { source } = node
  const place = source ? `line ${source.line}` : 'no line of a cell'
  const inside = node.blocks.map((block) => `${block.label}: ${plural(block.nodes.length, 'equation')}`)
  const state = inside.length === 0 ? '' : open ? ', open' : ', closed'
  return {
    label: `${node.primitive}, ${place}: ${node.text}${state}`,
    title: [node.text, ...node.outputs.flatMap(valueLine)].join('\n'),
    inspect: [
      `${node.primitive}  ${place}`,
      node.text,
      ...(node.params.length > 0 ? [node.params.map(({ name, text }) => `${name}=${text}`).join('  ')] : []),
      ...node.outputs.flatMap(valueLine),
      ...(inside.length > 0 ? [`inside: ${inside.join(', ')}`] : []),
    ],
    ...(source ? { source } : {}),
  }
}

function withValue(line: string, value: GraphValue): string {
  return [line, ...valueLine(value)].join('\n')
}

function valueLine(value: GraphValue): string[] {
  return value.value ? [`${value.name} = ${value.value.text}`] : []
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
