import type { InspectionDocument } from '../../../core/inspect/documents.ts'
import { drawFigure, stepsOf } from '../../../renderer/visuals/draw.ts'
import { initiallyOpen } from '../../../renderer/visuals/graph/layout.ts'
import { directEngine } from '../../../renderer/visuals/layout/direct-engine.ts'
import { Planner } from '../../../renderer/visuals/plan.ts'
import type { Scene } from '../../../renderer/visuals/scene.ts'
import { type ThemeName, themes } from '../../../renderer/visuals/theme.ts'
import { longGraph, networkGraph, productGraph, scanGraph, whileGraph } from './documents/graphs.ts'
import { reusedKeys } from './documents/keys.ts'
import { chainTape, productTape } from './documents/tapes.ts'
import { psumTimeline, unevenTimeline } from './documents/timelines.ts'

/** A figure as a test asks for it: a document, and how it is looked at. */
export interface Sample {
  readonly name: string
  readonly document: InspectionDocument
  readonly theme?: ThemeName
  readonly step?: number
  readonly selected?: string
  readonly line?: number
  /** Equations to open besides those that are open at first. */
  readonly open?: readonly string[]
}

/** Every figure in the states that matter; each has a golden file. */
export const samples: readonly Sample[] = [
  { name: 'graph-product', document: productGraph },
  { name: 'graph-product-linked', document: productGraph, theme: 'dark', selected: 'f.1', line: 1 },
  { name: 'graph-scan', document: scanGraph },
  { name: 'graph-scan-jit-open', document: scanGraph, open: ['r.1'], theme: 'print' },
  { name: 'graph-while', document: whileGraph },
  { name: 'graph-network', document: networkGraph },
  { name: 'graph-program', document: longGraph(301), selected: 'q.9', line: 3 },
  { name: 'tape-product-0', document: productTape, step: 0 },
  { name: 'tape-product-4', document: productTape, step: 4 },
  { name: 'tape-product-8', document: productTape, step: 8, theme: 'dark' },
  { name: 'tape-product', document: productTape },
  { name: 'tape-chain', document: chainTape, step: 30, theme: 'print' },
  { name: 'keys-reused', document: reusedKeys },
  { name: 'keys-none', document: { ...reusedKeys, nodes: [], reuses: 0 } },
  { name: 'timeline-uneven', document: unevenTimeline },
  { name: 'timeline-psum', document: psumTimeline, theme: 'dark', selected: 'cpu:1.psum' },
]

const planner = new Planner(directEngine())
/** Machines under load must get the same picture: in tests a layout may take its time. */
const patience = 60_000

export async function drawSample({
  document,
  theme = 'light',
  step,
  selected,
  line,
  open = [],
}: Sample): Promise<Scene> {
  const opened = new Set([...(document.kind === 'graph' ? initiallyOpen(document.root) : []), ...open])
  const plan = await planner.plan(document, opened, patience)
  const scene = drawFigure(document, plan, {
    theme: themes[theme],
    step: step ?? stepsOf(document),
    open: opened,
    selected: selected ?? null,
    highlight: line === undefined ? null : { file: 'cell:1', line },
  })
  if (!scene) throw new Error(`${document.title} has no picture`)
  return scene
}
