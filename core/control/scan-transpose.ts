import type { JaxArray } from '../tracing/array.ts'
import { type Primitive, type Tangent, UndefinedPrimal, Zero } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { next, partsOf } from '../ir/sequence.ts'
import { hoistConstants, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { backwardPass } from '../interpreters/transpose.ts'
import { addTangents, instantiate, zerosOf } from '../primitives/zeros.ts'
import type { ScanParams } from './scan.ts'

/**
 * Runs a linear scan backwards: the carry of the reverse scan holds the cotangent of the carry and the
 * growing cotangents of the linear constants.
 */
export function transposeScan(
  scan: Primitive<ScanParams>,
  cotangents: readonly Tangent[],
  args: readonly (JaxArray | UndefinedPrimal)[],
  params: ScanParams,
): (Tangent | null)[] {
  const { jaxpr, num_carry, num_consts, reverse } = params
  const numXs = args.length - num_consts - num_carry
  const [consts, , xs] = partsOf(args, num_consts, num_carry, numXs)
  const [constAvals, carryAvals, xAvals] = partsOf(jaxpr.inAvals, num_consts, num_carry, numXs)
  const linearConst = consts.map((value) => value instanceof UndefinedPrimal)
  const linearX = xs.map((value) => value instanceof UndefinedPrimal)
  const ysNonzero = cotangents.slice(num_carry).map((cotangent) => !(cotangent instanceof Zero))
  const yAvals = jaxpr.outAvals.slice(num_carry)

  const resConsts = consts.flatMap((value) => (value instanceof UndefinedPrimal ? [] : [value]))
  const resXs = xs.flatMap((value) => (value instanceof UndefinedPrimal ? [] : [value]))
  const constAccumulators = constAvals.filter((_, i) => linearConst[i])
  const bodyAvals = [
    ...constAvals.filter((_, i) => !linearConst[i]),
    ...constAccumulators,
    ...carryAvals,
    ...yAvals.filter((_, i) => ysNonzero[i]),
    ...xAvals.filter((_, i) => !linearX[i]),
  ]
  const traced = traceToJaxpr(
    (...inputs) => {
      const [resIn, accIn, carryIn, ysIn, resXIn] = partsOf(
        inputs,
        resConsts.length,
        constAccumulators.length,
        num_carry,
        ysNonzero.filter(Boolean).length,
        resXs.length,
      )
      const residualConsts = resIn.values()
      const residualXs = resXIn.values()
      const ys = ysIn.values()
      const operands = [
        ...constAvals.map((aval, i) => (linearConst[i] ? new UndefinedPrimal(aval) : next(residualConsts))),
        ...carryAvals.map((aval) => new UndefinedPrimal(aval)),
        ...xAvals.map((aval, i) => (linearX[i] ? new UndefinedPrimal(aval) : next(residualXs))),
      ]
      const given: Tangent[] = [...carryIn, ...yAvals.map((aval, i) => (ysNonzero[i] ? next(ys) : new Zero(aval)))]
      const outs = backwardPass(jaxpr, operands, given)
      const [constOuts, carryOuts, xOuts] = partsOf(outs, num_consts, num_carry, numXs)
      const constContributions = constOuts.filter((out) => out !== null)
      return [
        ...constContributions.map((out, i) => instantiate(addTangents(accIn[i], out))),
        ...carryOuts.filter((out) => out !== null).map(instantiate),
        ...xOuts.filter((out) => out !== null).map(instantiate),
      ]
    },
    bodyAvals,
    'vjp',
  )
  const { jaxpr: body, consts: captured } = hoistConstants(traced)
  const outs = bind(
    scan,
    [
      ...captured,
      ...resConsts,
      ...constAccumulators.map(zerosOf),
      ...cotangents.slice(0, num_carry).map(instantiate),
      ...cotangents.slice(num_carry).flatMap((cotangent) => (cotangent instanceof Zero ? [] : [cotangent])),
      ...resXs,
    ],
    {
      ...params,
      jaxpr: body,
      num_consts: captured.length + resConsts.length,
      num_carry: constAccumulators.length + num_carry,
      reverse: !reverse,
    },
  )
  const [constOuts, carryOuts, xOuts] = partsOf(
    outs,
    constAccumulators.length,
    num_carry,
    linearX.filter(Boolean).length,
  )
  const constCotangents = constOuts.values()
  const xCotangents = xOuts.values()
  return args.map((arg, i) => {
    if (!(arg instanceof UndefinedPrimal)) return null
    if (i < num_consts) return next(constCotangents)
    return i < num_consts + num_carry ? carryOuts[i - num_consts] : next(xCotangents)
  })
}
