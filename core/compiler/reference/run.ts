import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { allocate, storageWidth } from '../../ir/dtype.ts'
import { setElement } from '../../ir/element.ts'
import type { ShapedArray } from '../../ir/aval.ts'
import type { Atom, ClosedJaxpr, Var } from '../../ir/jaxpr.ts'
import type { SourceLocation } from '../../ir/source.ts'
import type { Params, Primitive } from '../../tracing/primitive.ts'
import { hostValueOf } from '../../tracing/host-value.ts'
import { offerDestination } from '../../runtime/destination.ts'
import { checkInterruption } from '../../runtime/interruption.ts'
import {
  type Block,
  beginRun,
  blockOf,
  collectWhenDue,
  endRun,
  hold,
  isUnshared,
  plainBytes,
  release,
  runsUnderWay,
} from '../../runtime/memory.ts'
import { takeOffer } from '../../runtime/offered.ts'
import { enterSource, restoreSource, sourceScope } from '../../tracing/source.ts'

/** One equation with its variables resolved to slots of a frame. */
interface Instruction {
  readonly primitive: Primitive
  readonly params: Params
  /** The line that its errors name. */
  readonly source: SourceLocation | null
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly outAvals: readonly ShapedArray[]
  /** Slots that nothing reads after this instruction. */
  readonly dead: readonly number[]
  /** Bytes of the largest result, and of the largest value that dies. */
  readonly outBytes: number
  readonly deadBytes: number
  /** Operands that die here and that the result may be written over. */
  readonly reusable: readonly number[]
}

/** An instruction before it is known which of its values die. */
type Undated = Omit<Instruction, 'dead' | 'outBytes' | 'deadBytes' | 'reusable'> & {
  readonly inAvals: readonly ShapedArray[]
}

/** A jaxpr as a flat list of instructions over numbered slots. */
interface ReferenceProgram {
  readonly slots: number
  readonly constants: readonly { readonly slot: number; readonly value: HostArray }[]
  readonly invars: readonly number[]
  readonly instructions: readonly Instruction[]
  readonly outvars: readonly number[]
}

const programs = new WeakMap<ClosedJaxpr, ReferenceProgram>()

function assemble(closed: ClosedJaxpr): ReferenceProgram {
  const { jaxpr, consts } = closed
  const slots = new Map<Var, number>()
  const constants: { slot: number; value: HostArray }[] = []
  let count = 0
  const slotOf = (variable: Var): number => {
    let slot = slots.get(variable)
    if (slot === undefined) slots.set(variable, (slot = count++))
    return slot
  }
  const slotOfAtom = (atom: Atom): number => {
    if (!('value' in atom)) return slotOf(atom)
    const data = allocate(atom.aval.dtype, 1)
    setElement(atom.aval.dtype, data, 0, atom.value)
    constants.push({ slot: count, value: hostArray([], atom.aval.dtype, data) })
    return count++
  }
  jaxpr.constvars.forEach((constvar, i) => {
    const value = hostValueOf(consts[i])
    if (value === null) throw new Error('internal: a jaxpr with traced constants was run')
    // The program outlives the array that it was captured from.
    hold(value.data)
    constants.push({ slot: slotOf(constvar), value })
  })
  const invars = jaxpr.invars.map(slotOf)
  const instructions = jaxpr.eqns.map((eqn) => ({
    primitive: eqn.primitive,
    params: eqn.params,
    source: eqn.source,
    inputs: eqn.inputs.map(slotOfAtom),
    outputs: eqn.outputs.map(slotOf),
    inAvals: eqn.inputs.map((input) => input.aval),
    outAvals: eqn.outputs.map((output) => output.aval),
  }))
  const outvars = jaxpr.outvars.map(slotOfAtom)
  return { slots: count, constants, invars, instructions: withLifetimes(instructions, constants, outvars), outvars }
}

function withLifetimes(
  instructions: readonly Undated[],
  constants: readonly { slot: number }[],
  outvars: readonly number[],
): Instruction[] {
  const needed = new Set([...outvars, ...constants.map(({ slot }) => slot)])
  return instructions
    .toReversed()
    .map((instruction) => {
      const dead = [...new Set([...instruction.inputs, ...instruction.outputs])].filter((slot) => !needed.has(slot))
      dead.forEach((slot) => needed.add(slot))
      const { inputs, outputs, inAvals, outAvals } = instruction
      const bytes = (slots: readonly number[], avals: readonly ShapedArray[]): number =>
        Math.max(0, ...avals.flatMap(({ nbytes }, i) => (dead.includes(slots[i]) ? [nbytes] : [])))
      return {
        ...instruction,
        dead,
        outBytes: Math.max(0, ...outAvals.map(({ nbytes }) => nbytes)),
        deadBytes: Math.max(bytes(inputs, inAvals), bytes(outputs, outAvals)),
        reusable: reusableOperands(instruction, dead),
      }
    })
    .toReversed()
}

