import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view'
import { labCompletions } from './completion.ts'
import { marks, setMarks, type Marks } from './marks.ts'
import { cellTheme } from './theme.ts'

interface CellEditorOptions {
  readonly text: string
  /** What a screen reader calls the editor. */
  readonly label: string
  readonly hint: string
  readonly onChange: (text: string) => void
  readonly onRun: () => void
  readonly onRunAndMove: () => void
  /** The line the cursor is in, from 1; null when the editor is left. */
  readonly onLine: (line: number | null) => void
  /** Texts of the cells above, whose names this one sees. */
  readonly textAbove: () => readonly string[]
}

export interface CellEditor {
  /** Replaces the text, unless it is that already. */
  setText(text: string): void
  setMarks(marks: Marks): void
  focus(line?: number): void
  /** Where the line of the caret is in the window. */
  caret(): { readonly top: number; readonly bottom: number }
  destroy(): void
}

/** An editor for one cell, in a shadow root: only there does it style itself without inline styles. */
export function createCellEditor(parent: HTMLElement, options: CellEditorOptions): CellEditor {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open' })
  const run = (action: () => void) => () => {
    action()
    return true
  }
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        keymap.of([
          { key: 'Shift-Enter', run: run(options.onRunAndMove) },
          { key: 'Mod-Enter', run: run(options.onRun) },
          { key: 'Tab', run: acceptCompletion },
        ]),
        lineNumbers(),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of('  '),
        EditorState.tabSize.of(2),
        bracketMatching(),
        closeBrackets(),
        javascript({ typescript: true }),
        autocompletion({ override: [labCompletions(options.textAbove)], icons: false, maxRenderedOptions: 60 }),
        placeholder(options.hint),
        marks,
        cellTheme,
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ 'aria-label': options.label, spellcheck: 'false', tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onChange(update.state.doc.toString())
          if (update.selectionSet || update.focusChanged || update.docChanged) {
            const { head } = update.state.selection.main
            options.onLine(update.view.hasFocus ? update.state.doc.lineAt(head).number : null)
          }
        }),
      ],
    }),
  })
  return {
    setText(text) {
      const before = view.state.doc.toString()
      if (before !== text) view.dispatch({ changes: difference(before, text) })
    },
    setMarks: (value) => view.dispatch({ effects: setMarks.of(value) }),
    focus(line) {
      if (line !== undefined && line >= 1 && line <= view.state.doc.lines) {
        view.dispatch({ selection: { anchor: view.state.doc.line(line).from }, scrollIntoView: true })
      }
      view.focus()
    },
    caret() {
      // The heights are known of lines that are not drawn, too.
      const { top, bottom } = view.lineBlockAt(view.state.selection.main.head)
      return { top: view.documentTop + top, bottom: view.documentTop + bottom }
    },
    destroy: () => view.destroy(),
  }
}

/** The one change that makes `after` of `before`: what stays around it keeps the cursor where it is. */
function difference(before: string, after: string): { from: number; to: number; insert: string } {
  const shortest = Math.min(before.length, after.length)
  let [start, end] = [0, 0]
  while (start < shortest && before[start] === after[start]) start++
  while (end < shortest - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) }
}
