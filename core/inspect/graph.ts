import { type Atom, ClosedJaxpr, type Jaxpr, type JaxprEqn, type Literal, type Var } from '../ir/jaxpr.ts'
import { formatFloat, formatLiteral, formatParam, printedParams } from '../ir/param-format.ts'
import { VariableNames, printEqn, printJaxpr } from '../ir/print.ts'
import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import type { ParamValue } from '../tracing/primitive.ts'
import { flatten } from '../tree/pytree.ts'
import { FlatCall, ShapeDtypeStruct, arrayOf, avalOf, callable } from '../tree/leaves.ts'
import type { GraphBlock, GraphDocument, GraphNode, GraphValue, Operand, ValueSummary } from './documents.ts'
import { branchesTaken } from './branches-taken.ts'
import { functionLabel, leafLabels } from './function-names.ts'
import { Replay } from './replay.ts'
import { describeAval, hostOf, spanOf } from './summary.ts'

/** What a variable held, for whoever has seen it. */
export type ValueOf = (variable: Var) => ValueSummary | undefined

/**
 * The computation graph of a function at the given arguments: its jaxpr with every inner jaxpr, and the
 * values that flowed when the arguments are concrete.
 *
 * @example graph((x) => jnp.sin(x).mul(2), 0.5)
 */
export function graph(fun: (...args: never[]) => unknown, ...args: unknown[]): GraphDocument {
  const { leaves, tree } = flatten(args)
  const call = new FlatCall<unknown[], unknown>(callable(fun), tree, 'inspect.graph')
  const closed = traceToJaxpr(
    call.fun,
    leaves.map((leaf) => avalOf(leaf, 'inspect.graph')),
    'inspect.graph',
  )
  const labels = leafLabels(fun, args)
  if (leaves.some((leaf) => leaf instanceof ShapeDtypeStruct))
    return graphOfJaxpr(closed, functionLabel(fun), labels, () => undefined)
  const replay = new Replay()
  replay.run(
    closed,
    leaves.map((leaf) => hostOf(arrayOf(leaf, 'inspect.graph'))),
  )
  return graphOfJaxpr(closed, functionLabel(fun), labels, (variable) => replay.summaryOf(variable), replay.notes)
}

/** The graph of a jaxpr that exists already. */
export function graphOfJaxpr(
  closed: ClosedJaxpr,
  title: string,
  labels: readonly string[] = [],
  valueOf: ValueOf = () => undefined,
  notes: readonly string[] = [],
): GraphDocument {
  const names = new VariableNames()
  const jaxpr = printJaxpr(closed.jaxpr, names)
  const root = new GraphWriter(names, valueOf).block(closed.jaxpr, 'root', title, labels)
  return { kind: 'graph', version: 1, title, jaxpr, root, ...(notes.length > 0 && { notes }) }
}

class GraphWriter {
  private readonly names: VariableNames
  private readonly valueOf: ValueOf

  constructor(names: VariableNames, valueOf: ValueOf) {
    this.names = names
    this.valueOf = valueOf
  }

  block(jaxpr: Jaxpr, id: string, label: string, labels: readonly string[] = []): GraphBlock {
    return {
      id,
      label,
      consts: jaxpr.constvars.map((variable) => this.value(id, variable)),
      inputs: jaxpr.invars.map((variable, i) => this.value(id, variable, labels[i])),
      nodes: jaxpr.eqns.map((eqn, i) => this.node(eqn, id, `${id}/${i}`)),
      outputs: jaxpr.outvars.map((atom) => this.operand(id, atom)),
    }
  }

  private node(eqn: JaxprEqn, block: string, id: string): GraphNode {
    const params = printedParams(eqn)
    const [first] = eqn.inputs
    const taken = branchesTaken(eqn, first === undefined || 'value' in first ? undefined : this.valueOf(first))
    return {
      id,
      primitive: eqn.primitive.name,
      params: params
        .filter(([, value]) => jaxprsIn(value).length === 0)
        .map(([name, value]) => ({ name, text: formatParam(eqn.primitive.name, name, value) })),
      inputs: eqn.inputs.map((atom) => this.operand(block, atom)),
      outputs: eqn.outputs.map((variable) => this.value(block, variable)),
      text: printEqn(eqn, this.names),
      source: spanOf(eqn.source),
      blocks: params.flatMap(([name, value]) =>
        jaxprsIn(value).map((closed, i, all) =>
          this.block(closed.jaxpr, `${id}/${name}${all.length > 1 ? i : ''}`, blockLabel(eqn, name, i, taken)),
        ),
      ),
    }
  }

  private value(block: string, variable: Var, label?: string): GraphValue {
    return {
      id: this.idOf(block, variable),
      name: this.names.of(variable),
      ...describeAval(variable.aval),
      label,
      value: this.valueOf(variable),
    }
  }

  private operand(block: string, atom: Atom): Operand {
    if ('value' in atom) return { kind: 'literal', text: shownLiteral(atom), aval: atom.aval.toString() }
    return { kind: 'value', id: this.idOf(block, atom) }
  }

  // A jaxpr that is used twice appears as two blocks: the block is part of the id.
  private idOf(block: string, variable: Var): string {
    return `${block}#${variable.id}`
  }
}

/** As somebody wrote it: `-0.1`, where a jaxpr has the double nearest to the 32-bit float. */
function shownLiteral(literal: Literal): string {
  const { value, aval } = literal
  if (aval.dtype !== 'float32' || typeof value !== 'number') return formatLiteral(literal).split(':')[0]
  const digits = [1, 2, 3, 4, 5, 6, 7, 8].find((count) => Math.fround(Number(value.toPrecision(count))) === value)
  return formatFloat(digits === undefined ? value : Number(value.toPrecision(digits)))
}

function jaxprsIn(value: ParamValue): ClosedJaxpr[] {
  if (value instanceof ClosedJaxpr) return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).filter((item): item is ClosedJaxpr => item instanceof ClosedJaxpr)
}

function blockLabel(eqn: JaxprEqn, param: string, index: number, taken: readonly number[] | null): string {
  switch (eqn.primitive.name) {
    case 'cond':
      return `branch ${index}${taken === null ? '' : taken.includes(index) ? ', which ran' : ', which did not run'}`
    case 'scan':
      return 'body'
    case 'while':
      return param === 'cond_jaxpr' ? 'condition' : 'body'
    case 'jit':
      return typeof eqn.params.name === 'string' ? eqn.params.name : 'jit'
    default:
      return eqn.primitive.name
  }
}
