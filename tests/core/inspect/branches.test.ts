import { expect, test } from 'vitest'
import { type Array as JaxArray, grad, jit, jnp, lax, vmap } from '../../../core/index.ts'
import type { GraphBlock } from '../../../core/inspect/documents.ts'
import { type RecordedCall, graphOfCall, tapeOfCall } from '../../../core/inspect/recording.ts'
import { recordedRun } from './recorded-run.ts'

type X = JaxArray

const callOf = (run: () => unknown): RecordedCall => recordedRun(run).call

const choice = (x: X): X =>
  lax.cond(
    jnp.greater(x, 0),
    (v: X) => v.mul(v),
    (v: X) => v.mul(3),
    x,
  )
const choices = (x: X): X =>
  lax.switch(jnp.astype(x, 'int32'), [(v: X) => v, (v: X) => v.mul(v), (v: X) => v.mul(v).mul(v)], x) as X

/** The labels of the branches of all conds. */
function branchesIn({ nodes }: GraphBlock): string[] {
  return nodes.flatMap(({ primitive, blocks }) => [
    ...(primitive === 'cond' ? blocks.map(({ label }) => label) : []),
    ...blocks.flatMap(branchesIn),
  ])
}

/** The notes without the lines that they name. */
const notesOf = (call: RecordedCall): readonly string[] =>
  (tapeOfCall(call).notes ?? []).map((note) => note.replace(/^(A cond|The cond on line \d+)/, 'The cond'))

test('a tape says which branch ran, and that the other is there', () => {
  const at = (value: number) => callOf(() => grad(choice)(jnp.float32(value)))
  const note = (ran: number, other: number) =>
    `The cond ran branch ${ran}; branch ${other} is in the program too, and did not run.`
  expect(notesOf(at(2))).toEqual([note(1, 0)])
  expect(notesOf(at(-2))).toEqual([note(0, 1)])
  expect(notesOf(callOf(() => jit(grad(choice))(jnp.float32(2))))).toEqual([note(1, 0)])
  // Out of range, an index is that of the nearest branch.
  expect(notesOf(callOf(() => grad(choices)(jnp.float32(9))))).toEqual([
    'The cond ran branch 2; branches 0, 1 are in the program too, and did not run.',
  ])
  expect(notesOf(callOf(() => vmap(grad(choice))(jnp.array([1, -1]))))).toEqual([
    'The cond ran each of its branches in some lane.',
  ])
})

test('a graph says it of each branch, in all steps of a loop', () => {
  const at = (run: () => unknown) => branchesIn(graphOfCall(callOf(run)).root)
  expect(at(() => jit(choice)(jnp.float32(2)))).toEqual(['branch 0, which did not run', 'branch 1, which ran'])
  const loop = (values: X) =>
    jit((xs: X) => lax.scan((c: X, x: X) => [c.add(choice(x)), null] as const, 0, xs)[0])(values)
  expect(at(() => loop(jnp.array([1, 2])))).toEqual(['branch 0, which did not run', 'branch 1, which ran'])
  expect(at(() => loop(jnp.array([1, -2])))).toEqual(['branch 0, which ran', 'branch 1, which ran'])
  // Of a long loop the first steps are shown: what ran in the others is not known.
  expect(at(() => loop(jnp.ones([100])))).toEqual(['branch 0', 'branch 1'])
})
