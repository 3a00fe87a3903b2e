import { ClosedJaxpr, type Atom, Jaxpr } from '../ir/jaxpr.ts'
import { innerJaxprs } from '../ir/check.ts'
import { BatchTrace } from '../interpreters/batching.ts'
import { keptRulesOf } from '../interpreters/kept-rules.ts'
import { JaxTypeError } from '../errors.ts'
import { ConcreteArray, scalar } from '../runtime/concrete-array.ts'
import { debugInfs, debugKeyReuse, debugNans } from '../api/config-contexts.ts'
import { asInput } from '../tree/leaves.ts'
import type { JaxArray } from '../tracing/array.ts'
import { withAxis } from '../tracing/axis-env.ts'
import type { Excerpt, Lanes, Operand, RecordedValue } from '../tracing/record.ts'
import type { RecordedCall } from '../tracing/recorder.ts'
import { notInRecord, whileLooking } from '../tracing/looking.ts'
import { Tracer, currentTrace, withTrace } from '../tracing/trace.ts'
import type { TapeDocument } from './documents.ts'
import { inputLabels, ownLabels, tangentLabel } from './function-names.ts'
import { replayOf, whyLost } from './record-figures.ts'
import { type RecordedProgram, operandFor, runnableProgramOf } from './recorded-program.ts'
import { lanePrograms, laneValues, towardsDerivative } from './lane-programs.ts'
import type { Replay } from './replay.ts'
import { tapeOfProgram } from './tape.ts'

/**
 * Both derivative tapes of a call as it ran. The program is the one that the call differentiated, with the arrays and
 * the branches of then, and rules that the learner gave are what those rules did: nothing of theirs runs again.
 */
export function tapeOfCall(call: RecordedCall): TapeDocument {
  return debugKeyReuse(false, () => debugNans(false, () => debugInfs(false, () => withResolver(call, draw))))
}

function withResolver(
  call: RecordedCall,
  body: (call: RecordedCall, resolver: Resolver) => TapeDocument,
): TapeDocument {
  if (call.failure !== null) {
    throw new JaxTypeError(`${call.name} did not finish, so it has no derivative.`, {
      hint: 'Its graph shows what ran until then, and says what ended it.',
    })
  }
  const resolver = new Resolver(replayOf(call))
  return whileLooking(
    (value) => resolver.again(value),
    () => body(call, resolver),
  )
}

function draw(call: RecordedCall, resolver: Resolver): TapeDocument {
  const chosen = differentiatingCall(call)
  const labels = chosen === null ? inputLabels(call) : ownLabels(chosen)
  const excerpt = chosen?.own ?? call.excerpt
  const resolve = (operand: Operand): JaxArray => resolver.array(operand)
  if (chosen === null && call.program !== null) {
    const args = excerpt.operands.map((operand) => asInput(resolve(operand)))
    if (args.length < call.program.jaxpr.invars.length) throw onlyTraced()
    return tapeOfProgram(call.program, args, labels, call.name)
  }
  const program = runnableProgramOf(excerpt, resolve)
  if (program.skipped > 0) {
    throw new JaxTypeError(`${call.name}: the record holds the first ${program.jaxpr.eqns.length} equations only.`, {
      hint: 'A tape needs them all. Look at a call with fewer steps, or put the steps into lax.scan or lax.foriLoop.',
    })
  }
  const around = lanePrograms(call, chosen)
  const operands = [...program.operands.values(), ...around.flatMap((each) => each.operands)]
  return inLanes(lanesIn(operands, program, excerpt), resolver, () => {
    resolver.programs = around
    const { jaxpr } = program
    const consts = jaxpr.constvars.map((variable) => resolve(operandFor(program.operands, variable)))
    const args = jaxpr.invars.map((variable) => asInput(resolve(operandFor(program.operands, variable))))
    const outvars = jaxpr.outvars.slice(0, chosen?.numValues ?? undefined)
    const closed = new ClosedJaxpr(new Jaxpr(jaxpr.constvars, jaxpr.invars, jaxpr.eqns, outvars), consts)
    const given = labelsOfInputs(chosen ?? call)
    const captured = jaxpr.constvars.map((variable) => given.get(program.values.get(variable) ?? null))
    const all = [...args.map((_, i) => labels[i]), ...captured]
    const title = chosen === null || isNamedIn(call, chosen) ? call.name : chosen.name
    return tapeOfProgram(closed, args, all, title, chosen?.differentiated, takenNotes(call, chosen))
  })
}

/** What the arguments of a call are called that its derivative takes as they are. One array may be several of them. */
function labelsOfInputs(call: RecordedCall): ReadonlyMap<RecordedValue | null, string> {
  const labels = inputLabels(call)
  const own = new Set(ownLabels(call).flatMap((label) => [label, tangentLabel(label)]))
  const given = new Map<RecordedValue | null, string>()
  call.excerpt.inputs.forEach((value, i) => {
    if (own.has(labels[i])) return
    const known = given.get(value)
    given.set(value, known === undefined ? labels[i] : `${known} = ${labels[i]}`)
  })
  return given
}

/**
 * The outermost of the transformations in a call's name that differentiates; where none does, the first derivative that
 * was taken within the function.
 */
function differentiatingCall(call: RecordedCall): RecordedCall | null {
  if (call.own !== null && call.differentiated.includes(true)) return call
  const next = towardsDerivative(call)
  return next === null ? null : differentiatingCall(next)
}

