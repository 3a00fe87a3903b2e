import { scaleLinear } from 'd3-scale'
import { curveStepAfter, line } from 'd3-shape'
import type { TapeDocument } from '../../../core/inspect/documents.ts'
import type { SceneNode } from '../scene.ts'
import { polyline, rect, text } from '../shapes.ts'
import type { Theme } from '../theme.ts'
import { type Moment, formatBytes, isEquation, momentAt, stepCount } from './moment.ts'

export const counterHeight = 62
export const chartHeight = 96

/** Work, memory and passes of one direction, under its column. */
export function drawCounters(
  document: TapeDocument,
  moment: Moment,
  direction: 'forward' | 'reverse',
  x: number,
  y: number,
  theme: Theme,
): SceneNode[] {
  const equations = document.nodes.filter(isEquation).length
  const rows: [string, string][] =
    direction === 'forward'
      ? [
          ['work', `${moment.forward.equations} of ${equations}, with tangents`],
          ['held', `${count(moment.forward.live.size, 'pair')}, ${formatBytes(moment.forward.bytes)}`],
          ['full Jacobian', count(document.passes.forward, 'pass', 'passes')],
        ]
      : [
          ['work', `${moment.reverse.equationsOut} of ${equations} out, ${moment.reverse.equationsBack} back`],
          ['held', `${count(moment.reverse.kept.size, 'residual')}, ${formatBytes(moment.reverse.bytes)}`],
          ['full Jacobian', count(document.passes.reverse, 'pass', 'passes')],
        ]
  return rows.flatMap(([name, value], index) => {
    const baseline = y + 14 + index * 20
    return [
      text(x, baseline, name, theme.soft, { size: 12 }),
      text(x + 84, baseline, value, theme.ink, { family: 'mono', size: 11 }),
    ]
  })
}

interface Memory {
  readonly step: number
  readonly phase: Moment['phase']
  readonly forward: number
  readonly reverse: number
}

/** The curve is the same at every step of a document, and costs a run through all of them. */
const curves = new WeakMap<TapeDocument, readonly Memory[]>()

function memoryOf(document: TapeDocument): readonly Memory[] {
  const known = curves.get(document)
  if (known) return known
  const curve = Array.from({ length: stepCount(document) + 1 }, (_, step): Memory => {
    const { phase, forward, reverse } = momentAt(document, step)
    return { step, phase, forward: forward.bytes, reverse: reverse.bytes }
  })
  curves.set(document, curve)
  return curve
}

/** Bytes held after every step in both directions: forward stays flat, reverse fills and empties. */
export function drawMemory(
  document: TapeDocument,
  step: number,
  x: number,
  y: number,
  width: number,
  theme: Theme,
): SceneNode[] {
  const steps = stepCount(document)
  const moments = memoryOf(document)
  const most = Math.max(1, ...moments.map(({ forward, reverse }) => Math.max(forward, reverse)))
  const labelWidth = 64
  const across = scaleLinear([0, steps], [x + labelWidth, x + width - 8])
  const up = scaleLinear([0, most], [y + 78, y + 26])
  const curve = (bytes: (memory: Memory) => number) =>
    line<Memory>(
      (memory) => across(memory.step),
      (memory) => up(bytes(memory)),
    )
      .curve(curveStepAfter)
      .digits(2)(moments) ?? ''
  const area = { x: x + labelWidth, y: y + 26, width: width - 8 - labelWidth, height: 52 }
  const turn = moments.findLast(({ phase }) => phase !== 'back')?.step ?? 0
  const hairline = { stroke: theme.hairline, strokeWidth: 1 }
  return [
    text(x, y + 12, 'Memory held, step by step', theme.ink, { size: 12, weight: 600 }),
    polyline(
      [
        { x: area.x, y: up(0) },
        { x: area.x + area.width, y: up(0) },
      ],
      hairline,
    ),
    polyline(
      [
        { x: area.x, y: up(most) },
        { x: area.x + area.width, y: up(most) },
      ],
      hairline,
    ),
    text(area.x - 8, up(most) + 4, formatBytes(most), theme.soft, { family: 'mono', size: 11, anchor: 'end' }),
    text(area.x - 8, up(0) + 4, '0 B', theme.soft, { family: 'mono', size: 11, anchor: 'end' }),
    polyline(
      [
        { x: across(turn), y: up(most) },
        { x: across(turn), y: up(0) + 4 },
      ],
      { ...hairline, stroke: theme.outline, dash: [2, 3] },
    ),
    text(across(turn), y + 94, 'turn', theme.soft, { size: 11, anchor: 'middle' }),
    {
      kind: 'path',
      d: curve(({ forward }) => forward),
      bounds: area,
      fill: 'none',
      stroke: theme.forward,
      strokeWidth: 2,
      dash: [5, 3],
    },
    {
      kind: 'path',
      d: curve(({ reverse }) => reverse),
      bounds: area,
      fill: 'none',
      stroke: theme.reverse,
      strokeWidth: 2,
    },
    rect(
      { x: across(step) - 1.5, y: up(most) - 4, width: 3, height: up(0) - up(most) + 8 },
      { fill: theme.accent },
      1.5,
    ),
  ]
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
