import { sameAval } from './aval.ts'
import { type Atom, ClosedJaxpr, type Jaxpr, type Var } from './jaxpr.ts'
import { VariableNames, printEqn } from './print.ts'

/**
 * Checks that a jaxpr is well formed: every variable is bound once and before it is used, and every
 * equation's outputs are what its primitive makes of its inputs. Inner jaxprs are checked too.
 * JAX: `core.check_jaxpr`.
 */
export function checkJaxpr(jaxpr: Jaxpr): void {
  const bound = new Set<Var>()
  const bindVariable = (variable: Var): void => {
    if (bound.has(variable)) throw new Error('jaxpr type error: a variable is bound twice')
    bound.add(variable)
  }
  const use = (atom: Atom): void => {
    if (!('value' in atom) && !bound.has(atom)) {
      throw new Error(`jaxpr type error: a variable of ${atom.aval.toString()} is used before it is bound`)
    }
  }
  ;[...jaxpr.constvars, ...jaxpr.invars].forEach(bindVariable)
  for (const eqn of jaxpr.eqns) {
    eqn.inputs.forEach(use)
    innerJaxprs(eqn.params).forEach((closed) => checkJaxpr(closed.jaxpr))
    const expected = eqn.primitive.abstractEval(
      eqn.inputs.map((input) => input.aval),
      eqn.params,
    )
    eqn.outputs.forEach((output, i) => {
      if (!sameAval(output.aval, expected[i])) {
        throw new Error(`jaxpr type error: ${printEqn(eqn, new VariableNames())} should give ${expected[i].toString()}`)
      }
      bindVariable(output)
    })
  }
  jaxpr.outvars.forEach(use)
}

/** The jaxprs among an equation's parameters, in the order they are printed. */
export function innerJaxprs(params: { readonly [name: string]: unknown }): ClosedJaxpr[] {
  return Object.entries(params)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, value]) => {
      if (value instanceof ClosedJaxpr) return [value]
      // A list of branches, or a record of programs with one job each.
      const items: unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : []
      return items.filter((item): item is ClosedJaxpr => item instanceof ClosedJaxpr)
    })
}
