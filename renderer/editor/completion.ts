import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { namesOf } from './cell-names.ts'
import { arrayMembers, namespaces, offeredNames } from './offered-names.ts'

/** `jnp.`, `jax.numpy.` or `x.`, with what was typed of the member. */
const memberPattern = /([A-Za-z_$][\w$]*(?:\.[A-Za-z]+)?|[)\]])\.(\w*)$/

const globals: readonly Completion[] = [
  ...offeredNames.map((label) => ({ label, type: 'function', detail: 'jax' })),
  ...[...namespaces.keys()].flatMap((label) =>
    label.includes('.') ? [] : [{ label, type: 'namespace', detail: 'jax' }],
  ),
  ...['print', 'display', 'plot', 'table'].map((label) => ({ label, type: 'function', detail: 'cell' })),
]

/** The lab's names, the cell's own and those of the cells above: members after a dot, everything else at a word. */
export function labCompletions(textAbove: () => readonly string[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const before = context.matchBefore(memberPattern)
    const member = before && memberPattern.exec(before.text)
    if (before && member) return memberCompletions(member[1] ?? '', before.to - (member[2] ?? '').length)
    const word = context.matchBefore(/[A-Za-z_$][\w$]*$/)
    if (!word && !context.explicit) return null
    if (word && context.state.sliceDoc(word.from - 1, word.from) === '.') return null
    const own = [...textAbove(), context.state.doc.toString()].flatMap((text) => [...namesOf(text).declares])
    const typed = word?.text ?? ''
    const options = [...new Set(own)]
      .filter((name) => name !== typed)
      .map((label) => ({ label, type: 'variable', boost: 2 }))
    return { from: word?.from ?? context.pos, options: [...options, ...globals], validFor: /^[\w$]*$/ }
  }
}

/** JavaScript's own namespaces, whose members are no array's. */
const notArrays = new Set('Math Number Object JSON Array String Promise Map Set Date BigInt Symbol console'.split(' '))

/** Members of a namespace; what is no namespace is most likely an array. */
function memberCompletions(path: string, from: number): CompletionResult | null {
  const members = namespaces.get(path.replace(/^jax\./, ''))
  if (!members && notArrays.has(path)) return null
  const options = members
    ? members.map((label) => ({ label, type: 'function' }))
    : arrayMembers.map((label) => ({ label, type: 'method', detail: 'array' }))
  return { from, options, validFor: /^\w*$/ }
}
