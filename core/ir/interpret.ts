import type { Atom, Jaxpr, JaxprEqn, Literal, Var } from './jaxpr.ts'

/** What variables of a jaxpr stand for while it is interpreted: arrays, or what somebody wants to know of each. */
export class Environment<T> {
  readonly #values = new Map<Var, T>()
  readonly #literal: (literal: Literal) => T

  constructor(literal: (literal: Literal) => T) {
    this.#literal = literal
  }

  read(atom: Atom): T {
    if ('value' in atom) return this.#literal(atom)
    const value = this.#values.get(atom)
    if (value === undefined)
      throw new Error(`internal: a variable of ${atom.aval.toString()} was read before it was set`)
    return value
  }

  write(variables: readonly Var[], values: readonly T[]): void {
    for (let i = 0; i < variables.length; i++) this.#values.set(variables[i], values[i])
  }
}

/** Walks a jaxpr, one equation after another. What an equation makes of its operands, `apply` says. */
export function interpret<T>(
  jaxpr: Jaxpr,
  env: Environment<T>,
  consts: readonly T[],
  args: readonly T[],
  apply: (eqn: JaxprEqn, operands: readonly T[]) => readonly T[],
): T[] {
  env.write(jaxpr.constvars, consts)
  env.write(jaxpr.invars, args)
  const read = (atom: Atom): T => env.read(atom)
  for (const eqn of jaxpr.eqns) env.write(eqn.outputs, apply(eqn, eqn.inputs.map(read)))
  return jaxpr.outvars.map(read)
}
