import { arch, cpus, loadavg, platform, release } from 'node:os'

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN
}

/** The machine, how busy it is and the runtime, to stand beside what was measured. */
export function machine(): string {
  const [cpu] = cpus()
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores with a load of ${loadavg()[0]?.toFixed(1)}, ${platform()} ${release()} ${arch()}, Node ${process.versions.node}`
}

/** Prints a table whose first column is text, with as much room as it needs. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('   ')
  for (const row of [head, ...rows]) console.log(line(row).trimEnd())
}
