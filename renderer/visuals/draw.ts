import type { InspectionDocument, SourceSpan } from '../../core/inspect/documents.ts'
import { programScene } from './graph/program.ts'
import { graphScene } from './graph/scene.ts'
import { graphTable } from './graph/table.ts'
import { keysScene } from './keys/scene.ts'
import { keysTable } from './keys/table.ts'
import type { Plan } from './plan.ts'
import type { FigureTable, Scene } from './scene.ts'
import { stepCount } from './tape/moment.ts'
import { tapeScene } from './tape/scene.ts'
import { tapeTable } from './tape/table.ts'
import type { Theme } from './theme.ts'
import { timelineScene } from './timeline/scene.ts'
import { timelineTable } from './timeline/table.ts'

/** How a figure of any kind is looked at. */
export interface FigureView {
  readonly theme: Theme
  /** Steps taken, for a figure that has steps. */
  readonly step: number
  readonly open: ReadonlySet<string>
  readonly selected: string | null
  readonly highlight: Pick<SourceSpan, 'file' | 'line'> | null
}

/** Steps of a figure; 0 when it shows everything at once. */
export function stepsOf(document: InspectionDocument): number {
  return document.kind === 'tape' ? stepCount(document) : 0
}

/** The scene of a planned figure, or null where only its table can be shown. */
export function drawFigure(document: InspectionDocument, plan: Plan, view: FigureView): Scene | null {
  switch (document.kind) {
    case 'graph':
      if (plan.kind === 'graph') return graphScene(document, plan.placed, view)
      return plan.kind === 'program' ? programScene(document, view) : null
    case 'tape':
      return plan.kind === 'tape' ? tapeScene(document, plan.layout, view.step, view) : null
    case 'keys':
      return keysScene(document, view)
    case 'timeline':
      return timelineScene(document, view)
  }
}

/** The same figure as a table. */
export function tableOf(document: InspectionDocument, step: number): FigureTable {
  switch (document.kind) {
    case 'graph':
      return graphTable(document)
    case 'tape':
      return tapeTable(document, step)
    case 'keys':
      return keysTable(document)
    case 'timeline':
      return timelineTable(document)
  }
}
