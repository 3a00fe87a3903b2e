import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** Colours come from the page's custom properties, so that light and dark are one theme. */
const surface = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--code)', fontSize: 'var(--code-size, 13px)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--code-font)',
    fontVariantLigatures: 'none',
    lineHeight: 'var(--code-leading, 21px)',
    overflowX: 'auto',
  },
  '.cm-content': { padding: '12px 0', caretColor: 'var(--ink)', minHeight: '21px' },
  // The page's own rules for scrollbars do not reach into a shadow root.
  '*::-webkit-scrollbar': { width: '8px', height: '8px' },
  '*::-webkit-scrollbar-thumb': {
    border: '1px solid transparent',
    borderRadius: '4px',
    backgroundColor: 'var(--line-strong)',
    backgroundClip: 'content-box',
  },
  '.cm-line': { padding: '0 8px' },
  // Narrower than a line of code: wrapped, since scrolling to and fro for every line is no reading.
  '@media (max-width: 599.98px)': {
    '.cm-content': { whiteSpace: 'break-spaces', overflowWrap: 'anywhere', flexShrink: '1', minWidth: '0' },
  },
  // Opaque: a long line is scrolled under the line numbers.
  '.cm-gutters': { backgroundColor: 'var(--code)', color: 'var(--gutter)', border: 'none', userSelect: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '32px', padding: '0 6px 0 4px', textAlign: 'right' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLineGutter': { color: 'var(--ink)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '1.5px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--cf) 24%, transparent)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'color-mix(in srgb, var(--ink) 12%, transparent)',
    borderRadius: '2px',
    outline: 'none',
  },
  '.cm-linked-line': { backgroundColor: 'var(--accent-weak)', boxShadow: 'inset 3px 0 var(--accent)' },
  '.cm-error-line': { backgroundColor: 'var(--bad-weak)', boxShadow: 'inset 3px 0 var(--bad)' },
  '.cm-error-place': {
    textDecoration: 'underline wavy var(--bad)',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '4px',
  },
  '.cm-tooltip': {
    border: '1px solid var(--line-strong)',
    borderRadius: '8px',
    backgroundColor: 'var(--card)',
    color: 'var(--ink)',
    boxShadow: 'var(--shadow-over)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--code-font)', fontSize: '13px', maxHeight: '216px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 12px', lineHeight: '20px', minHeight: '24px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--ink)',
    color: 'var(--paper)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionDetail': {
    color: 'inherit',
    opacity: '0.75',
    fontStyle: 'normal',
    fontFamily: 'var(--text-font)',
    fontSize: '12px',
  },
  '.cm-placeholder': { color: 'var(--faint)' },
})

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.definitionKeyword], color: 'var(--syntax-keyword)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--syntax-function)' },
  { tag: tags.definition(tags.function(tags.variableName)), color: 'var(--syntax-function)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--syntax-number)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--syntax-string)' },
  { tag: [tags.typeName, tags.className], color: 'var(--syntax-type)' },
  { tag: tags.comment, color: 'var(--syntax-comment)', fontStyle: 'italic' },
])

export const cellTheme: Extension = [surface, syntaxHighlighting(highlight)]
