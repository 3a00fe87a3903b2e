import { describe, expect, it } from 'vitest'
import { byteSize, formatBytes, momentAt, stepCount } from '../../../renderer/visuals/tape/moment.ts'
import { tapeCaption } from '../../../renderer/visuals/tape/words.ts'
import { array, scalar } from './documents/builder.ts'
import { chainTape, productTape } from './documents/tapes.ts'

/** What the reverse column shows, as text. */
function reverseAt(step: number) {
  const { reverse } = momentAt(productTape, step)
  return {
    cotangents: Object.fromEntries([...reverse.cotangents].map(([node, value]) => [node, value.text])),
    kept: [...reverse.kept],
    freed: [...reverse.freed],
    bytes: reverse.bytes,
  }
}

describe('the tapes step by step', () => {
  it('take a step for every node on the way out and for every cotangent back', () => {
    expect(stepCount(productTape)).toBe(6 + 4)
  })

  it('start with nothing', () => {
    const { phase, forward, reverse } = momentAt(productTape, 0)
    expect([phase, forward.tangents.size, reverse.primals.size, reverse.bytes]).toEqual(['start', 0, 0, 0])
  })

  it('keep residuals on the way out and free them on the way back', () => {
    expect(reverseAt(6)).toEqual({ cotangents: {}, kept: ['r0', 'r1', 'r2', 'r3'], freed: [], bytes: 16 })
    expect(reverseAt(8)).toEqual({
      cotangents: { z: '1', m: '1', k: '1', x: '−0.4794' },
      kept: ['r0', 'r1', 'r2'],
      freed: ['r3'],
      bytes: 12,
    })
    expect(reverseAt(10)).toMatchObject({ kept: [], bytes: 0 })
  })

  it('add the cotangents that meet at a node', () => {
    const { terms, cotangents } = momentAt(productTape, 9).reverse
    expect(terms.get('x')?.map(({ from, value }) => [from, value.text])).toEqual([
      ['k', '−0.4794'],
      ['m', '0.6816'],
    ])
    expect(cotangents.get('x')?.text).toBe('0.2022')
  })

  it('let forward mode forget what nothing reads any more', () => {
    expect([...momentAt(productTape, 2).forward.live]).toEqual(['x', 'y'])
    // y has been read by sin; x waits for mul and cos.
    expect([...momentAt(productTape, 3).forward.live]).toEqual(['x', 's'])
    expect([...momentAt(productTape, 6).forward.live]).toEqual(['z'])
    expect(momentAt(productTape, 6).forward.bytes).toBe(8)
  })

  it('count equations, not arguments', () => {
    const { forward, reverse } = momentAt(productTape, 10)
    expect([forward.equations, reverse.equationsOut, reverse.equationsBack]).toEqual([4, 4, 4])
  })

  it('hold ever more in reverse and a constant amount forward, in a chain', () => {
    const turn = chainTape.nodes.length
    const held = Array.from({ length: turn }, (_, step) => momentAt(chainTape, step))
    const grows = held.every(({ reverse }, step) => step === 0 || reverse.bytes >= (held[step - 1]?.reverse.bytes ?? 0))
    expect(grows).toBe(true)
    expect(Math.max(...held.map(({ forward }) => forward.live.size))).toBeLessThanOrEqual(3)
  })
})

describe('the sentence under the tapes', () => {
  const at = (step: number) => tapeCaption(productTape, momentAt(productTape, step))

  it.each([
    [0, 'Both directions start from the same arguments; no equation has run yet.'],
    [4, 'mul is 0.3408. Forward carries the tangent 1.0475 along; reverse keeps a and c for the way back.'],
    [8, 'cos has cotangent 1 and hands x −0.4794; sin a is no longer needed.'],
    [
      9,
      'mul has cotangent 1 and hands x 0.6816 and sin 0.5000; a and c are no longer needed. x receives −0.4794 by cos and 0.6816 by mul: they add to 0.2022.',
    ],
    [
      10,
      'sin has cotangent 0.5000 and hands y 0.3658; cos b is no longer needed. x receives −0.4794 by cos and 0.6816 by mul: they add to 0.2022.',
    ],
  ])('says what happens at step %i', (step, words) => {
    expect(at(step)).toBe(words)
  })
})

it('sizes values by their dtype', () => {
  expect([byteSize(scalar(1)), byteSize(array('', 'f32[8,128]')), byteSize(array('', 'bool[10]'))]).toEqual([
    4, 4096, 10,
  ])
  expect([formatBytes(16), formatBytes(4096), formatBytes(3 * 1024 ** 2)]).toEqual(['16 B', '4.0 KiB', '3.0 MiB'])
})
