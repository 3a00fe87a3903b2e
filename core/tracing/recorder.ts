import { errorParts } from '../errors.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import type { SourceLocation } from '../ir/source.ts'
import type { ValueSummary } from '../inspect/documents.ts'
import type { TreeDef } from '../tree/pytree.ts'
import { JaxArray } from './array.ts'
import { KeptCalls } from './kept-calls.ts'
import { Excerpt, type RecordedBlock, Recording } from './record.ts'
import { currentSource } from './source.ts'
import { type Trace, baseTrace, currentTrace, withTrace } from './trace.ts'
import { isResultOf, nameOf, textOf } from './transformed.ts'

/** What inputs are called. */
export interface NamedInputs {
  readonly tree: TreeDef
  /** Which arguments of the function they are, where they are not all of them. */
  readonly positions: readonly number[] | null
  /** Which leaves are inputs; null for all. */
  readonly present: readonly boolean[] | null
}

/** A call of a transformed function, as it ran. */
export class RecordedCall {
  /** `grad`, `jit`, `vmap`, … */
  readonly via: string
  /** The whole of it: `vmap(grad(f))`. */
  readonly name: string
  readonly source: SourceLocation | null
  /** The call in whose function this one was made. */
  readonly parent: RecordedCall | null
  /** The parent is a transformation of this very function, so that both are one call to their user. */
  readonly composed: boolean
  /** The call of the function itself, where that is a transformed one too. */
  inner: RecordedCall | null = null
  /** The call within the function that took its first derivative, or in which that was taken, and how many there were. */
  taken: { readonly through: RecordedCall; readonly count: number } | null = null
  /** What the transformed function did. */
  readonly excerpt: Excerpt
  /** What the function itself did under the transformation: one lane of it, or its primal computation. */
  own: Excerpt | null = null
  /** Which inputs of the function itself are differentiated. */
  differentiated: readonly boolean[] = []
  /** How many of the function's own outputs are differentiated, where the rest is auxiliary. */
  numValues: number | null = null
  /** What `makeJaxpr` gave back, or how far `jit` came in tracing. */
  program: ClosedJaxpr | null = null
  /** What the inputs are called: structures of arguments, whose names stand in the text of the function. */
  named: NamedInputs | null = null
  /** The same for the inputs of the function itself, where they are others. */
  ownNamed: NamedInputs | null = null
  readonly text: string
  /** The error that ended it early. */
  failure: string | null = null
  /** How often it was called from the same line with arguments of the same kind. */
  count = 1

  /** The function that was transformed, while it runs: it may hold anything, so it is not kept. */
  #fun: ((...args: never[]) => unknown) | null

