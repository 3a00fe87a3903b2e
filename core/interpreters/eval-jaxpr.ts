import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { type Atom, type JaxprEqn, type Jaxpr, type Var } from '../ir/jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import { withSource } from '../tracing/source.ts'
import { bind } from '../tracing/trace.ts'
import { scalar } from '../runtime/concrete-array.ts'

/** Values of variables while a jaxpr is interpreted. */
export class Environment {
  private readonly values = new Map<Var, JaxArray>()

  read(atom: Atom): JaxArray {
    if ('value' in atom) return scalar(atom.value, atom.aval.dtype, atom.aval.weakType)
    const value = this.values.get(atom)
    if (value === undefined)
      throw new Error(`internal: a variable of ${atom.aval.toString()} was read before it was set`)
    return value
  }

  write(variables: readonly Var[], values: readonly JaxArray[]): void {
    variables.forEach((variable, i) => this.values.set(variable, values[i]))
  }
}

/** Applies one equation under the current interpreter, for the line that it came from. */
export function bindEqn({ primitive, params, source }: JaxprEqn, args: readonly JaxArray[]): JaxArray[] {
  return withSource(source, () =>
    primitive.rebind === undefined ? bind(primitive, args, params) : primitive.rebind(args, params),
  )
}

/** Interprets a jaxpr: every equation is bound under the current trace, so any transformation can watch. */
export function evalJaxpr(jaxpr: Jaxpr, consts: readonly JaxArray[], args: readonly JaxArray[]): JaxArray[] {
  const env = new Environment()
  env.write(jaxpr.constvars, consts)
  env.write(jaxpr.invars, args)
  for (const eqn of jaxpr.eqns) {
    env.write(
      eqn.outputs,
      bindEqn(
        eqn,
        eqn.inputs.map((atom) => env.read(atom)),
      ),
    )
  }
  return jaxpr.outvars.map((atom) => env.read(atom))
}

export function evalClosed(closed: ClosedJaxpr, args: readonly JaxArray[]): JaxArray[] {
  return evalJaxpr(closed.jaxpr, closed.consts, args)
}
