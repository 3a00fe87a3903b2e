/** Below this width the lesson list folds into a button. */
const foldList = 1180
const listWidth = 256
/** The text column of 600, its margins and the scroll bar. */
const textWidth = 632
const leastText = 420
export const leastDock = 340

/** Width of the figure dock: what the text column leaves, unless the user chose otherwise. */
export function windowLayout(window: number, wanted: number | null): { dock: number; most: number } {
  const room = window - (window < foldList ? 0 : listWidth)
  const most = Math.max(leastDock, room - leastText)
  const usual = Math.max(440, room - textWidth)
  return { dock: Math.max(leastDock, Math.min(most, wanted ?? usual)), most }
}
