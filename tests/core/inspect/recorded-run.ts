import { type ArrayLike, jnp } from '../../../core/index.ts'
import type { TapeDocument } from '../../../core/inspect/documents.ts'
import { type RecordedCall, outline, startRecording, summarize } from '../../../core/inspect/recording.ts'
import { flatten } from '../../../core/tree/pytree.ts'

/** What a run called from outside of all functions, and what it gave. */
export function recordedRun<T>(body: () => T): { call: RecordedCall; result: T } {
  const stop = startRecording(summarize, outline)
  const result = body()
  const call = stop().calls.find(({ parent }) => parent === null)
  if (call === undefined) throw new Error('nothing was called')
  return { call, result }
}

/** All numbers of a pytree of arrays and bare numbers. */
export const valuesIn = (tree: unknown): number[] =>
  flatten(tree).leaves.flatMap((leaf) => [jnp.asarray(leaf as ArrayLike).tolist()].flat(9) as number[])

/** What arrives at the inputs on the way back, in their order. */
export function gradientIn({ inputs, reverse, nodes }: TapeDocument): number[] {
  return inputs.flatMap((id) => {
    const step = reverse.findLast((each) => each.phase === 'cotangent' && each.node === id)
    const size = nodes.find((node) => node.id === id)?.primal.values.length ?? 0
    const found = step?.phase === 'cotangent' ? step.cotangent?.values : undefined
    return found === undefined ? Array.from({ length: size }, () => 0) : found.map(Number)
  })
}