  constructor(via: string, fun: (...args: never[]) => unknown, parent: RecordedCall | null, excerpt: Excerpt) {
    this.via = via
    this.name = `${via}(${nameOf(fun)})`
    this.text = textOf(fun)
    this.source = currentSource()
    this.parent = parent
    this.composed = parent !== null && isResultOf(parent.#fun, via, fun)
    if (this.composed && parent !== null) parent.inner = this
    this.excerpt = excerpt
    this.#fun = fun
  }

  /** The leaves of the arguments, with the structure they came in. What is no array is no input. */
  given(leaves: readonly unknown[], tree: TreeDef, positions: readonly number[] | null = null): void {
    const arrays = leaves.every((leaf) => leaf instanceof JaxArray) ? leaves : null
    this.named = { tree, positions, present: arrays === null ? leaves.map((leaf) => leaf instanceof JaxArray) : null }
    this.excerpt.given(arrays ?? leaves.filter((leaf) => leaf instanceof JaxArray))
  }

  /** All arguments, of which those at `positions` are differentiated and have the structure `tree`. */
  givenAll(
    all: { readonly leaves: readonly unknown[]; readonly tree: TreeDef },
    positions: readonly number[],
    tree: TreeDef,
  ): void {
    this.given(all.leaves, all.tree)
    this.ownNamed = { tree, positions, present: null }
  }

  returned(arrays: readonly JaxArray[]): void {
    this.excerpt.returned(arrays)
  }

  /** What `makeJaxpr` gives back is the program itself. */
  traced(program: ClosedJaxpr, arrays: readonly JaxArray[], tree: TreeDef): void {
    this.given(arrays, tree)
    this.program = program
  }

  /** The program as far as it was traced, when an error ended that. */
  brokeOff(program: ClosedJaxpr): void {
    this.program = program
  }

  /** A program that is run again was traced in an earlier call, with the calls in it. */
  runs(program: ClosedJaxpr): void {
    if (this.inner !== null || this.taken !== null) tracedWithin.set(program, { inner: this.inner, taken: this.taken })
    else ({ inner: this.inner, taken: this.taken } = tracedWithin.get(program) ?? { inner: null, taken: null })
  }

  /** Notes a derivative that was taken within: by a call, or by one within it. */
  tookWithin(call: RecordedCall): void {
    const count = call.differentiated.includes(true) ? 1 : (call.taken?.count ?? 0)
    if (count > 0) this.taken = { through: this.taken?.through ?? call, count: (this.taken?.count ?? 0) + count }
  }

  close(): void {
    this.#fun = null
    this.excerpt.close()
  }

  /** Begins to record what the function itself does under `trace`. */
  within(trace: Trace, inputs: readonly JaxArray[], differentiated: readonly boolean[] = []): Excerpt | null {
    if (session === null) return null
    trace.log = session.recording.newLog()
    this.own = new Excerpt(session.recording, trace.log, null)
    this.own.given(inputs)
    this.differentiated = differentiated
    return this.own
  }
}

const tracedWithin = new WeakMap<ClosedJaxpr, Pick<RecordedCall, 'inner' | 'taken'>>()

/** What a run left behind. */
export interface RecordOfRun {
  readonly recording: Recording
  readonly calls: readonly RecordedCall[]
  /** Calls that were made and are not among `calls`. */
  readonly forgotten: number
}

interface Session {
  readonly recording: Recording
  readonly calls: KeptCalls
  current: RecordedCall | null
}

let session: Session | null = null

/** Records what is evaluated and traced until the returned function is called, which gives the record. */
export function startRecording(
  summarize: (host: HostArray) => ValueSummary,
  outline: (host: HostArray) => ValueSummary,
): () => RecordOfRun {
  const own: Session = { recording: new Recording(summarize, outline), calls: new KeptCalls(), current: null }
  session = own
  baseTrace().log = own.recording.root
  return () => {
    if (session === own) {
      session = null
      baseTrace().log = null
    }
    own.recording.seal()
    return { recording: own.recording, calls: own.calls.all(), forgotten: own.calls.forgotten }
  }
}

/** After a computation was broken off from outside, so that no finally block ran. */
export function resetRecorder(): void {
  baseTrace().log = session?.recording.root ?? null
  if (session === null) return
  for (let call = session.current; call !== null; call = call.parent) {
    call.failure ??= 'it was stopped'
    call.close()
    keepCall(session, call)
  }
  session.current = null
}

/** Runs the body of a transformation's call, which tells the record what the call was given and gave. */
export function recorded<T>(
  via: string,
  fun: (...args: never[]) => unknown,
  body: (call: RecordedCall | null) => T,
): T {
  if (session === null) return body(null)
  const { recording } = session
  const trace = currentTrace()
  const outer = trace.log
  // A call in a cell's own code is recorded apart: the cell's record shows it as one step.
  if (outer === recording.root) trace.log = recording.newLog()
  const call = new RecordedCall(via, fun, session.current, new Excerpt(recording, trace.log, trace))
  session.current = call
  try {
    return body(call)
  } catch (error) {
    call.failure = errorParts(error)?.summary ?? (error instanceof Error ? error.message : String(error))
    throw error
  } finally {
    call.close()
    call.parent?.tookWithin(call)
    if (session?.recording === recording) {
      session.current = call.parent
      trace.log = outer
      keepCall(session, call)
      if (outer === recording.root) {
        const { name, source } = call
        const { inputs, outputs } = call.excerpt
        outer.push({ kind: 'call', name, source, inputs, outputs })
      }
    }
  }
}

function keepCall(session: Session, call: RecordedCall): void {
  const known = session.calls.keep(call)
  if (known === null) return
  call.count += known.count
  for (const excerpt of [known.excerpt, known.own]) {
    if (excerpt?.log && excerpt.log !== call.excerpt.log) session.recording.drop(excerpt.log)
  }
}

/**
 * Runs a function of the host that a program calls. What it computes is the cell's own code: no part of the program, and
 * nothing that the transformations around the program watch.
 */
export function asHostCode<T>(body: () => T): T {
  const evaluation = baseTrace()
  const { log } = evaluation
  evaluation.log = session?.recording.root ?? null
  try {
    return withTrace(evaluation, body)
  } finally {
    evaluation.log = log
  }
}

/** Records what `body` does under the current interpreter as a function of its own, for a rule that somebody wrote. */
export function excerptOf(trace: Trace, inputs: readonly JaxArray[], body: () => readonly JaxArray[]): Excerpt | null {
  if (session === null) {
    body()
    return null
  }
  const { recording } = session
  const outer = trace.log
  if (outer === null && trace.staged === null) trace.log = recording.newLog()
  const excerpt = new Excerpt(recording, trace.log, trace)
  excerpt.given(inputs)
  try {
    excerpt.returned(body())
  } finally {
    trace.log = outer
  }
  return excerpt
}

/** Records what `body` does as a block of its own in the log of `trace`. */
export function inBlock(
  trace: Trace,
  what: Omit<RecordedBlock, 'kind' | 'source' | 'body'>,
  inputs: readonly JaxArray[],
  body: () => JaxArray[],
): JaxArray[] {
  const { log: outer } = trace
  if (session === null || outer === null) return body()
  const source = currentSource()
  inputs.forEach((input) => outer.use(input))
  trace.log = session.recording.newLog()
  const block = new Excerpt(session.recording, trace.log, null)
  block.given(inputs)
  try {
    const outs = body()
    block.returned(outs)
    outer.push({ kind: 'block', ...what, source, body: block })
    return outs
  } finally {
    trace.log = outer
  }
}
