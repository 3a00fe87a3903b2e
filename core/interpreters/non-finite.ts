import { config } from '../config.ts'
import { FloatingPointError } from '../errors.ts'
import { isInexact } from '../ir/dtype.ts'
import { bfloat16ToNumber } from '../ir/element.ts'
import { ClosedJaxpr } from '../ir/jaxpr.ts'
import type { SourceLocation } from '../ir/source.ts'
import type { ConcreteArray } from '../runtime/concrete-array.ts'
import { currentSource } from '../tracing/source.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'
import { evaluateNow } from '../tracing/trace.ts'
import { Environment, bindEqn } from './eval-jaxpr.ts'

/**
 * Refuses results that are NaN or infinite, as far as `debugNans` and `debugInfs` ask for it. A compiled
 * program that made one is run again, one equation at a time, to find the equation.
 */
export function assertFinite(
  primitive: Primitive,
  args: readonly ConcreteArray[],
  params: Params,
  results: readonly ConcreteArray[],
): void {
  const found = results.map(problemIn).find((problem) => problem !== null)
  if (found === undefined || found === null) return
  if (primitive.name === 'jit' && params.jaxpr instanceof ClosedJaxpr) {
    const { jaxpr } = params
    evaluateNow(() => replay(jaxpr, args))
  }
  throw nonFinite(found, primitive.name, currentSource())
}

function problemIn({ host, dtype }: ConcreteArray): 'nan' | 'inf' | null {
  if (!isInexact(dtype)) return null
  for (const value of host.data) {
    const number = dtype === 'bfloat16' ? bfloat16ToNumber(value) : value
    if (config.debugNans && Number.isNaN(number)) return 'nan'
    if (config.debugInfs && Math.abs(number) === Infinity) return 'inf'
  }
  return null
}

function replay({ jaxpr, consts }: ClosedJaxpr, args: readonly ConcreteArray[]): void {
  const env = new Environment()
  env.write(jaxpr.constvars, consts)
  env.write(jaxpr.invars, args)
  for (const eqn of jaxpr.eqns) {
    const operands = eqn.inputs.map((atom) => env.read(atom))
    try {
      env.write(eqn.outputs, bindEqn(eqn, operands))
    } catch (error) {
      if (error instanceof FloatingPointError && eqn.primitive.name !== 'jit' && eqn.source !== null)
        throw nonFinite(error.message.includes('(nan)') ? 'nan' : 'inf', eqn.primitive.name, eqn.source)
      throw error
    }
  }
}

function nonFinite(what: 'nan' | 'inf', primitive: string, source: SourceLocation | null): FloatingPointError {
  const where = source === null ? '' : ` at line ${source.line} of ${source.file}`
  return new FloatingPointError(`invalid value (${what}) encountered in ${primitive}${where}`, {
    hint: 'Look at the operands of that operation: a division by zero, a logarithm or a root of a negative number, or an overflow. debugNans and debugInfs found it; without them the value would have been handed on.',
  })
}
