import type { Residual, TapeDocument, TapeNode, ValueSummary } from '../../../core/inspect/documents.ts'
import { spokenValue } from './boxes.ts'
import { type Moment, reverseStepAt, stepCount } from './moment.ts'

/** What happens at this step, in a sentence or two. */
export function tapeCaption(document: TapeDocument, moment: Moment): string {
  const nodes = new Map(document.nodes.map((node) => [node.id, node]))
  const nameOf = (id: string) => headingOf(nodes.get(id), id)
  if (moment.phase === 'start') return 'Both directions start from the same arguments; no equation has run yet.'
  if (moment.phase === 'out') return outward(document, moment, nodes, nameOf)
  const step = reverseStepAt(document, moment.step)
  if (step?.phase !== 'cotangent') return ''
  const ending = moment.step === stepCount(document) ? ` ${conclusion(document, moment, nameOf)}` : ''
  if (!step.cotangent) return `No cotangent reaches ${nameOf(step.node)}: it hands nothing on.${ending}`
  if (step.contributions.length === 0 && nodes.get(step.node)?.primitive === 'input') {
    return `The way back ends at ${nameOf(step.node)} with cotangent ${spokenValue(step.cotangent)}.${ending}`
  }
  const handed = step.contributions.map(({ to, value }) => `${nameOf(to)} ${spokenValue(value)}`)
  const given = handed.length === 0 ? 'hands nothing on' : `hands ${list(handed)}`
  const used = freedText(document.residuals, step.freed)
  const sums = step.contributions.flatMap(({ to, sum }) => {
    const terms = moment.reverse.terms.get(to) ?? []
    return terms.length > 1 ? [sumSentence(nameOf(to), terms, sum, nameOf)] : []
  })
  const sentence = `${nameOf(step.node)} has cotangent ${spokenValue(step.cotangent)} and ${given}${used}.`
  // The last picture stays on the screen: what it concludes says the sums again.
  return [sentence, ...(ending ? [] : sums)].join(' ') + ending
}

function outward(
  document: TapeDocument,
  { step, forward }: Moment,
  nodes: ReadonlyMap<string, TapeNode>,
  nameOf: (id: string) => string,
): string {
  const taken = reverseStepAt(document, step)
  const id = forward.current ?? taken?.node
  const node = id === undefined ? undefined : nodes.get(id)
  if (!node || id === undefined) return ''
  const kept =
    taken?.phase === 'primal' ? document.residuals.filter((residual) => taken.kept.includes(residual.id)) : []
  const value = spokenValue(node.primal)
  if (node.inactive) return `${nameOf(id)} is ${value}; no derivative passes through it.`
  const tangent = forward.tangents.get(id)
  const rides = tangent ? `carries the tangent ${spokenValue(tangent)} along` : 'has no tangent to carry'
  const parts = document.forward.length === 0 ? [] : [`Forward ${rides}`]
  const labels = [...new Set(kept.map(({ label }) => label))]
  const keeps = labels.length === 0 ? 'keeps nothing' : `keeps ${list(labels)} for the way back`
  if (document.reverse.length > 0) parts.push(`${parts.length === 0 ? 'Reverse' : 'reverse'} ${keeps}`)
  return `${nameOf(id)} is ${value}. ${parts.join('; ')}.`
}

function freedText(residuals: readonly Residual[], freed: readonly string[]): string {
  const labels = [...new Set(residuals.filter(({ id }) => freed.includes(id)).map(({ label }) => label))]
  return labels.length === 0 ? '' : `; ${list(labels)} ${labels.length === 1 ? 'is' : 'are'} no longer needed`
}

function sumSentence(
  name: string,
  terms: readonly { readonly from: string; readonly value: ValueSummary }[],
  sum: ValueSummary,
  nameOf: (id: string) => string,
): string {
  const parts = terms.map(({ from, value }) => `${spokenValue(value)} by ${nameOf(from)}`)
  return `${name} receives ${list(parts)}: they add to ${spokenValue(sum)}.`
}

/** What to read off the finished tapes. */
function conclusion(document: TapeDocument, { reverse }: Moment, nameOf: (id: string) => string): string {
  const shared = document.inputs.find((id) => (reverse.terms.get(id)?.length ?? 0) > 1)
  const sum = shared === undefined ? undefined : reverse.cotangents.get(shared)
  if (shared !== undefined && sum) return sumSentence(nameOf(shared), reverse.terms.get(shared) ?? [], sum, nameOf)
  const parts = document.inputs.flatMap((id) => {
    const cotangent = reverse.cotangents.get(id)
    return cotangent ? [`${nameOf(id)} ${spokenValue(cotangent)}`] : []
  })
  if (parts.length === 0) return 'No argument receives a cotangent.'
  const most = 3
  const named = parts.length <= most + 1 ? parts : [...parts.slice(0, most), `${parts.length - most} more`]
  return `The derivative by ${parts.length === 1 ? 'the' : 'each'} argument: ${list(named)}.`
}

function headingOf(node: TapeNode | undefined, id: string): string {
  return node?.label ?? id
}

function list(parts: readonly string[]): string {
  if (parts.length <= 1) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