function isNamedIn(call: RecordedCall, chosen: RecordedCall): boolean {
  return call === chosen || (call.inner !== null && isNamedIn(call.inner, chosen))
}

function takenNotes(call: RecordedCall, chosen: RecordedCall | null): string[] {
  if (chosen === null || isNamedIn(call, chosen)) return []
  const count = call.taken?.count ?? 1
  const others = count === 1 ? '' : `, the first of ${count}`
  return [`This is the derivative that ${call.name} took${others}: ${chosen.name}.`]
}

function onlyTraced(): JaxTypeError {
  return notInRecord(
    new JaxTypeError('The function was only traced: its arguments had shapes and dtypes, and no numbers.', {
      hint: 'A tape needs numbers: call the function on some in a cell.',
    }),
  )
}

/** Makes arrays of what a record kept. */
class Resolver {
  readonly #replay: Replay
  readonly #traces = new Map<number, BatchTrace>()
  /** Programs of which only their mapped form ran: run in a lane when a variable of theirs is asked for. */
  programs: ReturnType<typeof lanePrograms> = []
  #inLanes: ReadonlyMap<Atom, JaxArray> | null = null

  constructor(replay: Replay) {
    this.#replay = replay
  }

  array(operand: Operand): JaxArray {
    switch (operand.kind) {
      case 'kept':
      case 'lost': {
        const host = operand.kind === 'kept' ? operand.numbers.host : null
        if (host !== null && operand.kind === 'kept')
          return new ConcreteArray(host, { weakType: operand.aval.weakType })
        throw notInRecord(
          new JaxTypeError(
            `There are no numbers to go through the program with: ${whyLost(operand) ?? 'they are gone'}.`,
            {
              hint: 'The record keeps arrays of up to 8 MB, 32 MB a run. Look at the same function on smaller arguments, or run its cell again.',
            },
          ),
        )
      }
      case 'lanes':
        return this.#lane(this.array(operand.all), operand.lanes)
      case 'staged':
        return this.#staged(operand.atom)
    }
  }

  /** What a rule read besides its arguments: values of transformations that have ended. */
  again(value: JaxArray): JaxArray {
    if (!(value instanceof Tracer)) return value
    const carried = value.carries()
    if (carried !== null) {
      const all = this.again(carried.array)
      return carried.lanes === null ? all : this.#lane(all, carried.lanes)
    }
    const atom = value.variable()
    if (atom === null) throw onlyTraced()
    return this.#staged(atom)
  }

  #lane(all: JaxArray, { order, dim }: Lanes): JaxArray {
    const trace = this.#traces.get(order)
    if (trace === undefined) throw new Error('internal: a value of one lane is used outside of its vmap')
    return trace.join(all, dim)
  }

  #staged(atom: Atom): JaxArray {
    if ('value' in atom) return scalar(atom.value, atom.aval.dtype, atom.aval.weakType)
    const host = this.#replay.newest(atom)
    if (host !== null) return new ConcreteArray(host, { weakType: atom.aval.weakType })
    if (this.#inLanes === null && this.programs.length > 0) {
      this.#inLanes = new Map()
      this.#inLanes = laneValues(this.programs, (operand) => this.array(operand))
    }
    const inLane = this.#inLanes?.get(atom)
    if (inLane !== undefined) return inLane
    throw onlyTraced()
  }

  /** Runs `body` where the lanes of one axis can be had. */
  within<T>(lanes: Lanes, body: () => T): T {
    const trace = new BatchTrace(currentTrace(), lanes.axis)
    this.#traces.set(lanes.order, trace)
    try {
      return withTrace(trace, () => withAxis(lanes.axis, body))
    } finally {
      trace.live = false
    }
  }
}

function inLanes<T>(all: readonly Lanes[], resolver: Resolver, body: () => T): T {
  const [outer, ...rest] = all
  return outer === undefined ? body() : resolver.within(outer, () => inLanes(rest, resolver, body))
}

/** The mapped axes that values of a program stand in, outermost first. */
function lanesIn(operands: readonly Operand[], { jaxpr }: RecordedProgram, { log }: Excerpt): Lanes[] {
  const found = new Map<number, Lanes>()
  const look = (operand: Operand): void => {
    if (operand.kind !== 'lanes') return
    found.set(operand.lanes.order, operand.lanes)
    look(operand.all)
  }
  operands.forEach(look)
  const captured = (value: JaxArray): void => {
    const carried = value instanceof Tracer ? value.carries() : null
    if (carried === null) return
    if (carried.lanes !== null) found.set(carried.lanes.order, carried.lanes)
    captured(carried.array)
  }
  for (const { consts } of rulesIn(jaxpr)) consts.forEach(captured)
  for (const entry of log?.entries ?? []) {
    if (entry.kind !== 'rule') continue
    for (const rule of [entry.forward, entry.backward?.excerpt ?? null]) rule?.log?.externals.forEach(look)
  }
  return [...found.values()].sort((a, b) => a.order - b.order)
}

/** The programs of the rules that a program and those inside it hold. */
function rulesIn({ eqns }: Jaxpr): ClosedJaxpr[] {
  return eqns.flatMap((eqn) => {
    const own = keptRulesOf(eqn)
    return [...own, ...[...own, ...innerJaxprs(eqn.params)].flatMap((inner) => rulesIn(inner.jaxpr))]
  })
}
