import { type Atom, ClosedJaxpr, Jaxpr, type JaxprEqn, Var } from '../ir/jaxpr.ts'
import { evalJaxpr } from '../interpreters/eval-jaxpr.ts'
import { customJvpPrimitive, customVjpPrimitive } from '../interpreters/custom-calls.ts'
import { literalOf } from '../interpreters/to-jaxpr.ts'
import { jitPrimitive } from '../control/jit.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { KeptNumbers } from '../tracing/kept-numbers.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { FlatFunction, Params, Primitive } from '../tracing/primitive.ts'
import type {
  Excerpt,
  Log,
  LogEntry,
  Operand,
  RecordedBlock,
  RecordedEqn,
  RecordedRule,
  RecordedValue,
} from '../tracing/record.ts'
import { ValueError } from '../errors.ts'
import { notInRecord } from '../tracing/looking.ts'

/** A record as the program that ran, with what is known of every variable. */
export interface RecordedProgram {
  /** Its constvars are what it captured. */
  readonly jaxpr: Jaxpr
  /** What each variable held. */
  readonly values: ReadonlyMap<Var, RecordedValue>
  /** What inputs and captured values can be computed from again. */
  readonly operands: ReadonlyMap<Var, Operand>
  /** Operands of equations that hold programs. */
  readonly operandsOf: ReadonlyMap<JaxprEqn, readonly Operand[]>
  /** Equations that ran and are not in the program. */
  readonly skipped: number
}

/** Makes an array of an operand, for the rules of functions that brought their own. */
export type Resolve = (operand: Operand) => JaxArray

/** The program that an excerpt of a log amounts to: its inputs, what it captured, its equations and outputs. */
export function programOf(excerpt: Excerpt): RecordedProgram {
  let program = programs.get(excerpt)
  if (program === undefined) {
    program =
      excerpt.staged === null
        ? new ProgramWriter(excerpt, lostArray, null).write()
        : stagedProgram(excerpt, excerpt.staged)
    programs.set(excerpt, program)
  }
  return program
}

/** Looked at again, a record is the same program with the same variables. */
const programs = new WeakMap<Excerpt, RecordedProgram>()

function lostArray(): never {
  throw new Error('internal: a rule of a recorded program is run without its operands')
}

/**
 * The same as a program that can run: `resolve` makes arrays of what its rules captured, and what functions of the host
 * gave is captured, save where they were given what comes from one of the last `moving` inputs: tangents or cotangents,
 * which are others than in the run.
 */
export function runnableProgramOf(excerpt: Excerpt, resolve: Resolve, moving = 0): RecordedProgram {
  if (excerpt.staged !== null) return stagedProgram(excerpt, excerpt.staged)
  const { inputs } = excerpt
  const known: HostResults = { moving: new Set(inputs.slice(inputs.length - moving)), operands: new Map() }
  return new ProgramWriter(excerpt, resolve, known).write()
}

/** What is known of functions of the host that a program called. */
interface HostResults {
  /** Values that come from inputs which move. */
  readonly moving: Set<RecordedValue>
  /** What functions gave. */
  readonly operands: Map<RecordedValue, Operand>
}

/** The operand of a variable that a program was given or captured. */
export function operandFor(operands: ReadonlyMap<Var, Operand>, variable: Var): Operand {
  return operands.get(variable) ?? { kind: 'lost', why: 'it was not kept' }
}

/** Part of a program that was being staged: variables are those of the whole program. */
function stagedProgram(excerpt: Excerpt, all: readonly JaxprEqn[]): RecordedProgram {
  const eqns = all.slice(excerpt.start, excerpt.end)
  const operands = new Map<Var, Operand>()
  const values = new Map<Var, RecordedValue>()
  const atomOf = (value: RecordedValue): Atom => {
    const known = value.atom ?? excerpt.captured.get(value)
    if (known !== undefined) return known
    if (value.literal && value.host !== null)
      return literalOf(new ConcreteArray(value.host, { weakType: value.aval.weakType }))
    const variable = new Var(value.aval)
    values.set(variable, value)
    return variable
  }
  const invars = excerpt.inputs.map((value) => {
    const atom = atomOf(value)
    return 'value' in atom ? new Var(atom.aval) : atom
  })
  const outvars = excerpt.outputs.map(atomOf)
  const made = new Set<Atom>([...invars, ...eqns.flatMap((eqn) => eqn.outputs)])
  const captured = new Set<Var>()
  for (const atom of [...eqns.flatMap((eqn) => eqn.inputs), ...outvars])
    if (!('value' in atom) && !made.has(atom)) captured.add(atom)
  const constvars = [...captured]
  for (const atom of [...invars, ...constvars]) operands.set(atom, { kind: 'staged', atom })
  return {
    jaxpr: new Jaxpr(constvars, invars, eqns, outvars),
    values,
    operands,
    operandsOf: new Map(),
    skipped: 0,
  }
}

