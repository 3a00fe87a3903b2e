import { isFloat } from '../ir/dtype.ts'
import { ClosedJaxpr, type JaxprEqn, Jaxpr, type Var } from '../ir/jaxpr.ts'
import { VariableNames, printEqn, printJaxpr } from '../ir/print.ts'
import { inlineJit } from '../ir/inline.ts'

import { traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import type { JaxArray } from '../tracing/array.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { flatten } from '../tree/pytree.ts'
import { FlatCall, arrayOf, callable } from '../tree/leaves.ts'
import { JaxTypeError } from '../errors.ts'
import type { TapeDocument, TapeNode } from './documents.ts'
import { functionLabel, leafLabels } from './function-names.ts'
import { forwardTape } from './forward-tape.ts'
import { reverseTape } from './reverse-tape.ts'
import { spanOf } from './summary.ts'
import type { ValueSummary } from './documents.ts'

/** A box of the tape with what the interpreters need to find it again. */
export interface TapeSlot {
  readonly id: string
  readonly label: string
  readonly outputs: readonly Var[]
  readonly eqn: JaxprEqn | null
}

/** A program laid out for a tape: its inputs and equations in execution order. */
export interface TapeProgram {
  readonly closed: ClosedJaxpr
  readonly args: readonly JaxArray[]
  readonly slots: readonly TapeSlot[]
  readonly slotOf: ReadonlyMap<Var, string>
  readonly names: VariableNames
}

/**
 * Forward and reverse mode of one function at one point, step by step, as the interpreters ran them.
 * Every differentiable argument gets the tangent 1, every output the cotangent 1.
 *
 * @example tape((x, y) => x.mul(jnp.sin(y)).add(jnp.cos(x)), 0.5, 0.75)
 */
export function tape(fun: (...args: never[]) => unknown, ...args: unknown[]): TapeDocument {
  const { leaves, tree } = flatten(args)
  const arrays = leaves.map((leaf) => asInput(arrayOf(leaf, 'inspect.tape')))
  if (!arrays.some((array) => isFloat(array.dtype))) {
    throw new JaxTypeError('inspect.tape: no argument can be differentiated', {
      hint: 'Pass at least one float argument.',
    })
  }
  const call = new FlatCall<unknown[], unknown>(callable(fun), tree, 'inspect.tape')
  const traced = inlineJit(
    traceToJaxpr(
      call.fun,
      arrays.map((array) => array.aval),
      'inspect.tape',
    ),
  )
  const program = layOut(traced, arrays, leafLabels(fun, args))
  const title = functionLabel(fun, null)
  const forward = forwardTape(program)
  const reverse = reverseTape(program)
  const outputs = traced.jaxpr.outvars.flatMap((atom) => ('value' in atom ? [] : [program.slotOf.get(atom) ?? '']))
  const inputs = program.slots.filter((slot, i) => slot.eqn === null && isFloat(arrays[i].dtype)).map((slot) => slot.id)
  const inputSize = arrays.filter((array) => isFloat(array.dtype)).reduce((count, array) => count + array.size, 0)
  const outputSize = traced.outAvals.filter((aval) => isFloat(aval.dtype)).reduce((count, aval) => count + aval.size, 0)
  return {
    kind: 'tape',
    version: 1,
    title,
    nodes: program.slots.map((slot) => nodeOf(slot, program, forward.primals, reverse.active)),
    inputs,
    outputs: outputs.filter((id) => id !== ''),
    forwardCaption: `tangent ${inputs.map(() => '1').join(', ')} rides along`,
    reverseCaption: outputSize === 1 ? 'cotangent 1 comes back' : 'cotangents of 1 come back',
    forward: forward.steps,
    reverse: reverse.steps,
    residuals: reverse.residuals,
    passes: { forward: inputSize, reverse: outputSize },
  }
}

// A bare number is an input here, not a literal of the program, so that keeping it counts as a residual.
function asInput(array: JaxArray): JaxArray {
  return array instanceof ConcreteArray ? new ConcreteArray(array.host, { weakType: array.weakType }) : array
}

function layOut(traced: ClosedJaxpr, args: readonly JaxArray[], labels: readonly string[]): TapeProgram {
  // Constants are values of the program like any other: they become inputs without a derivative.
  const { constvars, invars, eqns, outvars } = traced.jaxpr
  const closed = new ClosedJaxpr(new Jaxpr([], [...invars, ...constvars], eqns, outvars), [])
  const names = new VariableNames()
  printJaxpr(closed.jaxpr, names)
  const slots: TapeSlot[] = [
    ...invars.map((variable, i) => ({ id: `in${i}`, label: labels[i], outputs: [variable], eqn: null })),
    ...constvars.map((variable, i) => ({ id: `const${i}`, label: names.of(variable), outputs: [variable], eqn: null })),
    ...eqns.map((eqn, i) => ({ id: `eqn${i}`, label: eqn.primitive.name, outputs: eqn.outputs, eqn })),
  ]
  const slotOf = new Map(slots.flatMap((slot) => slot.outputs.map((variable) => [variable, slot.id] as const)))
  return { closed, args: [...args, ...traced.consts], slots, slotOf, names }
}

function nodeOf(
  slot: TapeSlot,
  program: TapeProgram,
  primals: ReadonlyMap<string, ValueSummary>,
  active: ReadonlySet<string>,
): TapeNode {
  const { names, slotOf } = program
  const primal = primals.get(slot.id)
  if (primal === undefined) throw new Error(`internal: node ${slot.id} of the tape has no value`)
  const inputs = slot.eqn?.inputs ?? []
  const name = slot.outputs.map((variable) => names.of(variable)).join(' ')
  return {
    id: slot.id,
    primitive: slot.eqn?.primitive.name ?? 'input',
    label: slot.label,
    name,
    operands: inputs.map((atom) => ('value' in atom ? null : (slotOf.get(atom) ?? null))),
    operandTexts: inputs.map((atom) => ('value' in atom ? String(atom.value) : names.of(atom))),
    text: slot.eqn === null ? `${name}:${slot.outputs[0].aval.toString()}` : printEqn(slot.eqn, names),
    source: spanOf(slot.eqn?.source ?? null),
    primal,
    inactive: !active.has(slot.id),
  }
}
