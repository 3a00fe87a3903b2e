import { ClosedJaxpr, type Atom, type JaxprEqn, type Var } from '../ir/jaxpr.ts'
import { numberOf } from '../ir/element.ts'
import { type HostArray, hostArray, leadingSlice } from '../ir/host-array.ts'
import { partsOf } from '../ir/sequence.ts'
import { scalar } from '../runtime/concrete-array.ts'
import { shortName } from '../ir/dtype.ts'
import type { ValueSummary } from './documents.ts'
import { callsHost, holdsHostCalls, silenced } from './host-calls.ts'
import { hostOf, summarize } from './summary.ts'

/** Steps of a loop whose values are shown. */
const shownSteps = 64
/** Equations that one replay evaluates one at a time. */
const mostEquations = 50_000

/** A number that is not known: a function of the learner's made it, and looking runs none. */
type Known = HostArray | null

/**
 * The values inside of a recorded program, computed again from the operands that were kept. Functions of the host
 * are not called: what depends on their results stays unknown.
 */
export class Replay {
  readonly #seen = new Map<Var, HostArray[]>()
  readonly #notes = new Set<string>()
  #equations = 0

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
    const values = this.#seen.get(variable)
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
    return this.#seen.get(variable)?.at(-1) ?? null
  }

  /** Looks into an equation that holds programs. */
  into(eqn: JaxprEqn, operands: readonly Known[]): void {
    this.#evaluate(eqn, operands)
  }

  /** Runs a whole program, one equation at a time. */
  run({ jaxpr, consts }: ClosedJaxpr, args: readonly Known[]): Known[] {
    const env = new Map<Var, Known>()
    const read = (atom: Atom): Known =>
      'value' in atom ? scalar(atom.value, atom.aval.dtype).host : (env.get(atom) ?? null)
    const write = (variable: Var, value: Known): void => {
      env.set(variable, value)
      if (value === null) return
      const seen = this.#seen.get(variable)
      if (seen === undefined) this.#seen.set(variable, [value])
      else if (seen.length < shownSteps) seen.push(value)
    }
    jaxpr.constvars.forEach((variable, i) => write(variable, hostOf(consts[i])))
    jaxpr.invars.forEach((variable, i) => write(variable, args[i] ?? null))
    for (const eqn of jaxpr.eqns) {
      const outs = this.#evaluate(eqn, eqn.inputs.map(read))
      eqn.outputs.forEach((output, i) => write(output, outs[i]))
    }
    return jaxpr.outvars.map(read)
  }

  #evaluate(whole: JaxprEqn, args: readonly Known[]): Known[] {
    const eqn = silenced(whole)
    const { primitive, params } = eqn
    const unknown = (): Known[] => eqn.outputs.map(() => null)
    if (callsHost(eqn)) {
      if (eqn.outputs.length > 0)
        this.#notes.add(`What ${primitive.name} gave is not shown: looking at a figure calls no function of yours.`)
      return unknown()
    }
    if (this.#equations++ > mostEquations) {
      this.#notes.add('The values of later equations are not shown: the program is long.')
      return unknown()
    }
    const { jaxpr, call_jaxpr, branches, cond_jaxpr, body_jaxpr } = params
    switch (primitive.name) {
      case 'jit':
      case 'remat2':
      case 'closed_call':
        if (jaxpr instanceof ClosedJaxpr) return this.run(jaxpr, args)
        break
      case 'custom_jvp_call':
      case 'custom_vjp_call':
        if (call_jaxpr instanceof ClosedJaxpr) return this.run(call_jaxpr, args)
        break
      case 'cond': {
        const [index, ...operands] = args
        if (!Array.isArray(branches) || index === null) return unknown()
        const taken: unknown = branches[Math.min(Math.max(numberOf(index), 0), branches.length - 1)]
        if (taken instanceof ClosedJaxpr) return this.run(taken, operands)
        break
      }
      case 'scan':
        if (jaxpr instanceof ClosedJaxpr) this.#scan(jaxpr, args, params)
        break
      case 'while':
        if (cond_jaxpr instanceof ClosedJaxpr && body_jaxpr instanceof ClosedJaxpr)
          this.#while(cond_jaxpr, body_jaxpr, args, params)
        break
      case 'pmap':
      case 'shard_map':
        this.#notes.add(`Values inside ${primitive.name} are not shown: each device had its own.`)
        break
    }
    const known = args.filter((arg) => arg !== null)
    if (known.length < args.length || holdsHostCalls(eqn)) return unknown()
    return primitive.impl(
      known,
      params,
      eqn.outputs.map(({ aval }) => aval),
    )
  }

  /** The first steps, one equation at a time; the results are the loop's own. */
  #scan(body: ClosedJaxpr, args: readonly Known[], params: JaxprEqn['params']): void {
    const length = Number(params.length)
    const [consts, init] = partsOf(args, Number(params.num_consts), Number(params.num_carry))
    const xs = args.slice(consts.length + init.length)
    let carry = init
    for (let step = 0; step < Math.min(length, shownSteps); step++) {
      const t = params.reverse === true ? length - 1 - step : step
      const slices = xs.map((x) => (x === null ? null : leadingSlice(x, t)))
      carry = this.run(body, [...consts, ...carry, ...slices]).slice(0, init.length)
    }
    this.#noteSteps(length)
  }

  #while(condition: ClosedJaxpr, body: ClosedJaxpr, args: readonly Known[], params: JaxprEqn['params']): void {
    const [condConsts, bodyConsts] = partsOf(args, Number(params.cond_nconsts), Number(params.body_nconsts))
    let carry = args.slice(condConsts.length + bodyConsts.length)
    for (let step = 0; step < shownSteps; step++) {
      const [goesOn] = this.run(condition, [...condConsts, ...carry])
      if (goesOn === null || goesOn.data[0] === 0) return
      carry = this.run(body, [...bodyConsts, ...carry])
    }
    this.#noteSteps(Infinity)
  }

  #noteSteps(length: number): void {
    if (length > shownSteps) this.#notes.add(`Of a loop’s steps the first ${shownSteps} are shown.`)
  }
}
