import { namesOf, type CellNames } from '../../editor/cell-names.ts'

/** What a cell had before it when it ran: the source of each earlier cell as last run, by cell id. */
export type EarlierSources = ReadonlyMap<string, string>

/** A cell as far as staleness goes. */
export interface DatedCell {
  readonly id: string
  /** What the editor shows. */
  readonly text: string
  /** The last finished run that is still in memory. */
  readonly ran: { readonly source: string; readonly earlier: EarlierSources } | null
}

/**
 * Results that the text above them no longer gives: the ids of cells that ran, and that read a name which
 * an earlier cell declares, where that cell was edited or ran otherwise since. Staleness passes on.
 */
export function staleCells(cells: readonly DatedCell[], names: (source: string) => CellNames = namesOf): Set<string> {
  const stale = new Set<string>()
  for (const [at, cell] of cells.entries()) {
    if (!cell.ran) continue
    const { source, earlier } = cell.ran
    const reads = names(source).reads
    const changed = cells.slice(0, at).some((above) => {
      const before = earlier.get(above.id)
      const declares = new Set([...names(above.text).declares, ...names(before ?? '').declares])
      if ([...declares].every((name) => !reads.has(name))) return false
      if (stale.has(above.id)) return true
      // A cell that never ran gave nothing, whatever its text says.
      if (before === undefined) return above.ran !== null
      return above.text !== before || above.ran?.source !== before
    })
    if (changed) stale.add(cell.id)
  }
  return stale
}
