import { jit, jnp, config } from '../../../core/index.ts'
import { collectUnused, memoryUse } from '../../../core/runtime/memory.ts'

/**
 * Calls one function over and over in one synchronous loop, and prints what memory did:
 * `node --expose-gc leaks-program.ts eager|jitted bytes rounds platform`. Each result is dropped at once, and nothing
 * awaits, so that only garbage collection can take the memory back.
 */
const [how, bytesText, roundsText, platform] = process.argv.slice(2)
const elements = Number(bytesText) / 4
const rounds = Number(roundsText)
if (gc === undefined) throw new Error('run with --expose-gc')
const collect = gc

const x = jnp.ones([elements])
// Only the function itself has to run there.
config.update('platform', platform)
const plain = (v: typeof x): typeof x => v.add(v)
const call = how === 'jitted' ? jit(plain) : plain

function inUse(): number {
  // The second collection waits for what the first has begun to free in the background.
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function run(times: number, sample: (round: number) => void): void {
  for (let round = 0; round < times; round++) {
    if (call(x).shape[0] !== elements) throw new Error('wrong result')
    sample(round)
  }
}

// What is made once, such as the traced program and the engine's own code, belongs to the baseline.
run(2_000 / Math.max(1, elements / 2_000), () => undefined)
while (elements > 16 && memoryUse().collections < 2) run(50, () => undefined)
collectUnused()
const baseline = inUse()
const { pages: pagesBefore, bytesInUse: heapBytesBefore } = memoryUse()
const peaks = [0, 0]
const every = Math.max(1, Math.floor(rounds / 200))
const started = performance.now()
run(rounds, (round) => {
  if (round % every !== 0) return
  const half = round < rounds / 2 ? 0 : 1
  peaks[half] = Math.max(peaks[half], process.memoryUsage.rss())
})
const seconds = (performance.now() - started) / 1000
collectUnused()
const use = memoryUse()
const end = inUse()
const pages = use.pages
const heapBytesInUse = use.bytesInUse - heapBytesBefore
console.log(
  JSON.stringify({
    how,
    platform,
    bytes: Number(bytesText),
    rounds,
    baseline,
    end,
    firstHalfPeak: peaks[0],
    secondHalfPeak: peaks[1],
    pagesBefore,
    pages,
    heapBytesInUse,
    seconds,
  }),
)

const megabyte = 2 ** 20
const complaints = [
  ...(end - baseline > 2 * megabyte ? ['the heap in use did not return to its baseline'] : []),
  ...(peaks[1] > peaks[0] * 1.25 + 16 * megabyte ? ['memory did not reach a plateau'] : []),
  ...(pages > pagesBefore ? ['the pages of the CPU heap did not reach a plateau'] : []),
  ...(heapBytesInUse > 0 ? ['the CPU heap still holds blocks'] : []),
]
if (complaints.length > 0) throw new Error(complaints.join('; '))