/** Operands of which an element-wise result of one typed-array element a value may take the memory. */
function reusableOperands({ primitive, inputs, inAvals, outAvals }: Undated, dead: readonly number[]): number[] {
  if (primitive.inPlace !== true) return []
  const [{ dtype, size }] = outAvals
  if (storageWidth(dtype) !== 1) return []
  return inAvals.flatMap((aval, i) =>
    aval.dtype === dtype &&
    aval.size === size &&
    dead.includes(inputs[i]) &&
    inputs.indexOf(inputs[i]) === inputs.lastIndexOf(inputs[i])
      ? [i]
      : [],
  )
}

/** Runs a closed jaxpr with the reference kernels. The oracle that every other target is compared with. */
export function runOnHost(closed: ClosedJaxpr, args: readonly HostArray[]): HostArray[] {
  let program = programs.get(closed)
  if (program === undefined) programs.set(closed, (program = assemble(closed)))
  const frame = new Array<HostArray | undefined>(program.slots)
  for (const { slot, value } of program.constants) frame[slot] = value
  program.invars.forEach((slot, i) => (frame[slot] = args[i]))
  const { position, source: outer } = sourceScope
  const around = runsUnderWay()
  const run = beginRun()
  takeOver(args, run)
  try {
    for (const instruction of program.instructions) {
      const { primitive, params, source, inputs, outputs, outAvals, dead, outBytes, deadBytes, reusable } = instruction
      checkInterruption()
      collectWhenDue()
      const operands = inputs.map((slot) => read(frame, slot))
      if (source === null) restoreSource(position, outer)
      else enterSource(source)
      if (reusable.length > 0 && outBytes > plainBytes) offerDyingOperand(reusable, operands, run)
      const results = primitive.impl(operands, params, outAvals)
      for (let i = 0; i < outputs.length; i++) frame[outputs[i]] = results[i]
      if (outBytes > plainBytes) for (const result of results) enter(result, operands, run)
      if (deadBytes > plainBytes) for (const slot of dead) leave(frame[slot], run)
      for (const slot of dead) frame[slot] = undefined
    }
  } finally {
    endRun(around)
    offerDestination(null)
    restoreSource(position, outer)
  }
  return program.outvars.map((slot) => handedOut(read(frame, slot)))
}

/** The memory of arguments that were donated is the run's own. */
function takeOver(args: readonly HostArray[], run: number): void {
  const offer = takeOffer(args)
  if (offer.length === 0) return
  const taken = new Set<Block>()
  for (const array of offer) {
    const block = array.surrender()
    if (block === null || !isUnshared(block)) continue
    block.run = run
    block.variables = 0
    taken.add(block)
  }
  if (taken.size === 0) return
  for (const { data } of args) {
    const block = blockOf(data)
    if (block !== undefined && taken.has(block)) block.variables++
  }
}

/** Offers the memory of an operand that is read here for the last time. */
function offerDyingOperand(reusable: readonly number[], operands: readonly HostArray[], run: number): void {
  for (const i of reusable) {
    const { dtype, data } = operands[i]
    const block = blockOf(data)
    if (block?.run !== run || block.variables !== 1 || block.holders > 0) continue
    if (operands.some((other, j) => j !== i && blockOf(other.data) === block)) continue
    offerDestination({ dtype, data })
    return
  }
}

/** A variable gets a value: memory that no operand has, and nobody keeps, is the run's own. */
function enter({ data }: HostArray, operands: readonly HostArray[], run: number): void {
  const block = blockOf(data)
  if (block === undefined) return
  if (block.run === run) block.variables++
  else if (block.run === 0 && block.holders === 0 && !operands.some((operand) => blockOf(operand.data) === block)) {
    block.run = run
    block.variables = 1
  }
}

/** A variable is read no more: memory of the run's own that no other variable has is free. */
function leave(value: HostArray | undefined, run: number): void {
  if (value === undefined || value.data.byteLength <= plainBytes) return
  const block = blockOf(value.data)
  if (block?.run !== run || --block.variables > 0) return
  block.run = 0
  if (block.holders === 0) release(block)
}

function handedOut(value: HostArray): HostArray {
  if (value.data.byteLength <= plainBytes) return value
  const block = blockOf(value.data)
  if (block !== undefined) block.run = 0
  return value
}

function read(frame: readonly (HostArray | undefined)[], slot: number): HostArray {
  const value = frame[slot]
  if (value === undefined) throw new Error('internal: a slot was read before it was written')
  return value
}
