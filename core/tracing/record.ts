import type { ShapedArray } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { Atom, ClosedJaxpr, JaxprEqn } from '../ir/jaxpr.ts'
import type { SourceLocation } from '../ir/source.ts'
import type { ValueSummary } from '../inspect/documents.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { type Block, hold, letGo } from '../runtime/memory.ts'
import type { JaxArray } from './array.ts'
import { KeptNumbers } from './kept-numbers.ts'
import type { AxisData, FlatFunction, Params, Primitive, RuleNames } from './primitive.ts'
import { currentSource } from './source.ts'
import { Tracer } from './trace.ts'

/** Past so many equations a log only counts them. */
export const mostEquations = 2000
/** Arrays of so many elements or fewer are held as they are; of larger ones a summary is kept. */
const smallSize = 64
/** While a cell runs, arrays up to the first size wait for their summary, as long as all fit the second. */
const waitingBytes = { each: 1 << 16, all: 1 << 22 }
/** Operands that a figure can compute from again: the size of one, and of all that one recording keeps. */
export const operandBytes = { each: 1 << 23, all: 1 << 25 }

/** The mapped axis that a value of one lane stands in. */
export interface Lanes {
  readonly axis: AxisData
  /** Grows with each vmap: of two axes the inner one has the larger. */
  readonly order: number
  /** Where the axis stands in the array that holds all lanes. */
  readonly dim: number
}

/** A value that a run computed or was given, and what is kept of its numbers. */
export class RecordedValue {
  readonly aval: ShapedArray
  /** Made from a bare number, which a program writes into the equation. */
  readonly literal: boolean
  /** The log whose equation made it, by number: an array that is kept must not keep what else happened then. */
  home = 0
  /** The log that counted it among its externals last, by number. */
  readBy = 0
  host: HostArray | null = null
  summary: ValueSummary | null = null
  /** What carries the numbers of a tracer: all lanes of a mapped value, the primal of a differentiated one. */
  carrier: RecordedValue | null = null
  lanes: Lanes | null = null
  /** The variable of a program that is being staged. */
  atom: Atom | null = null

  constructor(aval: ShapedArray, literal: boolean) {
    this.aval = aval
    this.literal = literal
  }
}

/** What a figure can compute from again: the numbers, where the numbers will be found, or why there are none. */
export type Operand =
  | { readonly kind: 'kept'; readonly numbers: KeptNumbers; readonly aval: ShapedArray }
  | { readonly kind: 'lanes'; readonly all: Operand; readonly lanes: Lanes }
  | { readonly kind: 'staged'; readonly atom: Atom }
  | { readonly kind: 'lost'; readonly why: string }

/** A primitive that was evaluated, with its operands and results. */
export interface RecordedEqn {
  readonly kind: 'eqn'
  readonly primitive: Primitive
  readonly params: Params
  readonly source: SourceLocation | null
  readonly inputs: readonly RecordedValue[]
  readonly outputs: readonly RecordedValue[]
  /** Kept for equations that hold programs, so that the values inside can be computed when somebody asks. */
  readonly operands: readonly Operand[] | null
  /** What a function of the host gave: it is not called again. */
  readonly results: readonly Operand[] | null
}

/** Equations that belong together under a name: a library function that is a jit in JAX, a call with a rule of its own. */
export interface RecordedBlock {
  readonly kind: 'block'
  readonly form: 'jit' | 'custom_jvp_call' | 'custom_vjp_call'
  readonly name: string
  readonly ruleNames: RuleNames | undefined
  /** A rule of the library, which no code of a cell is part of. */
  readonly rule: FlatFunction | null
  readonly source: SourceLocation | null
  readonly body: Excerpt
}

/** A call that was differentiated by a rule of its own. */
export interface RecordedRule {
  readonly kind: 'rule'
  readonly form: 'custom_jvp_call' | 'custom_vjp_call'
  readonly name: string
  readonly source: SourceLocation | null
  readonly inputs: readonly RecordedValue[]
  readonly outputs: readonly RecordedValue[]
  /** The rule as it ran: primals and tangents to primals and tangents, or primals to results and residuals. */
  readonly forward: Excerpt | null
  /** Residuals and cotangents to cotangents, once it has run. */
  readonly backward: { excerpt: Excerpt | null } | null
}

/** A call of a transformed function inside of a cell's own eager code. */
export interface RecordedCallEntry {
  readonly kind: 'call'
  readonly name: string
  readonly source: SourceLocation | null
  readonly inputs: readonly RecordedValue[]
  readonly outputs: readonly RecordedValue[]
}

export type LogEntry = RecordedEqn | RecordedBlock | RecordedRule | RecordedCallEntry

let logCount = 0

/** What one interpreter processed, in order. */
export class Log {
  readonly id = ++logCount
  readonly entries: LogEntry[] = []
  /** Equations that came after the log was full. */
  skipped = 0
  keptBytes = 0
  readonly kept: KeptNumbers[] = []
  /** Values that the log reads and did not make. */
  readonly externals = new Map<RecordedValue, Operand>()
  /** The function that is recorded, until its first equation: often all that it does is to run a program on what it was given. */
  begun: { readonly arrays: readonly JaxArray[]; readonly excerpt: Excerpt } | null = null
  readonly #recording: Recording

