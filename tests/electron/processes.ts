import { execFileSync } from 'node:child_process'

/** The processes that a process has started and that still are. */
export function childrenOf(parent: number): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,comm='], { encoding: 'utf8' }).trim().split('\n')
  return rows.flatMap((row) => {
    const [pid, ppid, state, command] = row.trim().split(/\s+/)
    return Number(ppid) === parent && command !== 'ps' && !state?.startsWith('Z') ? [Number(pid)] : []
  })
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
