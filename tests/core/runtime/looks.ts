import { afterAll, beforeAll } from 'vitest'
import { type Array as JaxArray, config, makeJaxpr } from '../../../core/index.ts'
import { sizeOf } from '../../../core/ir/aval.ts'
import { hostArray, type HostArray } from '../../../core/ir/host-array.ts'
import { type Atom, ClosedJaxpr } from '../../../core/ir/jaxpr.ts'
import { allocate } from '../../../core/ir/dtype.ts'
import { setElement } from '../../../core/ir/element.ts'
import { hostValueOf } from '../../../core/tracing/host-value.ts'
import { setInterruptionCheck } from '../../../core/runtime/interruption.ts'

let looks = 0

/** Counts looks instead of stopping, and allows 64-bit dtypes, in all tests of a file. */
export function countLooks(): void {
  beforeAll(() => {
    config.update('enableX64', true)
    setInterruptionCheck(() => {
      looks++
    })
  })
  afterAll(() => {
    config.update('enableX64', false)
    setInterruptionCheck(() => {})
  })
}

/** How often one equation's kernel looked whether to stop. */
export interface Look {
  readonly name: string
  /** Of the largest operand or result. */
  readonly elements: number
  readonly looks: number
}

/** Runs what a function records equation by equation. What only hands its operand on is left out. */
export function looksOf(f: (...args: JaxArray[]) => unknown, args: readonly JaxArray[]): Look[] {
  const found: Look[] = []
  run(
    makeJaxpr(f)(...args),
    args.map((arg) => present(hostValueOf(arg))),
    found,
  )
  return found
}

function run(closed: ClosedJaxpr, args: readonly HostArray[], found: Look[]): HostArray[] {
  const values = new Map<Atom, HostArray>()
  closed.jaxpr.constvars.forEach((variable, i) => values.set(variable, present(hostValueOf(closed.consts[i]))))
  closed.jaxpr.invars.forEach((variable, i) => values.set(variable, args[i]))
  const read = (atom: Atom): HostArray => {
    if (!('value' in atom)) return present(values.get(atom))
    const data = allocate(atom.aval.dtype, 1)
    setElement(atom.aval.dtype, data, 0, atom.value)
    return hostArray([], atom.aval.dtype, data)
  }
  for (const { primitive, params, inputs, outputs } of closed.eqns) {
    const operands = inputs.map(read)
    let results: HostArray[]
    if (primitive.name === 'jit' && params.jaxpr instanceof ClosedJaxpr) {
      results = run(params.jaxpr, operands, found)
    } else {
      const before = looks
      const avals = outputs.map(({ aval }) => aval)
      results = primitive.impl(operands, params, avals)
      const sizes = [...operands, ...results].map(({ shape }) => sizeOf(shape))
      const look = { name: primitive.name, elements: Math.max(...sizes), looks: looks - before }
      if (!results.every((result) => isView(result, operands))) found.push(look)
    }
    outputs.forEach((output, i) => values.set(output, results[i]))
  }
  return closed.jaxpr.outvars.map(read)
}

function isView({ data }: HostArray, operands: readonly HostArray[]): boolean {
  return operands.some((operand) => operand.data.buffer === data.buffer && operand.data.byteOffset === data.byteOffset)
}

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('there is no value')
  return value
}
