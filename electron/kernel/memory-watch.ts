import { memoryUsage } from 'node:process'

const megabyte = 2 ** 20
const interval = 200
/** Changes smaller than this are not worth a message. */
const worthTelling = 16

interface MemoryEvents {
  /** Called once, when the process has passed its limit. */
  readonly exceeded: () => void
  /** Called when what the process takes, in MB, has changed: the host adds up all kernels. */
  readonly changed: (megabytes: number) => void
}

/**
 * Numbers of arrays lie outside the JavaScript heap, so its limit does not hold them. Watches the whole
 * process against a limit in MB: better that a kernel ends than that the machine runs out of memory, the
 * lab with it.
 */
export function watchMemory(limit: number, { exceeded, changed }: MemoryEvents): void {
  let told = 0
  const timer = setInterval(() => {
    const megabytes = Math.round(memoryUsage.rss() / megabyte)
    if (megabytes >= limit) {
      clearInterval(timer)
      exceeded()
    } else if (Math.abs(megabytes - told) >= worthTelling) {
      told = megabytes
      changed(megabytes)
    }
  }, interval)
  timer.unref()
}