class ProgramWriter {
  readonly #excerpt: Excerpt
  readonly #log: Log | null
  readonly #resolve: Resolve
  readonly #hostResults: HostResults | null
  readonly #variables = new Map<RecordedValue, Var>()
  readonly #constants = new Map<RecordedValue, Var>()
  readonly values: Map<Var, RecordedValue>
  readonly operandsOf: Map<JaxprEqn, readonly Operand[]>
  #skipped = 0

  constructor(excerpt: Excerpt, resolve: Resolve, hostResults: HostResults | null, outer: ProgramWriter | null = null) {
    this.#excerpt = excerpt
    this.#log = excerpt.log
    this.#resolve = resolve
    this.#hostResults = hostResults
    this.values = outer?.values ?? new Map()
    this.operandsOf = outer?.operandsOf ?? new Map()
  }

  write(): RecordedProgram {
    const { jaxpr, captured } = this.#body()
    const operands = new Map<Var, Operand>()
    jaxpr.invars.forEach((variable, i) => operands.set(variable, this.#operandOf(this.#excerpt.inputs[i], i)))
    captured.forEach((value, i) => operands.set(jaxpr.constvars[i], this.#operandOf(value)))
    return {
      jaxpr,
      values: this.values,
      operands,
      operandsOf: this.operandsOf,
      skipped: this.#skipped + this.#excerpt.skipped,
    }
  }

  #operandOf(value: RecordedValue, input?: number): Operand {
    const given = input === undefined ? undefined : this.#excerpt.operands[input]
    const known = given ?? this.#hostResults?.operands.get(value) ?? this.#log?.externals.get(value)
    if (known !== undefined) return known
    if (value.host !== null) return { kind: 'kept', numbers: new KeptNumbers(value.host), aval: value.aval }
    return { kind: 'lost', why: 'it was not kept' }
  }

  #body(): { jaxpr: Jaxpr; captured: readonly RecordedValue[] } {
    const { inputs, outputs, start, end } = this.#excerpt
    const invars = inputs.map((value) => this.#define(value))
    const eqns = (this.#log?.entries ?? []).slice(start, end).flatMap((entry) => this.#eqnOf(entry))
    const outvars = outputs.map((value) => this.#atom(value))
    const captured = [...this.#constants.keys()]
    return { jaxpr: new Jaxpr([...this.#constants.values()], invars, eqns, outvars), captured }
  }

  #define(value: RecordedValue): Var {
    const variable = new Var(value.aval)
    this.#variables.set(value, variable)
    this.values.set(variable, value)
    return variable
  }

  #atom(value: RecordedValue): Atom {
    const known = this.#variables.get(value) ?? this.#constants.get(value)
    if (known !== undefined) return known
    if (value.literal && value.host !== null)
      return literalOf(new ConcreteArray(value.host, { weakType: value.aval.weakType, literal: true }))
    const variable = new Var(value.aval)
    this.#constants.set(value, variable)
    this.values.set(variable, value)
    return variable
  }

  #eqnOf(entry: LogEntry): JaxprEqn[] {
    this.#move(entry)
    switch (entry.kind) {
      case 'eqn': {
        const { primitive, params, source, operands } = entry
        if (this.#isCaptured(entry)) return []
        const inputs = entry.inputs.map((value) => this.#atom(value))
        const eqn = { primitive, params, source, inputs, outputs: entry.outputs.map((value) => this.#define(value)) }
        if (operands !== null) this.operandsOf.set(eqn, operands)
        return [eqn]
      }
      case 'block':
        return [this.#block(entry)]
      case 'rule':
        return [this.#rule(entry)]
      case 'call': {
        const { name, source } = entry
        const inputs = entry.inputs.map((value) => this.#atom(value))
        const outputs = entry.outputs.map((value) => this.#define(value))
        return [{ primitive: callPrimitive, params: { name }, source, inputs, outputs }]
      }
    }
  }

  /** Whatever reads a value that moves moves with it. */
  #move(entry: LogEntry): void {
    const moving = this.#hostResults?.moving
    if (moving === undefined) return
    // The body of a block is looked at by itself: its values are those around it.
    if (entry.kind === 'block' || !entry.inputs.some((value) => moving.has(value))) return
    entry.outputs.forEach((value) => moving.add(value))
  }

  /** Whether the results of an equation are given, since a function of the host made them. */
  #isCaptured({ inputs, outputs, results }: RecordedEqn): boolean {
    const known = this.#hostResults
    if (known === null || results === null || inputs.some((value) => known.moving.has(value))) return false
    outputs.forEach((value, i) => known.operands.set(value, results[i]))
    return true
  }

  /** A body within: what it takes of the program around it becomes its leading operands. */
  #block({ form, name, ruleNames, rule, source, body }: RecordedBlock): JaxprEqn {
    const writer = new ProgramWriter(body, this.#resolve, this.#hostResults, this)
    const { jaxpr, captured } = writer.#body()
    const inner = new ClosedJaxpr(new Jaxpr([], [...jaxpr.constvars, ...jaxpr.invars], jaxpr.eqns, jaxpr.outvars), [])
    this.#skipped += writer.#skipped + body.skipped
    const inputs = [...captured, ...body.inputs].map((value) => this.#atom(value))
    const outputs = body.outputs.map((value) => this.#define(value))
    const call = { name, ruleNames, fun: unrecorded, jvp: rule ?? unrecorded }
    switch (form) {
      case 'jit':
        return { primitive: jitPrimitive, params: { jaxpr: inner, name }, source, inputs, outputs }
      case 'custom_jvp_call': {
        const params: Params = { call_jaxpr: inner, call, num_consts: captured.length }
        return { primitive: customJvpPrimitive, params, source, inputs, outputs }
      }
      case 'custom_vjp_call': {
        const params: Params = {
          call_jaxpr: inner,
          call: { name, ruleNames, fun: unrecorded, fwd: unrecorded, bwd: unrecorded },
          num_consts: captured.length,
        }
        return { primitive: customVjpPrimitive, params, source, inputs, outputs }
      }
    }
  }

  /** A call that its own rule differentiated: the rule is what it did in this run. */
  #rule(entry: RecordedRule): JaxprEqn {
    const { form, name, source, forward, backward } = entry
    const inputs = entry.inputs.map((value) => this.#atom(value))
    const outputs = entry.outputs.map((value) => this.#define(value))
    const variables = entry.outputs.map((value) => new Var(value.aval))
    const parameters = entry.inputs.map((value) => new Var(value.aval))
    const call_jaxpr = new ClosedJaxpr(new Jaxpr(variables, parameters, [], variables), [])
    const tangents = form === 'custom_jvp_call' ? inputs.length : 0
    const ran = forward === null ? unrecorded : this.#ruleOf(forward, tangents)
    const common = { source, inputs, outputs }
    if (form === 'custom_jvp_call') {
      const params: Params = { call_jaxpr, call: { name, fun: unrecorded, jvp: ran }, num_consts: 0 }
      return { primitive: customJvpPrimitive, params, ...common }
    }
    const fwd = (...primals: JaxArray[]): { outputs: JaxArray[]; residuals: JaxArray[] } => {
      const all = ran(...primals)
      return { outputs: all.slice(0, outputs.length), residuals: all.slice(outputs.length) }
    }
    const excerpt = backward?.excerpt ?? null
    const bwd = excerpt === null ? unrecorded : this.#ruleOf(excerpt, outputs.length)
    const params: Params = { call_jaxpr, call: { name, fun: unrecorded, fwd, bwd }, num_consts: 0 }
    return { primitive: customVjpPrimitive, params, ...common }
  }

  /** The rule as it ran, as a function. */
  #ruleOf(excerpt: Excerpt, moving: number): FlatFunction {
    const { jaxpr, operands } = runnableProgramOf(excerpt, this.#resolve, moving)
    return (...values) =>
      evalJaxpr(
        jaxpr,
        jaxpr.constvars.map((variable) => this.#resolve(operandFor(operands, variable))),
        values,
      )
  }
}

/** A call of a transformed function in the record of a cell's own code. */
const callPrimitive: Primitive = { name: 'call', cost: () => ({}), abstractEval: unrecorded, impl: unrecorded }

function unrecorded(): never {
  throw notInRecord(
    new ValueError('The rule of this function did not run in the cell, so the record does not have it.', {
      hint: 'Differentiate the function in a cell (grad, jvp, vjp), then look at that call.',
    }),
  )
}
