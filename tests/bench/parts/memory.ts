/**
 * What memory costs: the heap's own work in a fragmented heap, and operations on arrays that lie in it, beside the same
 * operations on plain typed arrays, which is what they would be without it. Run by `npm run bench -- memory`.
 */
import { type Array as JaxArray, jit, jnp, lax } from '../../../core/index.ts'
import { installValueMemory } from '../../../core/ir/host-array.ts'
import { allocate, viewOf } from '../../../core/ir/dtype.ts'
import { sizeOf } from '../../../core/ir/aval.ts'
import { Heap, HeapExhausted } from '../../../core/runtime/heap.ts'
import { collectUnused, useHeap } from '../../../core/runtime/memory.ts'
import { machine, median, printTable } from '../statistics.ts'

const samples = 15

/** Microseconds of one of `times` calls, the median of the samples. */
function timeOf(times: number, body: () => unknown): number {
  for (let i = 0; i < Math.min(times, 2000); i++) body()
  return median(
    Array.from({ length: samples }, () => {
      const start = performance.now()
      for (let i = 0; i < times; i++) body()
      return ((performance.now() - start) / times) * 1000
    }),
  )
}

/** A generator of its own, so that every run does the same. */
function randomNumbers(): () => number {
  let state = 12345
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
}

/** A heap of blocks between which 25,000 others were released: nanoseconds to release one and allocate another. */
function replaceOne(least: number, most: number): number {
  const random = randomNumbers()
  const size = (): number => least + Math.floor(random() * (most - least))
  const heap = new Heap()
  const blocks: number[] = []
  try {
    while (blocks.length < 50_000) blocks.push(heap.allocate(size()))
  } catch (error) {
    if (!(error instanceof HeapExhausted)) throw error
  }
  blocks.forEach((address, i) => {
    if (i % 2 === 0) heap.release(address)
  })
  const held = blocks.filter((_, i) => i % 2 === 1)
  const sizes = Array.from({ length: 1024 }, size)
  let at = 0
  return (
    1000 *
    timeOf(200_000, () => {
      at = (at * 7 + 13) % held.length
      heap.release(held[at] ?? 0)
      held[at] = heap.allocate(sizes[at & 1023] ?? 64)
    })
  )
}

const sizes: readonly (readonly [string, number])[] = [
  ['400 B', 100],
  ['4 KB', 1_000],
  ['400 KB', 100_000],
  ['4 MB', 1_000_000],
]

function operations(): Map<string, number> {
  const times = new Map<string, number>()
  for (const [name, count] of sizes) {
    const x = jnp.ones(count)
    const chain = jit((v: JaxArray) => {
      for (let i = 0; i < 10; i++) v = v.mul(1.01).add(0.5)
      return v
    })
    times.set(
      `eager x + x, ${name}`,
      timeOf(Math.max(20, 2e6 / (count + 100)), () => x.add(x)),
    )
    times.set(
      `jit of 20 operations, ${name}`,
      timeOf(Math.max(5, 2e5 / (count + 100)), () => chain(x)),
    )
  }
  const rows = jnp.ones([2000, 100])
  times.set(
    'scan of 2,000 steps, 400 B a row',
    timeOf(5, () => lax.scan((c: JaxArray, row: JaxArray) => [c.add(row), row.mul(2)], jnp.zeros(100), rows)),
  )
  return times
}

console.log(machine())
printTable(
  ['release and allocate, 25,000 free blocks', 'ns'],
  [
    ['64 B to 4 KB', replaceOne(64, 4096).toFixed(0)],
    ['9 KB to 200 KB', replaceOne(9_000, 200_000).toFixed(0)],
  ],
)
console.log('')
const inHeap = operations()
collectUnused()
installValueMemory({
  allocate: (shape, dtype) => allocate(dtype, sizeOf(shape)),
  part: (whole, dtype, offset, count) => viewOf(dtype, whole.buffer, whole.byteOffset + offset, count),
})
const plain = operations()
useHeap()
printTable(
  ['operation', 'plain', 'in the heap', 'ratio'],
  [...inHeap].map(([name, time]) => {
    const other = plain.get(name) ?? NaN
    return [name, `${other.toFixed(2)} µs`, `${time.toFixed(2)} µs`, (time / other).toFixed(2)]
  }),
)
