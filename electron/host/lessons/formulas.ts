import katex from 'katex'
import type { MarkdownIt, Token } from 'markdown-it'
import { escapeHtml } from './escape-html.ts'
import type { ProblemLog } from './problem-log.ts'

/** In characters: far more than a page is wide, and little enough to look for its end at every dollar sign. */
const longestFormula = 2000
/** `maxSize` in em: a rule or a space that is larger would push the page away. */
const typesetting = { output: 'mathml', throwOnError: true, strict: 'error', maxSize: 50, maxExpand: 200 } as const

/** Teaches Markdown to read `$…$` and `$$…$$`, and to write them as MathML. */
export function addFormulas(markdown: MarkdownIt, problems: ProblemLog): void {
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
  markdown.core.ruler.after('inline', 'math-lines', ({ tokens, env }) => {
    let blockLine = 0
    for (const token of tokens) {
      blockLine = token.map?.[0] ?? blockLine
      if (token.type === 'inline') setLines(token.children ?? [], Number(env['firstLine']) + blockLine)
    }
  })
  markdown.renderer.rules['math'] = (tokens, index) => {
    const token = tokens[index]
    return token === undefined ? '' : renderFormula(token, problems)
  }
}

/** Formulas are typeset long after they are read, and a problem has to name their line even then. */
function setLines(children: readonly Token[], firstLine: number): void {
  let line = firstLine
  for (const token of children) {
    if (token.type === 'math') {
      token.meta = { line }
      line += token.content.split('\n').length - 1
    } else if (token.type === 'softbreak' || token.type === 'hardbreak') line++
  }
}

/** `$…$` within a line of text, `$$…$$` on its own; `\$` is a dollar sign, and so is one beside a space or a digit. */
function readFormula(
  source: string,
  start: number,
): { readonly formula: string; readonly display: boolean; readonly end: number } | null {
  if (source[start] !== '$') return null
  const display = source[start + 1] === '$'
  const fence = display ? '$$' : '$'
  const from = start + fence.length
  const within = source.slice(from, from + longestFormula + fence.length)
  for (let at = within.indexOf(fence); at >= 0; at = within.indexOf(fence, at + 1)) {
    if (within[at - 1] === '\\') continue
    const formula = within.slice(0, at)
    if (formula.trim() === '') return null
    if (!display && (/^\s|\s$/.test(formula) || /[0-9]/.test(within[at + 1] ?? ''))) return null
    return { formula, display, end: from + at + fence.length }
  }
  return null
}

function renderFormula({ content, block, meta }: Token, problems: ProblemLog): string {
  try {
    return spaceOperators(katex.renderToString(content, { ...typesetting, displayMode: block }))
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^KaTeX parse error: /, '') : String(error)
    problems.add(Number(meta?.['line'] ?? 1), `cannot typeset $${content}$: ${reason}`)
    return `<code>${escapeHtml(content)}</code>`
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
