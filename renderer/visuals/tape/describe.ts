import type { SourceSpan, TapeDocument, TapeNode } from '../../../core/inspect/documents.ts'
import { type Moment, formatBytes, residualsOf } from './moment.ts'

/** What a box of the tape says to the inspector and to a screen reader at this moment. */
export function describeTapeNode(
  document: TapeDocument,
  node: TapeNode,
  moment: Moment,
  direction: 'forward' | 'reverse',
): { label: string; title: string; inspect: string[]; source?: SourceSpan } {
  const { source } = node
  const head = source ? `${node.label}  line ${source.line}  ${node.text}` : `${node.label}  ${node.text}`
  const value = `value ${node.primal.text}`
  const state = direction === 'forward' ? forwardLines(node, moment) : reverseLines(document, node, moment)
  const inspect = [
    head,
    `${value} (${node.primal.aval})`,
    ...state,
    `passes for a full Jacobian: forward ${document.passes.forward}, reverse ${document.passes.reverse}`,
  ]
  return {
    label: [`${direction} ${node.label}`, value, ...state].join(', '),
    title: [node.text, value, ...state].join('\n'),
    inspect,
    ...(source ? { source } : {}),
  }
}

function forwardLines(node: TapeNode, { forward }: Moment): string[] {
  if (node.inactive) return ['no derivative passes through']
  if (!forward.tangents.has(node.id)) return ['not reached yet']
  const tangent = forward.tangents.get(node.id)
  return [`tangent ${tangent ? tangent.text : 'zero'}`]
}

function reverseLines(document: TapeDocument, node: TapeNode, { reverse }: Moment): string[] {
  const residuals = residualsOf(document, node.id)
  const kept = residuals.filter(({ id }) => reverse.kept.has(id))
  const keptText = kept.map(({ label, value, bytes }) => `${label} = ${value.text} (${formatBytes(bytes)})`).join(', ')
  const held = kept.length > 0 ? [`kept for the way back: ${keptText}`] : []
  if (node.inactive) return ['no derivative passes through', ...held]
  if (!reverse.primals.has(node.id)) return ['not reached yet']
  const cotangent = reverse.cotangents.get(node.id)
  if (!cotangent) return ['no cotangent yet', ...held]
  const nameOf = (id: string) => document.nodes.find((other) => other.id === id)?.label ?? id
  const arrived = reverse.terms.get(node.id) ?? []
  const from = arrived.map((term) => `${term.value.text} by ${nameOf(term.from)}`).join(', ')
  const handed = document.reverse.flatMap((step) =>
    step.phase === 'cotangent' && step.node === node.id && reverse.returned.has(node.id)
      ? step.contributions.map(({ to, value }) => `to ${nameOf(to)} ${value.text}`)
      : [],
  )
  return [
    arrived.length > 0 ? `cotangent ${cotangent.text}, from ${from}` : `cotangent ${cotangent.text}`,
    ...(handed.length > 0 ? [`hands on ${handed.join(', ')}`] : []),
    ...held,
  ]
}
