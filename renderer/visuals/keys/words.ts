import type { KeyNode, KeysDocument } from '../../../core/inspect/documents.ts'

type Use = KeyNode['uses'][number]

/** The sentence under the tree: the first reuse and why, or that there is none. */
export function keysCaption({ nodes, reuses }: KeysDocument): string {
  if (nodes.length === 0) return 'No key was made.'
  const bad = nodes.find(({ reused }) => reused)
  if (!bad) {
    const spent = nodes.filter(({ uses }) => uses.length > 0).length
    return `${nodes.length} ${nodes.length === 1 ? 'key' : 'keys'}, ${spent} spent, none of them twice.`
  }
  const others = reuses > 1 ? ` ${reuses} keys are reused in all.` : ''
  return `${bad.path} is reused: ${reasonOf(bad)}${others}`
}

export function reasonOf(key: KeyNode): string {
  const reason = key.reason ?? `it was spent on ${key.uses.map(({ operation }) => operation).join(' and ')}.`
  const sentence = /[.!?]$/.test(reason) ? reason : `${reason}.`
  // It follows a colon.
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
}

export function describeKey(key: KeyNode): { label: string; title: string; inspect: string[] } {
  const place = key.source ? `  line ${key.source.line}` : ''
  const spent = key.uses.length === 0 ? 'not spent' : `spent on ${key.uses.map(useText).join(', ')}`
  const reused = key.reused ? [`reused: ${reasonOf(key)}`] : []
  return {
    label: [`key ${key.path}`, ...(key.reused ? ['reused'] : []), spent].join(', '),
    title: [key.path, `words ${key.words.join(' ')}`, key.edge, spent, ...reused].join('\n'),
    inspect: [`${key.path}${place}`, `words ${key.words.join(' ')}, made by ${key.edge}`, spent, ...reused],
  }
}

export function describeUse(
  key: KeyNode,
  use: Use,
  index: number,
): { label: string; title: string; inspect: string[] } {
  const words = `${useText(use)}: use ${index + 1} of ${key.uses.length} of ${key.path}`
  const reused = key.reused ? [`reused: ${reasonOf(key)}`] : []
  return { label: [words, ...reused].join(', '), title: [words, ...reused].join('\n'), inspect: [words, ...reused] }
}

function useText({ operation, source }: Use): string {
  return source ? `${operation} (line ${source.line})` : operation
}
