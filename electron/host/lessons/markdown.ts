import katex from 'katex'
import MarkdownIt from 'markdown-it'
import type { ProblemLog } from './problem-log.ts'

/** Renders the prose of a lesson. Nothing that the author writes reaches the page as raw HTML. */
export interface ProseRenderer {
  /** Paragraphs, lists, tables, code, mathematics. `line` is where the text starts. */
  block(text: string, line: number): string
  /** One line of text, without a paragraph around it. */
  inline(text: string, line: number): string
}

/** @param problems receives formulas that cannot be typeset */
export function createProseRenderer(problems: ProblemLog): ProseRenderer {
  let line = 1
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false })
  // A lesson shows nothing that the page would have to fetch.
  markdown.disable('image')
  markdown.inline.ruler.after('escape', 'math', (state, silent) => {
    const match = readFormula(state.src, state.pos)
    if (match === null) return false
    if (!silent) {
      const token = state.push('math', 'math', 0)
      token.content = match.formula
      token.block = match.display
    }
    state.pos = match.end
    return true
  })
  markdown.renderer.rules['math'] = (tokens, index) => {
    const token = tokens[index]
    return token === undefined ? '' : renderFormula(token.content, token.block, line, problems)
  }
  return {
    block(text, startLine) {
      line = startLine
      return markdown.render(text)
    },
    inline(text, startLine) {
      line = startLine
      return markdown.renderInline(text)
    },
  }
}

/** `$…$` within a line of text, `$$…$$` on its own; `\$` is a dollar sign, and so is one beside a space or a digit. */
export function readFormula(
  source: string,
  start: number,
): { readonly formula: string; readonly display: boolean; readonly end: number } | null {
  if (source[start] !== '$') return null
  const display = source[start + 1] === '$'
  const fence = display ? '$$' : '$'
  const from = start + fence.length
  for (let at = source.indexOf(fence, from); at >= 0; at = source.indexOf(fence, at + 1)) {
    if (source[at - 1] === '\\') continue
    const formula = source.slice(from, at)
    if (formula.trim() === '') return null
    if (!display && (/^\s|\s$/.test(formula) || /[0-9]/.test(source[at + 1] ?? ''))) return null
    return { formula, display, end: at + fence.length }
  }
  return null
}

const typesetting = { output: 'mathml', throwOnError: true, strict: 'error' } as const

function renderFormula(formula: string, display: boolean, line: number, problems: ProblemLog): string {
  try {
    return spaceOperators(katex.renderToString(formula, { ...typesetting, displayMode: display }))
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^KaTeX parse error: /, '') : String(error)
    problems.add(line, `cannot typeset $${formula}$: ${reason}`)
    return `<code>${escapeHtml(formula)}</code>`
  }
}

const thinSpace = '<mspace width="0.1667em"></mspace>'
const operatorName = '<mi>[a-z]{2,}</mi><mo>\u2061</mo>'
const beforeOperator = new RegExp(
  `(</(?:mi|mn|msup|msub|mfrac|msqrt|mrow)>|<mo stretchy="false">\\)</mo>)(?=${operatorName})`,
  'g',
)
const afterOperator = new RegExp(`(${operatorName})(?!<mo stretchy="false">\\()`, 'g')

/** Browsers set the names of functions solid: `x sin y` needs the spaces that TeX would give it. */
function spaceOperators(mathml: string): string {
  return mathml.replace(beforeOperator, `$1${thinSpace}`).replace(afterOperator, `$1${thinSpace}`)
}

/** Text made safe to stand in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
