import { RuntimeError } from '../errors.ts'
import { type Shape, sizeOf } from '../ir/aval.ts'
import { type DType, type TypedArray, allocate, isStoredIn, itemSize, viewOf } from '../ir/dtype.ts'
import { installValueMemory } from '../ir/host-array.ts'
import { onInterruption } from '../tracing/restore.ts'
import { collectGarbage, prepareCollector } from './collector.ts'
import { Heap, HeapExhausted, maxHeapPages } from './heap.ts'

/**
 * The memory of values: one heap a kernel, in which every value of more than 64 bytes has a block. The typed array
 * that was made with a block is its life: who holds the typed array, or a view that was made of it here, may read
 * it; when nobody does, the block is free. That is found out by collecting garbage, once enough has been allocated,
 * between two operations. What is known to have no reader any more is released at once.
 */

/** Values up to so many bytes are plain typed arrays: they cost less than a block. */
export let plainBytes = 64

/** One block of the heap. */
export class Block {
  readonly address: number
  readonly shape: Shape
  readonly dtype: DType
  /** The typed array that it lives as long as: held until garbage is collected first, since most are released before. */
  #view: TypedArray | WeakRef<TypedArray>
  /** Arrays, records and views that hold it. Those that were collected as garbage are still counted. */
  holders = 0
  /** Threads and programs that use its address: while there are any, it stays. */
  pins = 0
  /** The run of a program, by number, that alone knows of it (0: none), and in how many variables that run has it. */
  run = 0
  variables = 0
  released = false

  constructor(address: number, shape: Shape, dtype: DType, view: TypedArray) {
    this.address = address
    this.shape = shape
    this.dtype = dtype
    this.#view = view
  }

  /** The typed array, as long as somebody else has it. */
  get view(): TypedArray | undefined {
    return this.#view instanceof WeakRef ? this.#view.deref() : this.#view
  }

