import { type Atom, ClosedJaxpr, Jaxpr, type JaxprEqn, Var } from './jaxpr.ts'

/** The same program with the bodies of its jit equations written out in place. */
export function inlineJit(closed: ClosedJaxpr): ClosedJaxpr {
  const { jaxpr, consts } = closed
  const constvars: Var[] = [...jaxpr.constvars]
  const values = [...consts]
  const eqns: JaxprEqn[] = []

  const write = (body: Jaxpr, substitution: Map<Var, Atom>): void => {
    const resolve = (atom: Atom): Atom => ('value' in atom ? atom : (substitution.get(atom) ?? atom))
    for (const eqn of body.eqns) {
      const inputs = eqn.inputs.map(resolve)
      const inner = eqn.params.jaxpr
      if (eqn.primitive.name === 'jit' && inner instanceof ClosedJaxpr) {
        const local = new Map<Var, Atom>()
        inner.jaxpr.invars.forEach((invar, i) => local.set(invar, inputs[i]))
        inner.jaxpr.constvars.forEach((constvar, i) => {
          const lifted = new Var(constvar.aval)
          constvars.push(lifted)
          values.push(inner.consts[i])
          local.set(constvar, lifted)
        })
        write(inner.jaxpr, local)
        eqn.outputs.forEach((output, i) => {
          const result = inner.jaxpr.outvars[i]
          substitution.set(output, 'value' in result ? result : (local.get(result) ?? result))
        })
      } else {
        // One body may be written out twice, so its variables are made anew.
        const outputs = eqn.outputs.map((output) => new Var(output.aval))
        eqn.outputs.forEach((output, i) => substitution.set(output, outputs[i]))
        eqns.push({ ...eqn, inputs, outputs })
      }
    }
  }
  const top = new Map<Var, Atom>()
  write(jaxpr, top)
  const outvars = jaxpr.outvars.map((atom) => ('value' in atom ? atom : (top.get(atom) ?? atom)))
  return new ClosedJaxpr(new Jaxpr(constvars, jaxpr.invars, eqns, outvars), values)
}
