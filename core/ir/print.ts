import type { Atom, ClosedJaxpr, Jaxpr, JaxprEqn, Var } from './jaxpr.ts'
import { type Doc, concat, group, join, layout, lineBreak, nest, text } from './pretty.ts'
import { formatLiteral, formatParam, printedParams } from './param-format.ts'

/** Names of variables in one printout: a, b, …, z, ba, bb, … in the order they are met. */
export class VariableNames {
  private readonly names = new Map<Var, string>()
  private readonly reserved = new Set<string>()
  private count = 0

  of(variable: Var): string {
    let name = this.names.get(variable)
    if (name === undefined) this.names.set(variable, (name = this.fresh()))
    return name
  }

  /** Keeps a name from variables, since a program of the printout has it. */
  reserve(name: string): void {
    this.reserved.add(name)
  }

  private fresh(): string {
    let name = letters(this.count++)
    while (this.reserved.has(name)) name = letters(this.count++)
    return name
  }

  /** Gives the variables of an inner jaxpr the names of the operands they stand for, also of those that have none. */
  suggest(inner: readonly Atom[], outer: readonly Atom[], isNamed: (variable: Var) => boolean = () => true): void {
    const used = new Set<Atom>()
    inner.forEach((variable, i) => {
      const like = outer[i]
      if ('value' in variable || 'value' in like || used.has(like) || this.names.has(variable)) return
      used.add(like)
      this.names.set(variable, isNamed(like) ? this.of(like) : '_')
    })
  }
}

function letters(index: number): string {
  let name = ''
  let rest = index
  do {
    name = String.fromCharCode(97 + (rest % 26)) + name
    rest = Math.floor(rest / 26)
  } while (rest > 0)
  return name
}

class JaxprPrinter {
  readonly names: VariableNames
  /** Programs that are printed once, ahead of the others, and elsewhere by name. */
  readonly shared: ReadonlyMap<Jaxpr, string>

  constructor(names: VariableNames, shared: ReadonlyMap<Jaxpr, string> = new Map()) {
    this.names = names
    this.shared = shared
    for (const name of shared.values()) names.reserve(name)
  }

  program(jaxpr: Jaxpr): Doc {
    const definitions = [...this.shared].map(([body, name]) =>
      concat(text(`let ${name} = `), this.body(body), text(' in'), lineBreak()),
    )
    // Of the program itself what nothing reads is not named; inside of programs JAX names everything.
    const used = new Set<Atom>([...jaxpr.eqns.flatMap((eqn) => eqn.inputs), ...jaxpr.outvars])
    return concat(
      ...definitions,
      this.body(jaxpr, (variable) => used.has(variable)),
    )
  }

  private jaxpr(jaxpr: Jaxpr): Doc {
    const name = this.shared.get(jaxpr)
    return name === undefined ? this.body(jaxpr) : text(name)
  }

  private body(jaxpr: Jaxpr, isNamed: (variable: Var) => boolean = () => true): Doc {
    const constvars = this.binders(jaxpr.constvars)
    const invars = this.binders(jaxpr.invars)
    const eqns = jaxpr.eqns.map((eqn) => this.eqn(eqn, isNamed))
    const outvars = concat(text('('), this.atoms(jaxpr.outvars, ', '), text(jaxpr.outvars.length === 1 ? ',)' : ')'))
    return group(
      concat(
        nest(
          2,
          concat(
            text('{ lambda '),
            constvars,
            text('; '),
            invars,
            text('. let'),
            nest(2, concat(lineBreak(), join(lineBreak('; '), eqns))),
            lineBreak(),
            text('in '),
            outvars,
          ),
        ),
        text(' }'),
      ),
    )
  }

  eqn(eqn: JaxprEqn, isNamed: (variable: Var) => boolean): Doc {
    const outputs = this.separated(
      eqn.outputs.map((output) => `${isNamed(output) ? this.names.of(output) : '_'}:${output.aval.toString()}`),
      '',
    )
    return concat(
      outputs,
      text(`${eqn.outputs.length === 0 ? '' : ' = '}${eqn.primitive.name}`),
      this.params(eqn, isNamed),
      text(' '),
      this.atoms(eqn.inputs, ''),
    )
  }

  private params(eqn: JaxprEqn, isNamed: (variable: Var) => boolean): Doc {
    const inner = eqn.params.jaxpr
    if (eqn.primitive.name === 'jit' && isClosedJaxpr(inner) && !this.shared.has(inner.jaxpr)) {
      this.names.suggest(inner.jaxpr.invars, eqn.inputs)
      this.names.suggest(inner.jaxpr.outvars, eqn.outputs, isNamed)
    }
    const pairs = printedParams(eqn).map(([name, value]) => {
      if (isClosedJaxpr(value)) return concat(text(`${name}=`), this.jaxpr(value.jaxpr))
      if (isJaxprList(value)) return concat(text(`${name}=`), this.jaxprs(value))
      return text(`${name}=${formatParam(eqn.primitive.name, name, value)}`)
    })
    if (pairs.length === 0) return text('')
    return group(concat(nest(2, concat(text('['), lineBreak(''), join(lineBreak(), pairs))), lineBreak(''), text(']')))
  }

