import { numberOf } from '../ir/element.ts'
import { ClosedJaxpr } from '../ir/jaxpr.ts'
import { innerJaxprs } from '../ir/check.ts'
import { hostArray, leadingSlice } from '../ir/host-array.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import { insideJit } from '../tracing/observer.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'
import type { JaxArray } from '../tracing/array.ts'
import { evalClosed } from './eval-jaxpr.ts'
import { partsOf } from '../ir/sequence.ts'

const randomByJaxpr = new WeakMap<ClosedJaxpr, boolean>()

/** Whether a program, or one inside it, makes or spends PRNG keys. */
function usesKeys(closed: ClosedJaxpr): boolean {
  let known = randomByJaxpr.get(closed)
  if (known === undefined) {
    known = closed.eqns.some(
      (eqn) => eqn.primitive.name.startsWith('random_') || innerJaxprs(eqn.params).some(usesKeys),
    )
    randomByJaxpr.set(closed, known)
  }
  return known
}

/**
 * Evaluates an equation that holds programs with keys one primitive at a time, so that an observer sees
 * what happens inside; null for every other equation.
 */
export function evaluateObserved(
  primitive: Primitive,
  args: readonly ConcreteArray[],
  params: Params,
): JaxArray[] | null {
  if (!innerJaxprs(params).some(usesKeys)) return null
  const { jaxpr, branches, cond_jaxpr, body_jaxpr } = params
  switch (primitive.name) {
    case 'jit':
      if (!(jaxpr instanceof ClosedJaxpr)) return null
      return insideJit(String(params.name), () => evalClosed(jaxpr, args))
    case 'cond': {
      if (!Array.isArray(branches)) return null
      const [index, ...operands] = args
      const branch: unknown = branches[Math.min(Math.max(numberOf(index.host), 0), branches.length - 1)]
      return branch instanceof ClosedJaxpr ? evalClosed(branch, operands) : null
    }
    case 'while': {
      if (!(cond_jaxpr instanceof ClosedJaxpr && body_jaxpr instanceof ClosedJaxpr)) return null
      const [condConsts, bodyConsts] = partsOf(args, Number(params.cond_nconsts), Number(params.body_nconsts))
      let carry: JaxArray[] = args.slice(condConsts.length + bodyConsts.length)
      while (truth(evalClosed(cond_jaxpr, [...condConsts, ...carry])[0]))
        carry = evalClosed(body_jaxpr, [...bodyConsts, ...carry])
      return carry
    }
    case 'scan':
      return jaxpr instanceof ClosedJaxpr ? scanObserved(jaxpr, args, params) : null
    default:
      return null
  }
}

function truth(value: JaxArray): boolean {
  return value instanceof ConcreteArray && value.host.data[0] !== 0
}

function scanObserved(jaxpr: ClosedJaxpr, args: readonly ConcreteArray[], params: Params): JaxArray[] {
  const numCarry = Number(params.num_carry)
  const consts = args.slice(0, Number(params.num_consts))
  const length = Number(params.length)
  const xs = args.slice(consts.length + numCarry)
  const ys = jaxpr.outAvals.slice(numCarry).map((aval) => hostArray([length, ...aval.shape], aval.dtype))
  let carry: JaxArray[] = args.slice(consts.length, consts.length + numCarry)
  for (let step = 0; step < length; step++) {
    const t = params.reverse === true ? length - 1 - step : step
    const outs = evalClosed(jaxpr, [...consts, ...carry, ...xs.map((x) => new ConcreteArray(leadingSlice(x.host, t)))])
    carry = outs.slice(0, numCarry)
    ys.forEach((y, i) => {
      const out = outs[numCarry + i]
      if (out instanceof ConcreteArray) y.data.set(out.host.data, t * (y.data.length / length))
    })
  }
  return [...carry, ...ys.map((y) => new ConcreteArray(y))]
}