  constructor(recording: Recording) {
    this.#recording = recording
  }

  add(primitive: Primitive, args: readonly JaxArray[], params: Params, outs: readonly JaxArray[]): void {
    this.#recording.equations++
    if (this.entries.length >= mostEquations) {
      this.skipped++
      this.#recording.skipped++
      return
    }
    const given = this.begun?.arrays === args ? this.begun.excerpt : null
    this.begun = null
    const inputs = given?.inputs ?? args.map((arg) => this.use(arg))
    const operands = holdsPrograms(primitive, params)
      ? (given?.operands ?? args.map((arg, i) => this.operandOf(inputs[i], arg)))
      : null
    const results = typeof params.callback === 'function' ? outs.map((out) => this.keep(out)) : null
    const source = currentSource()
    this.entries.push({ kind: 'eqn', primitive, params, source, inputs, outputs: this.made(outs), operands, results })
  }

  push(entry: LogEntry): void {
    if (this.entries.length >= mostEquations) this.skipped++
    else this.entries.push(entry)
  }

  /** A value that is read: one that the log did not make is kept as far as there is room. */
  use(array: JaxArray): RecordedValue {
    const value = valueOf(array, this.#recording)
    if (value.home !== this.id && value.readBy !== this.id && !value.literal) this.operandOf(value, array)
    return value
  }

  /** What can be computed from again of a value that is read. One that the log did not make is kept once. */
  operandOf(value: RecordedValue, array: JaxArray): Operand {
    if (value.home === this.id || value.literal) return this.keep(array)
    const known = this.externals.get(value)
    value.readBy = this.id
    if (known !== undefined) return known
    const operand = this.keep(array)
    this.externals.set(value, operand)
    return operand
  }

  made(outs: readonly JaxArray[]): RecordedValue[] {
    const values: RecordedValue[] = []
    for (const out of outs) {
      const value = valueOf(out, this.#recording)
      value.home = this.id
      values.push(value)
    }
    return values
  }

  keep(array: JaxArray): Operand {
    if (array instanceof ConcreteArray) return this.#keepNumbers(array)
    if (!(array instanceof Tracer)) return lost('it is no array of this run')
    const carried = array.carries()
    if (carried === null) {
      const atom = array.variable()
      return atom === null ? lost('it has no numbers') : { kind: 'staged', atom }
    }
    const all = this.keep(carried.array)
    return carried.lanes === null || all.kind === 'lost' ? all : { kind: 'lanes', all, lanes: carried.lanes }
  }

  #keepNumbers(array: ConcreteArray): Operand {
    if (array.released) return lost('it was donated or deleted')
    const bytes = array.host.data.byteLength
    if (!this.#recording.reserve(bytes, this))
      return lost(`${array.aval.toString()} is too large to be kept (${megabytes(bytes)} MB)`)
    const numbers = new KeptNumbers(array.host)
    this.kept.push(numbers)
    return { kind: 'kept', numbers, aval: array.aval }
  }
}

function lost(why: string): Operand {
  return { kind: 'lost', why }
}

function megabytes(bytes: number): string {
  return (bytes / (1 << 20)).toPrecision(2)
}

const programHolders = new Map<Primitive, boolean>()

/** A primitive either always has programs among its parameters or never has. */
function holdsPrograms(primitive: Primitive, params: Params): boolean {
  let holds = programHolders.get(primitive)
  if (holds === undefined) {
    holds = Object.values(params).flat().some(isProgram)
    programHolders.set(primitive, holds)
  }
  return holds
}

function isProgram(value: unknown): value is ClosedJaxpr {
  return typeof value === 'object' && value !== null && 'jaxpr' in value && 'consts' in value
}

function valueOf(array: JaxArray, recording: Recording): RecordedValue {
  if (array.recorded !== null) return array.recorded
  const value = new RecordedValue(array.aval, array instanceof ConcreteArray && array.literal)
  array.recorded = value
  if (array instanceof ConcreteArray) recording.hold(value, array)
  else if (array instanceof Tracer) {
    const carried = array.carries()
    if (carried === null) value.atom = array.variable()
    else {
      value.carrier = valueOf(carried.array, recording)
      value.lanes = carried.lanes
    }
  }
  return value
}

/** A program that an interpreter is staging: its equations so far, and the arrays that they captured. */
interface StagedProgram {
  readonly staged: readonly JaxprEqn[] | null
  readonly captured: ReadonlyMap<JaxArray, Atom> | null
}

const nothingCaptured: ReadonlyMap<RecordedValue, Atom> = new Map()

/** Part of a log, or of a program that is being staged: a function as it ran, with what it was given and gave. */
export class Excerpt {
  readonly log: Log | null
  readonly staged: readonly JaxprEqn[] | null
  readonly start: number
  end: number
  inputs: readonly RecordedValue[] = []
  outputs: readonly RecordedValue[] = []
  /** What the function was given, to compute from again. */
  operands: readonly Operand[] = []
  /** Equations that the log did not take. */
  skipped: number
  /** Variables of the program for inputs that are arrays: it captured them. */
  captured: ReadonlyMap<RecordedValue, Atom> = nothingCaptured
  readonly #recording: Recording
  readonly #skippedBefore: number
  #arrays: ReadonlyMap<JaxArray, Atom> | null

  /** Begins where the log or the program ends now; `whole` takes what is there already. */
  constructor(recording: Recording, log: Log | null, program: StagedProgram | null, whole = false) {
    this.#recording = recording
    this.log = log
    const staged = log === null ? (program?.staged ?? null) : null
    this.staged = staged
    this.#arrays = log === null ? (program?.captured ?? null) : null
    this.end = (log?.entries ?? staged ?? []).length
    this.start = whole ? 0 : this.end
    this.#skippedBefore = whole ? 0 : (log?.skipped ?? 0)
    this.skipped = (log?.skipped ?? 0) - this.#skippedBefore
  }

  given(arrays: readonly JaxArray[]): void {
    this.inputs = arrays.map((array) => valueOf(array, this.#recording))
    const { log } = this
    if (log === null) return
    this.operands = this.inputs.map((value, i) => log.operandOf(value, arrays[i]))
    log.begun = { arrays, excerpt: this }
  }

  returned(arrays: readonly JaxArray[]): void {
    this.outputs = arrays.map((array) => this.log?.use(array) ?? valueOf(array, this.#recording))
    this.close()
  }

  close(): void {
    if (this.log !== null) this.log.begun = null
    this.end = (this.log?.entries ?? this.staged ?? []).length
    this.skipped = (this.log?.skipped ?? 0) - this.#skippedBefore
    if (this.#arrays === null) return
    const known = new Set([...this.inputs, ...this.outputs].filter(({ atom }) => atom === null))
    if (known.size > 0) {
      const captured = new Map(this.captured)
      for (const [{ recorded }, atom] of this.#arrays)
        if (recorded !== null && known.has(recorded)) captured.set(recorded, atom)
      this.captured = captured
    }
    this.#arrays = null
  }
}

/** Everything that a cell's run did, as far as figures may ask for it. */
export class Recording {
  /** Eager code of the cell itself. */
  readonly root: Log = new Log(this)
  /** Equations that were processed, and those of them for which a log had no room. */
  equations = 0
  skipped = 0
  readonly #summarize: (host: HostArray) => ValueSummary
  readonly #outline: (host: HostArray) => ValueSummary
  readonly #waiting: { readonly value: RecordedValue; readonly block: Block | null }[] = []
  #waitingBytes = 0
  #keptBytes = 0
  readonly #logs = new Set<Log>([this.root])

  /**
   * @param summarize What is kept of an array, from all of its numbers.
   * @param outline The same from its first numbers alone.
   */
  constructor(summarize: (host: HostArray) => ValueSummary, outline: (host: HostArray) => ValueSummary) {
    this.#summarize = summarize
    this.#outline = outline
  }

  newLog(): Log {
    const log = new Log(this)
    this.#logs.add(log)
    return log
  }

  /** Bytes of operands that are kept. */
  get keptBytes(): number {
    return this.#keptBytes
  }

  /** Gives up all operands: figures keep their summaries, and can compute nothing more. */
  forgetOperands(): void {
    for (const log of this.#logs) {
      for (const numbers of log.kept) numbers.forget()
      this.drop(log)
    }
  }

  /** Room for an operand, if there is any. */
  reserve(bytes: number, log: Log): boolean {
    if (bytes > operandBytes.each || this.#keptBytes + bytes > operandBytes.all) return false
    this.#keptBytes += bytes
    log.keptBytes += bytes
    return true
  }

  /** Gives back the room of a call that a newer one stands for. */
  drop(log: Log): void {
    this.#keptBytes -= log.keptBytes
    log.keptBytes = 0
    this.#logs.delete(log)
  }

  hold(value: RecordedValue, array: ConcreteArray): void {
    if (array.released) return
    const { host } = array
    if (array.size <= smallSize) {
      value.host = host
      hold(host.data)
      return
    }
    const bytes = host.data.byteLength
    if (bytes <= waitingBytes.each && this.#waitingBytes + bytes <= waitingBytes.all) {
      value.host = host
      this.#waiting.push({ value, block: hold(host.data) })
      this.#waitingBytes += bytes
    } else {
      value.summary = this.#outline(host)
    }
  }

  /** After the run: arrays that waited are summed up, and let go. */
  seal(): void {
    for (const { value, block } of this.#waiting) {
      if (value.host !== null) value.summary = this.#summarize(value.host)
      value.host = null
      if (block !== null) letGo(block)
    }
    this.#waiting.length = 0
  }
}
