/**
 * Replaces the ids of cells, which nobody sees on the page (`cell:spy`), by what the page calls them (`Cell 2`). What
 * is no cell of the lesson stays as it was printed.
 */
export function withCellNames(text: string, nameOf: (cellId: string) => string): string {
  return text.replace(/\bcell:([\w-]+)/g, (id, cellId: string) => {
    const name = nameOf(cellId)
    return name === `cell ${cellId}` ? id : name
  })
}