  private jaxprs(jaxprs: readonly ClosedJaxpr[]): Doc {
    const bodies = jaxprs.map((closed) => this.jaxpr(closed.jaxpr))
    return group(concat(nest(2, concat(text('('), lineBreak(''), join(lineBreak(), bodies))), lineBreak(''), text(')')))
  }

  private binders(variables: readonly Var[]): Doc {
    return this.separated(
      variables.map((variable) => `${this.names.of(variable)}:${variable.aval.toString()}`),
      '',
    )
  }

  private atoms(atoms: readonly Atom[], separator: string): Doc {
    return this.separated(
      atoms.map((atom) => this.atom(atom)),
      separator.trimEnd(),
    )
  }

  private separated(items: readonly string[], separator: string): Doc {
    return nest(2, group(join(concat(text(separator), group(lineBreak())), items.map(text))))
  }

  atom(atom: Atom): string {
    return 'value' in atom ? formatLiteral(atom) : this.names.of(atom)
  }
}

/** By its shape, since the class itself prints through this file. */
function isClosedJaxpr(value: unknown): value is ClosedJaxpr {
  return typeof value === 'object' && value !== null && 'jaxpr' in value && 'consts' in value
}

function isJaxprList(value: unknown): value is readonly ClosedJaxpr[] {
  return Array.isArray(value) && value.length > 0 && value.every(isClosedJaxpr)
}

/** A jaxpr as JAX prints it: `{ lambda ; a:f32[]. let b:f32[] = sin a in (b,) }`. */
export function printJaxpr(jaxpr: Jaxpr, names = new VariableNames()): string {
  return layout(new JaxprPrinter(names, sharedJaxprs(jaxpr)).program(jaxpr))
}

/** Past this many equations an inner program is printed ahead of the program that uses it. */
const longestInPlace = 10

/** The inner programs that are long or used more than once, with unique names, in the order they are met. */
function sharedJaxprs(top: Jaxpr): Map<Jaxpr, string> {
  const uses = new Map<Jaxpr, number>()
  const names = new Map<Jaxpr, string>()
  const queue = [top]
  for (const jaxpr of queue) {
    const weight = jaxpr !== top && jaxpr.eqns.length > longestInPlace ? 2 : 1
    uses.set(jaxpr, (uses.get(jaxpr) ?? 0) + weight)
    for (const { params } of jaxpr.eqns) {
      for (const inner of Object.values(params).flatMap(jaxprsIn)) {
        queue.push(inner)
        if (typeof params.name === 'string' && !names.has(inner)) names.set(inner, params.name.replace(/^<|>$/g, ''))
      }
    }
  }
  const shared = new Map<Jaxpr, string>()
  const taken = new Map<string, number>()
  for (const [jaxpr, count] of uses) {
    if (count === 1) continue
    const name = names.get(jaxpr) ?? 'jaxpr'
    const before = taken.get(name) ?? 0
    taken.set(name, before + 1)
    shared.set(jaxpr, before === 0 ? name : `${name}${before}`)
  }
  return shared
}

function jaxprsIn(value: unknown): Jaxpr[] {
  if (isClosedJaxpr(value)) return [value.jaxpr]
  if (typeof value !== 'object' || value === null) return []
  const items: unknown[] = Object.values(value)
  return items.filter(isClosedJaxpr).map((closed) => closed.jaxpr)
}

/** One equation on one line, without its inner jaxprs: `c:f32[] = mul a b`. */
export function printEqn(eqn: JaxprEqn, names: VariableNames): string {
  const printer = new JaxprPrinter(names)
  const outputs = eqn.outputs.map((output) => `${names.of(output)}:${output.aval.toString()}`).join(' ')
  const inputs = eqn.inputs.map((input) => printer.atom(input)).join(' ')
  return `${outputs}${outputs === '' ? '' : ' = '}${eqn.primitive.name}${formatParams(eqn)} ${inputs}`
}

/** `[axes=(0,)]`: parameters that are not jaxprs. */
function formatParams(eqn: JaxprEqn): string {
  const pairs = printedParams(eqn)
    .filter(([, value]) => !isClosedJaxpr(value) && !isJaxprList(value))
    .map(([name, value]) => `${name}=${formatParam(eqn.primitive.name, name, value)}`)
  return pairs.length === 0 ? '' : `[${pairs.join(' ')}]`
}
