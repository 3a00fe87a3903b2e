import { ClosedJaxpr, type Jaxpr, type Var } from '../ir/jaxpr.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { Operand } from '../tracing/record.ts'
import type { RecordOfRun, RecordedCall } from '../tracing/recorder.ts'
import { Excerpt } from '../tracing/record.ts'
import type { GraphDocument, ValueSummary } from './documents.ts'
import { inputLabels } from './function-names.ts'
import { graphOfJaxpr } from './graph.ts'
import { type RecordedProgram, programOf } from './recorded-program.ts'
import { Replay } from './replay.ts'
import { recordedSummary } from './summary.ts'

/** The graph of a call as it ran: the transformed function, with the values of then. */
export function graphOfCall(call: RecordedCall): GraphDocument {
  const labels = inputLabels(call)
  if (call.program !== null) {
    const replay = replayOf(call)
    const notes = [...failureNotes(call.failure, call.program.jaxpr), ...replay.notes]
    return graphOfJaxpr(call.program, call.name, labels, (variable) => replay.summaryOf(variable), notes)
  }
  const program = programOf(call.excerpt)
  const replay = replayOf(call, program)
  return document(program, call.name, labels, replay, [...notesOf(program, call.failure), ...replay.notes])
}

/** The program that a call ran. */
export function programOfCall(call: RecordedCall): Jaxpr {
  return call.program?.jaxpr ?? programOf(call.excerpt).jaxpr
}

/** The graph of what a cell evaluated in its own eager code, where calls of transformed functions are one step. */
export function graphOfCell(record: RecordOfRun, title: string): GraphDocument {
  const { recording } = record
  let whole = cells.get(record)
  if (whole === undefined) cells.set(record, (whole = new Excerpt(recording, recording.root, null, true)))
  const program = programOf(whole)
  const replay = new Replay()
  lookInto(program, replay)
  return document(program, title, [], replay, [...notesOf(program, null), ...replay.notes])
}

const cells = new WeakMap<RecordOfRun, Excerpt>()

function document(
  program: RecordedProgram,
  title: string,
  labels: readonly string[],
  replay: Replay,
  notes: readonly string[],
): GraphDocument {
  const valueOf = (variable: Var): ValueSummary | undefined => {
    const recorded = program.values.get(variable)
    return (recorded === undefined ? undefined : recordedSummary(recorded)) ?? replay.summaryOf(variable)
  }
  return graphOfJaxpr(closedOver(program.jaxpr), title, labels, valueOf, [...new Set(notes)])
}

/** Captured values are in the record; the text of a program only needs their names. */
function closedOver(jaxpr: Jaxpr): ClosedJaxpr {
  return new ClosedJaxpr(jaxpr, [])
}

function failureNotes(failure: string | null, { eqns }: Jaxpr): string[] {
  if (failure === null) return []
  const said = failure.trim().replace(/\s*\n\s*/g, ' ')
  const ended = `The call did not finish: ${said}${/[.!?]$/.test(said) ? '' : '.'}`
  return [eqns.length === 0 ? ended : `${ended} What ran until then is shown.`]
}

function notesOf({ skipped, jaxpr }: RecordedProgram, failure: string | null): string[] {
  const notes: string[] = []
  if (skipped > 0)
    notes.push(
      `The first ${jaxpr.eqns.length.toLocaleString('en-US')} equations are shown; ${skipped.toLocaleString('en-US')} more ran.`,
    )
  return [...notes, ...failureNotes(failure, jaxpr)]
}

/**
 * The values inside of the programs that a call ran, computed again from the operands that were kept. A call that was
 * made while a program was traced has the values of that program.
 */
export function replayOf(call: RecordedCall, program?: RecordedProgram): Replay {
  const replay = new Replay()
  if (call.program !== null) {
    const numbers = call.excerpt.operands.map(hostOfOperand)
    if (numbers.length === call.program.jaxpr.invars.length) replay.run(call.program, numbers)
    return replay
  }
  const outermost = outermostOf(call)
  const ran = outermost === call && program !== undefined ? program : programOf(outermost.excerpt)
  // What a call did under a derivative is in no program of the call around it.
  if (outermost !== call && program !== undefined) lookInto(program, replay)
  if (outermost.program === null) lookInto(ran, replay)
  else return replayOf(outermost)
  return replay
}

function outermostOf(call: RecordedCall): RecordedCall {
  return call.parent === null ? call : outermostOf(call.parent)
}

function lookInto({ operandsOf }: RecordedProgram, replay: Replay): void {
  for (const [eqn, operands] of operandsOf) {
    const why = operands.map(whyLost).find((reason) => reason !== null)
    if (why !== undefined) replay.note(`Values inside ${eqn.primitive.name} are not shown: ${why}.`)
    else replay.into(eqn, operands.map(hostOfOperand))
  }
}

function hostOfOperand(operand: Operand): HostArray | null {
  return operand.kind === 'kept' ? operand.numbers.host : null
}

/** Why there is nothing to compute from, or null. */
export function whyLost(operand: Operand): string | null {
  if (operand.kind === 'lost') return operand.why
  const given = operand.kind === 'kept' && operand.numbers.host === null
  return given ? 'the numbers were given up for those of newer runs' : null
}
