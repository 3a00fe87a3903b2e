import MarkdownIt from 'markdown-it'
import type { StateBlock, Token } from 'markdown-it'
import { addFormulas } from './formulas.ts'
import type { ProblemLog } from './problem-log.ts'

/** Quotations and lists inside each other: what lies deeper would be left out, so it is a problem. */
const deepest = 30

/** The one parser of lessons. Nothing that the author writes reaches the page as raw HTML. */
export interface LessonMarkdown {
  /** Blocks in reading order. A line that starts with `:::` is a token `container` of its own. */
  parse(text: string, firstLine: number): Token[]
  /** HTML of some of these tokens. */
  render(tokens: Token[]): string
  /** One line of text, without a paragraph around it. */
  inline(text: string, line: number): string
}

/** @param problems receives formulas that cannot be typeset */
export function createLessonMarkdown(problems: ProblemLog): LessonMarkdown {
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, maxNesting: deepest })
  // A lesson shows nothing that the page would have to fetch.
  markdown.disable('image')
  markdown.block.ruler.before('fence', 'container', readContainerLine, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  })
  addFormulas(markdown, problems)
  return {
    parse(text, firstLine) {
      const tokens = markdown.parse(text, { firstLine })
      const tooDeep = tokens.find((token) => token.level >= deepest - 1)
      if (tooDeep !== undefined) {
        problems.add(
          firstLine + (tooDeep.map?.[0] ?? 0),
          `lists and quotations are nested over ${deepest / 2} deep here`,
        )
      }
      return tokens
    },
    render: (tokens) => markdown.renderer.render(tokens, markdown.options, {}),
    inline: (text, line) => markdown.renderInline(text, { firstLine: line }),
  }
}

/**
 * A line that opens or closes a container. What belongs to which is a matter of lessons, so the lines are left
 * flat: however many there are, reading them neither nests nor looks ahead.
 */
function readContainerLine(state: StateBlock, startLine: number, _endLine: number, silent: boolean): boolean {
  const start = state.bMarks[startLine] ?? 0
  // Inside a quotation a line starts behind its mark.
  if (start > 0 && state.src[start - 1] !== '\n') return false
  if (!state.src.startsWith(':::', start)) return false
  if (silent) return true
  const token = state.push('container', '', 0)
  token.info = state.src.slice(start + 3, state.eMarks[startLine])
  token.map = [startLine, startLine + 1]
  state.line = startLine + 1
  return true
}
