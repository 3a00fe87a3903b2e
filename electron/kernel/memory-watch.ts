import { writeFileSync } from 'node:fs'
import { constrainedMemory, memoryUsage } from 'node:process'
import { totalmem } from 'node:os'

const megabyte = 2 ** 20
const interval = 200

/**
 * Numbers of arrays lie outside the JavaScript heap, so its limit does not hold them. Watches the whole
 * process, and calls once when it passes the limit (in MB): better that a kernel ends than that the
 * machine runs out of memory, the lab with it.
 */
export function watchMemory(limit: number, exceeded: () => void): void {
  preferThisProcessToDie()
  const timer = setInterval(() => {
    if (memoryUsage.rss() < limit * megabyte) return
    clearInterval(timer)
    exceeded()
  }, interval)
  timer.unref()
}

/** What one kernel may take of the machine when nobody says otherwise. */
export function defaultLimit(): number {
  const allowed = constrainedMemory()
  const machine = allowed > 0 && allowed < totalmem() ? allowed : totalmem()
  return Math.floor((machine * 0.6) / megabyte)
}

/** Should Linux have to end a process for want of memory, it takes the kernel and not the lab. */
function preferThisProcessToDie(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '800')
  } catch {
    // Not Linux, or not allowed: the watch remains.
  }
}
