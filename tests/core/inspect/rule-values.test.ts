import { describe, expect, test } from 'vitest'
import {
  ShapeDtypeStruct,
  type Array as JaxArray,
  type ArrayLike,
  customJvp,
  customVjp,
  grad,
  jnp,
  jvp,
  pureCallback,
  vjp,
  vmap,
} from '../../../core/index.ts'
import { type RecordedCall, graphOfCall, tapeOfCall } from '../../../core/inspect/recording.ts'
import type { TapeDocument } from '../../../core/inspect/documents.ts'
import { recordedRun } from './recorded-run.ts'

type X = JaxArray

const offset = jnp.array([0.5, -1, 2])
const xs = jnp.array([0.3, -0.7, 1.1])
const x0 = jnp.float32(0.7)

const values = (x: unknown): number[] => [...jnp.ravel(x as ArrayLike).data()].map(Number)

function gradientIn({ inputs, reverse }: TapeDocument): number[] {
  const step = reverse.findLast((each) => each.phase === 'cotangent' && each.node === inputs[0])
  return step?.phase === 'cotangent' ? (step.cotangent?.values.map(Number) ?? []) : []
}

function tangentOut({ forward, outputs }: TapeDocument): number[] {
  return forward.findLast(({ node }) => node === outputs[0])?.tangent?.values.map(Number) ?? []
}

const expectClose = (found: readonly number[], wanted: readonly number[]): void =>
  expect(found).toEqual(wanted.map((value) => expect.closeTo(value, 4)))

describe('what a function of the host gave in a rule', () => {
  let hosted = 0
  const host = (x: X): X =>
    pureCallback(
      (v: X) => {
        hosted++
        return jnp.sin(v)
      },
      new ShapeDtypeStruct(x.shape),
      x,
      { vmapMethod: 'sequential' },
    ) as X
  const slope = (x: X): X => host(x.add(Math.PI / 2))
  const forward = customJvp((x: X) => host(x))
  forward.defjvp(([x]: [X], [t]: [X]) => [forward(x), slope(x).mul(t)])
  const reverse = customVjp((x: X) => host(x))
  reverse.defvjp(
    (x: X) => [reverse(x), slope(x)],
    (kept: X, ct: X) => [ct.mul(kept)],
  )
  const looked = (call: RecordedCall, name: string): TapeDocument => {
    const before = hosted
    const document = tapeOfCall(call)
    graphOfCall(call)
    expect(hosted, name).toBe(before)
    return document
  }

  test('is on the tape as the run had it', () => {
    for (const f of [forward, reverse]) {
      const loss = (x: X): X => jnp.sum(f(x.mul(2)).mul(offset))
      const one = recordedRun(() => grad(loss)(xs))
      expectClose(gradientIn(looked(one.call, 'grad')), values(one.result))
      const lanes = recordedRun(() => vmap(grad((x: X) => f(x).mul(x)))(xs))
      expectClose(gradientIn(looked(lanes.call, 'vmap of grad')), values(lanes.result))
    }
    const pushed = recordedRun(() => jvp((x: X) => forward(x).mul(x), [x0], [jnp.float32(1)])[1])
    expectClose(tangentOut(looked(pushed.call, 'jvp')), values(pushed.result))
  })

  test('is not known where it was given a cotangent, which is another on the tape', () => {
    const clipped = customVjp((x: X) => x.mul(x))
    clipped.defvjp(
      (x: X) => [clipped(x), x],
      (x: X, ct: X) => [host(ct).mul(x)],
    )
    const { call } = recordedRun(() => vjp(clipped as never, x0)[1](jnp.float32(0.5) as never))
    const before = hosted
    expect(() => tapeOfCall(call)).toThrow('The tape would have to call your function in pure_callback again.')
    expect(hosted).toBe(before)
  })
})

test('a tangent or cotangent that is an array of the primals too is another value on the tape', () => {
  const forward = customJvp((a: X) => jnp.sin(a))
  forward.defjvp(([a]: [X], [t]: [X]) => [jnp.sin(a), jnp.cos(a).mul(t).mul(2)])
  const pushed = recordedRun(() => jvp(forward, [x0], [x0]))
  // 2 cos 0.7, for a tangent of one.
  expectClose(tangentOut(tapeOfCall(pushed.call)), [1.5296844])
  const given = jnp.float32(3)
  const reader = customJvp((a: X) => a.mul(given))
  reader.defjvp(([a]: [X], [t]: [X]) => [a.mul(given), t.mul(given)])
  expectClose(tangentOut(tapeOfCall(recordedRun(() => jvp(reader, [x0], [given])).call)), [3])
  const reverse = customVjp((a: X) => jnp.sin(a))
  reverse.defvjp(
    (a: X) => [jnp.sin(a), a],
    (a: X, ct: X) => [jnp.cos(a).mul(ct).mul(2)],
  )
  const pulled = recordedRun(() => vjp(reverse as never, x0)[1](x0 as never))
  expectClose(gradientIn(tapeOfCall(pulled.call)), [1.5296844])
})
