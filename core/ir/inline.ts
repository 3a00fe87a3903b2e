import { type Atom, ClosedJaxpr, Jaxpr, type JaxprEqn, Var } from './jaxpr.ts'

/**
 * What a program with its jits written out does in turn. Where an argument went into a jit, or a result came out, a value
 * gets another variable of its own: a derivative adds up what it has of each on its own side.
 */
export type InlinedStep =
  | { readonly kind: 'eqn'; readonly eqn: JaxprEqn; readonly reads: readonly Atom[] }
  | { readonly kind: 'move'; readonly to: Var; readonly from: Atom }

/** A program with its jits written out. */
interface Inlined {
  readonly closed: ClosedJaxpr
  readonly steps: readonly InlinedStep[]
  /** What the steps end with. */
  readonly results: readonly Atom[]
}

/** What stands for a variable: in the program, and in its steps. */
interface Standing {
  readonly atom: Atom
  readonly read: Atom
}

/** The same program with the bodies of its jit equations written out in place. */
export function inlineJit(closed: ClosedJaxpr): ClosedJaxpr {
  return inlined(closed).closed
}

/** The same, and what it does in turn. */
export function inlined({ jaxpr, consts }: ClosedJaxpr): Inlined {
  const constvars: Var[] = [...jaxpr.constvars]
  const values = [...consts]
  const eqns: JaxprEqn[] = []
  const steps: InlinedStep[] = []

  const moved = ({ atom, read }: Standing): Standing => {
    const to = new Var(atom.aval)
    steps.push({ kind: 'move', to, from: read })
    return { atom, read: to }
  }
  const write = (body: Jaxpr, substitution: Map<Var, Standing>): void => {
    for (const eqn of body.eqns) {
      const operands = eqn.inputs.map((atom) => standingFor(atom, substitution))
      const inputs = operands.map(({ atom }) => atom)
      const inner = eqn.params.jaxpr
      if (eqn.primitive.name === 'jit' && inner instanceof ClosedJaxpr) {
        const local = new Map<Var, Standing>()
        // On the way back the first argument has its part first.
        for (const [i, invar] of [...inner.jaxpr.invars.entries()].reverse()) local.set(invar, moved(operands[i]))
        inner.jaxpr.constvars.forEach((constvar, i) => {
          const lifted = new Var(constvar.aval)
          constvars.push(lifted)
          values.push(inner.consts[i])
          local.set(constvar, { atom: lifted, read: lifted })
        })
        write(inner.jaxpr, local)
        for (const [i, output] of [...eqn.outputs.entries()].reverse())
          substitution.set(output, moved(standingFor(inner.jaxpr.outvars[i], local)))
      } else {
        // One body may be written out twice, so its variables are made anew.
        const outputs = eqn.outputs.map((output) => new Var(output.aval))
        eqn.outputs.forEach((output, i) => substitution.set(output, { atom: outputs[i], read: outputs[i] }))
        const written = { ...eqn, inputs, outputs }
        eqns.push(written)
        steps.push({ kind: 'eqn', eqn: written, reads: operands.map(({ read }) => read) })
      }
    }
  }
  const top = new Map<Var, Standing>()
  write(jaxpr, top)
  const ends = jaxpr.outvars.map((atom) => standingFor(atom, top))
  const outvars = ends.map(({ atom }) => atom)
  return {
    closed: new ClosedJaxpr(new Jaxpr(constvars, jaxpr.invars, eqns, outvars), values),
    steps,
    results: ends.map(({ read }) => read),
  }
}

function standingFor(atom: Atom, substitution: ReadonlyMap<Var, Standing>): Standing {
  return ('value' in atom ? null : substitution.get(atom)) ?? { atom, read: atom }
}
