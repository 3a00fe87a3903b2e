import type { TapeDocument, TapeNode, ValueSummary } from '../../../core/inspect/documents.ts'
import { fitText, measure } from '../text/measure.ts'

/** The box of a node, the same in both columns but for the row where cotangents add. */
export interface TapeBox {
  readonly node: TapeNode
  readonly width: number
  /** Without the row for the terms of a sum. */
  readonly height: number
  readonly sumRow: number
  /** Nodes that read it, once for each operand. */
  readonly readers: readonly { readonly node: string; readonly operand: number }[]
}

export const labelSize = 12
export const valueSize = 12
export const derivativeSize = 13
export const termSize = 11
export const noDerivative = 'no derivative'
export const noDerivativeSize = 11
export const dotRadius = 4.5
export const dotStep = 13
const boxHeight = 58
const sumRowHeight = 18
const widestValue = 116
/** Dots beyond these are counted, not drawn. */
export const mostDots = 4

export function tapeBoxes(document: TapeDocument): TapeBox[] {
  return document.nodes.map((node) => {
    const readers = document.nodes.flatMap((reader) =>
      reader.operands.flatMap((id, operand) => (id === node.id ? [{ node: reader.id, operand }] : [])),
    )
    const terms = termsReaching(document, node.id)
    const sumRow = terms.length > 1 ? sumRowHeight : 0
    return { node, width: Math.ceil(widthOf(document, node, terms)), height: boxHeight, sumRow, readers }
  })
}

function termsReaching(document: TapeDocument, id: string): ValueSummary[] {
  return document.reverse.flatMap((step) =>
    step.phase === 'cotangent' ? step.contributions.filter(({ to }) => to === id).map(({ value }) => value) : [],
  )
}

function widthOf(document: TapeDocument, node: TapeNode, terms: readonly ValueSummary[]): number {
  const head = measure(node.label, 'sans', labelSize, 600) + 10 + measure(shortValue(node.primal), 'mono', valueSize)
  const residuals = document.residuals.filter((residual) => residual.node === node.id).length
  const dots = residuals === 0 ? 0 : residuals > mostDots ? 44 : residuals * dotStep + 8
  const derivatives = [
    ...document.forward.filter((step) => step.node === node.id).map(({ tangent }) => tangent),
    ...document.reverse.map((step) => (step.phase === 'cotangent' && step.node === node.id ? step.cotangent : null)),
    ...document.reverse.flatMap((step) =>
      step.phase === 'cotangent' ? step.contributions.filter(({ to }) => to === node.id).map(({ sum }) => sum) : [],
    ),
  ]
  const widest = Math.max(
    0,
    ...derivatives.map((value) => (value ? measure(shortValue(value), 'mono', derivativeSize, 600) : 0)),
  )
  const none = node.inactive ? measure(noDerivative, 'sans', noDerivativeSize) : 0
  const sum = terms.length > 1 ? measure(sumText(terms, terms.length), 'mono', termSize) : 0
  return Math.max(88, head + 20, dots + Math.max(widest, none) + 20, sum + 20)
}

/** As much of a value as a box has room for; the inspector has the rest. */
export function shortValue(value: ValueSummary): string {
  const text = value.text.replace(/^-/, '−').replace(/([ [(])-/g, '$1−')
  // Of a summary the mean is enough: `mean 0.50, 0.01 … 0.99`.
  const head = text.startsWith('mean ') ? (text.split(',')[0] ?? text) : text
  return fitText(head, widestValue, 'mono', valueSize)
}

/** A value within a sentence. */
export function spokenValue(value: ValueSummary): string {
  const text = shortValue(value)
  return text.startsWith('contains ') ? `(${text})` : text
}

/** `0.6816 − 0.4794`: the terms of a sum so far, with an ellipsis for those to come. */
export function sumText(terms: readonly ValueSummary[], expected: number): string {
  if (expected > 3) return `${terms.length} of ${expected} terms`
  const [first, ...rest] = terms.map(shortValue)
  if (first === undefined) return ''
  const joined = rest.reduce(
    (sum, term) => (term.startsWith('−') ? `${sum} − ${term.slice(1)}` : `${sum} + ${term}`),
    first,
  )
  return terms.length < expected ? `${joined} + …` : joined
}
