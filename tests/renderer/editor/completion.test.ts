import { CompletionContext } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import { labCompletions } from '../../../renderer/editor/completion.ts'

const offered = (text: string): string[] | undefined => {
  const context = new CompletionContext(EditorState.create({ doc: text }), text.length, false)
  return labCompletions(() => [])(context)?.options.map(({ label }) => label)
}

describe('completion after a dot', () => {
  it('offers what the namespace has', () => {
    expect(offered('jnp.')).toContain('arange')
    expect(offered('jax.lax.')).toContain('cond')
  })

  it.each(['constructor', 'valueOf', '__proto__', 'x'])('takes %s for an array, as any name', (name) => {
    expect(offered(`${name}.`)).toContain('reshape')
  })
})
