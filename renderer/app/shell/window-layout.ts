/** Below this width the lesson list folds into a button. */
const foldList = 1180
const listWidth = 256
/** Advance of a character of code, and what stands around the code of a cell: line numbers, borders, a strip. */
const character = 7.8
const cellFrame = 52
/** Columns of code that the text column shows at least, where the window has them, and at most. */
const fewestColumns = 66
const mostColumns = 110
export const leastDock = 300

/** Width of the text with `columns` of code, its margins and the scrollbar. */
function textWidth(columns: number, margins: number): number {
  return Math.ceil(columns * character) + cellFrame + margins
}

/**
 * Width of the figure dock: a little less than half of the room beside the lesson list, unless the user chose
 * otherwise. The text gets the room to show a line of code whole, and never more than can be read with ease.
 */
export function windowLayout(window: number, wanted: number | null): { dock: number; most: number } {
  const folded = window < foldList
  const room = window - (folded ? 0 : listWidth)
  const margins = folded ? 32 : 48
  const least = textWidth(fewestColumns, margins)
  const text = Math.min(textWidth(mostColumns, margins), Math.max(least, Math.round(room * 0.53)))
  const most = Math.max(leastDock, room - least)
  return { dock: Math.round(Math.max(leastDock, Math.min(most, wanted ?? room - text))), most }
}
