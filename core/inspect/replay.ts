import { runOnHost } from '../compiler/reference/run.ts'
import { shortName } from '../ir/dtype.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import { ClosedJaxpr, Jaxpr, type JaxprEqn, Var } from '../ir/jaxpr.ts'
import { type TapSink, withTaps } from '../interpreters/tap.ts'
import { hold } from '../runtime/memory.ts'
import type { ValueSummary } from './documents.ts'
import { Branches, knownProgram } from './known-program.ts'
import { summarize } from './summary.ts'

/** Steps of a loop whose values are shown. */
export const shownSteps = 64

/** A number that is not known: a function of the learner's made it, and looking runs none. */
type Known = HostArray | null

/**
 * The values inside of a recorded program, computed again from the operands that were kept by running the program with
 * taps. Functions of the host are not called: what depends on their results stays unknown.
 */
export class Replay {
  /** By the number of the variable. */
  readonly #seen = new Map<number, HostArray[]>()
  readonly #notes = new Set<string>()

  /** Why some values are missing, one sentence each. */
  get notes(): readonly string[] {
    return [...this.#notes]
  }

  /** Says why values are missing. */
  note(text: string): void {
    this.#notes.add(text)
  }

  /** What a variable held: one value, or one a step of the loop it is in. */
  summaryOf(variable: Var): ValueSummary | undefined {
    const values = this.#seen.get(variable.id)
    if (values === undefined) return undefined
    const [first] = values
    if (values.length === 1) return summarize(first)
    const stacked = hostArray([values.length, ...first.shape], first.dtype)
    values.forEach((value, i) => stacked.data.set(value.data, i * value.data.length))
    const aval = `${shortName(first.dtype)}[${first.shape.join(',')}] at ${values.length} steps`
    return { ...summarize(stacked), aval }
  }

  /** The newest value of a variable. */
  newest(variable: Var): HostArray | null {
    return this.#seen.get(variable.id)?.at(-1) ?? null
  }

  /** Looks into an equation that holds programs. */
  into(eqn: JaxprEqn, operands: readonly Known[]): void {
    const invars = eqn.inputs.map(({ aval }) => new Var(aval))
    const outputs = eqn.outputs.map(({ aval }) => new Var(aval))
    const jaxpr = new Jaxpr([], invars, [{ ...eqn, inputs: invars, outputs }], outputs)
    this.run(new ClosedJaxpr(jaxpr, []), operands)
  }

  /** Runs what is known of a whole program. */
  run(closed: ClosedJaxpr, args: readonly Known[]): void {
    const known = args.map((arg) => arg !== null)
    const operands = closed.inAvals.map((aval, i) => args[i] ?? hostArray(aval.shape, aval.dtype))
    const branches = new Branches()
    // Where one branch calls the host and another runs, more is known once that was seen.
    for (;;) {
      const { program } = knownProgram(closed, known, branches)
      branches.found = false
      const seen = new Sights()
      withTaps(seen.sink(branches), () => runOnHost(program, operands))
      if (branches.found) continue
      seen.values.forEach((values, variable) => {
        const before = this.#seen.get(variable) ?? []
        this.#seen.set(variable, [...before, ...values].slice(0, shownSteps))
      })
      seen.notes.forEach((text) => this.note(text))
      return
    }
  }
}

/** What one run of a program showed. */
class Sights {
  readonly values = new Map<number, HostArray[]>()
  readonly notes = new Set<string>()

  sink(branches: Branches): TapSink {
    return ({ params: { variables, note, branch } }, values) => {
      if (typeof note === 'string') this.notes.add(note)
      if (typeof branch === 'number') branches.runs(branch)
      if (!isNumbers(variables)) return
      for (let i = 0; i < variables.length; i++) {
        const seen = this.values.get(variables[i])
        if (seen === undefined) this.values.set(variables[i], [kept(values[i])])
        else if (seen.length < shownSteps) seen.push(kept(values[i]))
        else this.notes.add(`Of a loop’s steps the first ${shownSteps} are shown.`)
      }
    }
  }
}

/** A value of the program that is not written over when the program is done with it. */
function kept(value: HostArray): HostArray {
  hold(value.data)
  return value
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value)
}