  /** From now on it is not held any more. */
  weaken(): void {
    if (!(this.#view instanceof WeakRef)) this.#view = new WeakRef(this.#view)
  }

  get bytes(): number {
    return sizeOf(this.shape) * itemSize(this.dtype)
  }
}

const megabyte = 2 ** 20
/** How much is allocated at least before garbage is collected, in bytes and in blocks. */
const leastBytes = 128 * megabyte
const leastBlocks = 200_000

let heap: Heap | null = null
let limit = maxHeapPages * 65_536
const blocks = new Map<number, Block>()
/** The bytes of the heap, and the objects that stood for them before it grew. */
let heapBuffer: ArrayBufferLike | null = null
const heapBuffers = new WeakSet<ArrayBufferLike>()
/** The block that was made last: it is asked for next. */
let newest: Block | null = null
let newestView: TypedArray | null = null
/** Views of other shapes or dtypes hold the typed array that their block lives as long as. */
const wholes = new WeakMap<TypedArray, TypedArray>()
let collectAtBytes = leastBytes
let collectAtBlocks = leastBlocks
/** Programs that are running: what is deleted meanwhile may still be in their variables. */
let running = 0
let runs = 0
let collections = 0
/** Bytes that are overwritten when a block is released: tests of who still reads it. */
let poison: number | null = null

onInterruption(() => {
  running = 0
  newest = null
  newestView = null
  // One whose release was broken off half-way.
  for (const block of blocks.values()) if (block.released) blocks.delete(block.address)
  heap?.rebuild(blocks.keys())
})

/** Has values lie in the heap. Only the thread that runs cells may: the others are told addresses. */
export function useHeap(): void {
  prepareCollector()
  installValueMemory({
    allocate: (shape, dtype, zeroed) =>
      sizeOf(shape) * itemSize(dtype) <= plainBytes ? allocate(dtype, sizeOf(shape)) : newBlock(shape, dtype, zeroed),
    part: viewInto,
  })
}

function kernelHeap(): Heap {
  heap ??= new Heap()
  return heap
}

/** The memory that device threads and compiled programs work on. */
export function heapMemory(): WebAssembly.Memory {
  return kernelHeap().memory
}

/** The most bytes that values may take. */
export function limitMemory(bytes: number): void {
  limit = Math.min(bytes, maxHeapPages * 65_536)
}

/** Memory for a value; what it holds is anything, unless `zeroed`. RuntimeError when there is none. */
export function newBlock(shape: Shape, dtype: DType, zeroed: boolean): TypedArray {
  const count = sizeOf(shape)
  const bytes = count * itemSize(dtype)
  let address: number
  try {
    address = addressFor(bytes, zeroed)
  } catch (error) {
    if (!(error instanceof HeapExhausted)) throw error
    collectUnused()
    address = lastResort(bytes, zeroed, shape, dtype)
  }
  const { buffer } = kernelHeap()
  if (buffer !== heapBuffer) {
    heapBuffers.add(buffer)
    heapBuffer = buffer
  }
  const view = viewOf(dtype, buffer, address, count)
  newest = new Block(address, shape, dtype, view)
  newestView = view
  blocks.set(address, newest)
  return view
}

function addressFor(bytes: number, zeroed: boolean): number {
  const heap = kernelHeap()
  if (heap.bytesInUse + bytes > limit) throw new HeapExhausted(bytes)
  return zeroed ? heap.allocateZeroed(bytes) : heap.allocate(bytes)
}

function lastResort(bytes: number, zeroed: boolean, shape: Shape, dtype: DType): number {
  try {
    return addressFor(bytes, zeroed)
  } catch (error) {
    if (!(error instanceof HeapExhausted)) throw error
    throw outOfMemory(bytes, shape, dtype)
  }
}

/** Keeps a block, or that of a value that was made with one, where it is. */
export function pin(of: Block | TypedArray): Block {
  const block = of instanceof Block ? of : blocks.get(of.byteOffset)
  if (block === undefined) throw new Error('internal: a value without a block was pinned')
  block.pins++
  return block
}

export function unpin(block: Block): void {
  block.pins--
}

/** A place for the time of one operation; `giveBack` frees it. */
export function borrow(bytes: number): number {
  return kernelHeap().allocate(bytes)
}

export function giveBack(address: number): void {
  kernelHeap().release(address)
}

/** A view of the memory of `whole`, of which it is `count` values of `dtype` from `offset` bytes on. */
export function viewInto(whole: TypedArray, dtype: DType, offset: number, count: number): TypedArray {
  const bytes = count * itemSize(dtype)
  // Copying so little costs less than holding on to the whole.
  if (bytes <= plainBytes && isStoredIn(dtype, whole)) {
    const start = offset / whole.BYTES_PER_ELEMENT
    return whole.slice(start, start + bytes / whole.BYTES_PER_ELEMENT)
  }
  const view = viewOf(dtype, whole.buffer, whole.byteOffset + offset, count)
  if (bytes <= plainBytes) return view.slice()
  if (isHeap(whole.buffer)) wholes.set(view, wholes.get(whole) ?? whole)
  return view
}

function isHeap(buffer: ArrayBufferLike): boolean {
  return buffer === heapBuffer || heapBuffers.has(buffer)
}

/** The block of a value; undefined for one that is a plain typed array. */
export function blockOf(data: TypedArray): Block | undefined {
  if (data === newestView && newest?.released === false) return newest
  if (data.byteLength <= plainBytes) return undefined
  if (!isHeap(data.buffer)) return undefined
  return blocks.get((wholes.get(data) ?? data).byteOffset)
}

/** Where a value lies in the heap; null for one that is a plain typed array. */
export function addressOf(data: TypedArray): number | null {
  return data.byteLength > 0 && isHeap(data.buffer) ? data.byteOffset : null
}

/** Counts somebody who keeps a value beyond the operation that made it: its block, or null for a plain typed array. */
export function hold(data: TypedArray): Block | null {
  if (data.byteLength <= plainBytes) return null
  const block = blockOf(data)
  if (block === undefined) return null
  block.holders++
  return block
}

/** One holder less: without another, the memory is free. */
export function letGo(block: Block): void {
  if (--block.holders === 0) freeUnread(block)
}

/** Whether nobody knows of a block but the run that has it from its arguments: then the run may write into it. */
export function isUnshared(block: Block): boolean {
  return block.holders === 0 && block.pins === 0
}

/** Frees a block without holders, unless a program is running that may have it in a variable. */
export function freeUnread(block: Block): void {
  if (running === 0) release(block)
}

/** Frees a block that nobody reads any more. */
export function release(block: Block): void {
  if (block.pins > 0 || block.released) return
  const { address } = block
  if (poison !== null) new Uint8Array(kernelHeap().buffer, address, block.bytes).fill(poison)
  block.released = true
  blocks.delete(address)
  kernelHeap().release(address)
}

/**
 * A run of a program begins: until it ends, what is deleted may be in its variables. It ends with what
 * `runsUnderWay` was before: runs within it that had no stack left to end by themselves have ended too.
 */
export function beginRun(): number {
  running++
  return ++runs
}

export function endRun(underWayBefore: number): void {
  running = underWayBefore
}

/** How many programs are running, of which this is a part or a callback. */
export function runsUnderWay(): number {
  return running
}

/** Between two operations: collects garbage when enough was allocated since the last time. */
export function collectWhenDue(): void {
  if (heap !== null && (heap.bytesInUse > collectAtBytes || blocks.size > collectAtBlocks)) collectUnused()
}

/** Frees what nobody can read any more. */
export function collectUnused(): void {
  if (heap === null) return
  newest = null
  newestView = null
  for (const block of blocks.values()) block.weaken()
  collectGarbage()
  collections++
  for (const block of blocks.values()) {
    if (block.pins === 0 && block.view === undefined) release(block)
  }
  heap.trim()
  // Where much is in use, more may be allocated: collecting costs as much as there is in use.
  const room = Math.max(leastBytes / 8, (limit - heap.bytesInUse) / 2)
  collectAtBytes = heap.bytesInUse + Math.min(room, Math.max(leastBytes, heap.bytesInUse / 2))
  collectAtBlocks = blocks.size + (poison === null ? Math.max(leastBlocks, blocks.size / 2) : 5_000)
}

/** The memory of values at a moment. */
export interface MemoryUse {
  readonly bytesInUse: number
  readonly blocks: number
  /** Pages of 64 KiB that the heap has, which never shrink. */
  readonly pages: number
  /** How often garbage was collected for it. */
  readonly collections: number
}

export function memoryUse(): MemoryUse {
  return { bytesInUse: heap?.bytesInUse ?? 0, blocks: blocks.size, pages: heap?.pages ?? 0, collections }
}

/**
 * For tests: values of every size are in the heap, and released memory is overwritten with a byte, so that whoever
 * still reads it is found out, and garbage is collected often. Null ends that.
 */
export function poisonReleased(byte: number | null): void {
  poison = byte
  plainBytes = byte === null ? 64 : 0
  collectAtBlocks = 5_000
}

let nameOf: (data: TypedArray) => string | null = () => null

/** Names who can tell the name that a user gave to a value. */
export function nameValuesBy(name: (data: TypedArray) => string | null): void {
  nameOf = name
}

/** The largest values first. */
function largest(count: number): { readonly text: string; readonly bytes: number }[] {
  return [...blocks.values()]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, count)
    .map((block) => {
      const { view } = block
      const name = view === undefined ? null : nameOf(view)
      return { text: `${name === null ? '' : `${name}, `}${block.dtype}[${block.shape.join(',')}]`, bytes: block.bytes }
    })
}

function inMegabytes(bytes: number): string {
  return bytes >= megabyte ? `${Math.round(bytes / megabyte).toLocaleString('en')} MB` : `${bytes} bytes`
}

function outOfMemory(bytes: number, shape: Shape, dtype: DType): RuntimeError {
  const held = largest(3).map(({ text, bytes }) => `${text} (${inMegabytes(bytes)})`)
  const most = held.length === 0 ? '' : ` The largest are ${held.join('; ')}.`
  return new RuntimeError(
    `RESOURCE_EXHAUSTED: Out of memory allocating ${bytes} bytes for ${dtype}[${shape.join(',')}]. ` +
      `Arrays take ${inMegabytes(memoryUse().bytesInUse)} of the ${inMegabytes(limit)} that they may.${most}`,
    { kind: 'out-of-memory' },
  )
}
