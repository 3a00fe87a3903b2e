import { config } from '../config.ts'
import { FloatingPointError } from '../errors.ts'
import { innerJaxprs } from '../ir/check.ts'
import { isInexact } from '../ir/dtype.ts'
import { bfloat16ToNumber } from '../ir/element.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { SourceLocation } from '../ir/source.ts'
import { moveBatchAxis } from '../primitives/batch-axis.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { currentSource } from '../tracing/source.ts'
import { type Params, type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { Instrumentation } from './instrumentation.ts'

type FiniteCheckParams = {
  /** Throws for a value that is not finite. A function, since errors of devices must be made where the user sees them. */
  readonly report: (value: ConcreteArray) => void
}

/** Stops a program where a value of it is not finite. */
export const finiteCheckPrimitive: Primitive<FiniteCheckParams> = definePrimitive<FiniteCheckParams>({
  name: 'check_finite',
  effectful: true,
  cost: () => ({}),
  abstractEval: () => [],
  impl(args, { report }) {
    for (const host of args) if (isSuspect(host)) report(new ConcreteArray(host))
    return []
  },
  batch(args, dims, params, axis) {
    bind(
      finiteCheckPrimitive,
      args.map((arg, i) => moveBatchAxis(arg, dims[i], 0, axis.size)),
      params,
    )
    return { outputs: [], dims: [] }
  },
})

/** Checks every operation of a program, those that hold programs by what is in them. */
const finiteChecks = new Instrumentation({
  around({ primitive, params, outputs, source }) {
    const checked = outputs.filter(({ aval }) => isInexact(aval.dtype))
    if (checked.length === 0 || innerJaxprs(params).length > 0) return null
    const report = ({ host }: ConcreteArray): void => {
      const problem = problemIn(host)
      if (problem !== null) throw nonFinite(problem, primitive.name, source ?? currentSource())
    }
    return { after: [{ primitive: finiteCheckPrimitive, params: { report }, inputs: checked, outputs: [], source }] }
  },
})

/**
 * Refuses results that are NaN or infinite, as far as `debugNans` and `debugInfs` ask for it. A program that made one is
 * run again with a check of every operation, which stops it at the one. As in JAX what a program computes and does not
 * hand out is no matter.
 */
export function assertFinite(
  primitive: Primitive,
  operands: readonly HostArray[],
  params: Params,
  results: readonly ConcreteArray[],
): void {
  const found = results.map(({ host }) => problemIn(host)).find((problem) => problem !== null)
  if (found === undefined || found === null) return
  const checked = finiteChecks.params(primitive.name, params)
  if (checked !== params)
    primitive.impl(
      operands,
      checked,
      results.map(({ aval }) => aval),
    )
  throw nonFinite(found, primitive.name, currentSource())
}

/** NaN or infinite, whichever is watched for: a device knows no settings. */
function isSuspect({ dtype, data }: HostArray): boolean {
  return data.some((value) => !Number.isFinite(dtype === 'bfloat16' ? bfloat16ToNumber(value) : Number(value)))
}

function problemIn({ dtype, data }: HostArray): 'nan' | 'inf' | null {
  if (!isInexact(dtype)) return null
  for (const value of data) {
    const number = dtype === 'bfloat16' ? bfloat16ToNumber(value) : value
    if (config.debugNans && Number.isNaN(number)) return 'nan'
    if (config.debugInfs && Math.abs(number) === Infinity) return 'inf'
  }
  return null
}

function nonFinite(what: 'nan' | 'inf', primitive: string, source: SourceLocation | null): FloatingPointError {
  const where = source === null ? '' : ` at line ${source.line} of ${source.file}`
  return new FloatingPointError(`invalid value (${what}) encountered in ${primitive}${where}`, {
    hint: 'Look at the operands of that operation: a division by zero, a logarithm or a root of a negative number, or an overflow. debugNans and debugInfs found it; without them the value would have been handed on.',
  })
}
