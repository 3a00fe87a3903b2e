import { type Atom, type ClosedJaxpr, Jaxpr } from '../ir/jaxpr.ts'
import { indices, rewire } from '../ir/rewire.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { Primitive, Stage } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { evalJaxpr } from '../interpreters/eval-jaxpr.ts'
import { liveEqns, partialEvalJaxpr } from '../interpreters/partial-eval.ts'
import { either, next, partsOf, sameFlags } from '../ir/sequence.ts'
import type { ScanParams } from './scan.ts'

/**
 * Cuts a scan into a known scan that also stacks residuals and an unknown scan that reads them.
 * Residuals that do not change from step to step are computed once, outside; those that are a scanned
 * input are that input.
 */
export function partialEvalScan(
  scan: Primitive<ScanParams>,
  args: readonly JaxArray[],
  unknown: readonly boolean[],
  params: ScanParams,
  stage: Stage,
): JaxArray[] {
  const { jaxpr, num_carry, num_consts } = params
  const numXs = args.length - num_consts - num_carry
  const [constsUnknown, initUnknown, xsUnknown] = partsOf(unknown, num_consts, num_carry, numXs)
  let carryUnknown = initUnknown
  let split = partialEvalJaxpr(jaxpr, [...constsUnknown, ...carryUnknown, ...xsUnknown], carryUnknown)
  while (!sameFlags(split.unknownOut.slice(0, num_carry), carryUnknown)) {
    carryUnknown = either(carryUnknown, split.unknownOut.slice(0, num_carry))
    split = partialEvalJaxpr(jaxpr, [...constsUnknown, ...carryUnknown, ...xsUnknown], carryUnknown)
  }

  const [consts, init, xs] = partsOf(args, num_consts, num_carry, numXs)
  const known = {
    consts: consts.filter((_, i) => !constsUnknown[i]),
    carry: init.filter((_, i) => !carryUnknown[i]),
    xs: xs.filter((_, i) => !xsUnknown[i]),
  }
  const numKnownOut = split.known.outAvals.length - split.numResiduals
  const residuals = split.known.jaxpr.outvars.slice(numKnownOut)
  const sources = residualSources(split.known, residuals, known.consts.length, known.carry.length)

  const stacked = sources.flatMap((source, i) => (source.kind === 'stacked' ? [numKnownOut + i] : []))
  const knownBody = rewire(split.known, indices(0, split.known.inAvals.length), [
    ...indices(0, numKnownOut),
    ...stacked,
  ])
  const knownOuts = bind(scan, [...known.consts, ...known.carry, ...known.xs], {
    ...params,
    jaxpr: knownBody,
    num_carry: known.carry.length,
    num_consts: known.consts.length,
  })
  const stackedValues = knownOuts.slice(numKnownOut).values()
  const invariants = invariantValues(
    split.known,
    residuals.filter((_, i) => sources[i].kind === 'invariant'),
    known.consts,
  ).values()
  const residualValues = sources.map((source) => {
    switch (source.kind) {
      case 'invariant':
        return next(invariants)
      case 'scanned':
        return known.xs[source.index]
      case 'stacked':
        return next(stackedValues)
    }
  })

  const invariantAt = sources.flatMap((source, i) => (source.kind === 'invariant' ? [i] : []))
  const varyingAt = sources.flatMap((source, i) => (source.kind === 'invariant' ? [] : [i]))
  const numUnknownConsts = constsUnknown.filter(Boolean).length
  const numUnknownCarry = carryUnknown.filter(Boolean).length
  const r = split.numResiduals
  const unknownBody = rewire(
    split.unknown,
    [
      ...invariantAt,
      ...indices(r, r + numUnknownConsts),
      ...indices(r + numUnknownConsts, r + numUnknownConsts + numUnknownCarry),
      ...indices(r + numUnknownConsts + numUnknownCarry, split.unknown.inAvals.length),
      ...varyingAt,
    ],
    indices(0, split.unknown.outAvals.length),
  )
  const unknownOuts = stage(
    scan,
    [
      ...invariantAt.map((i) => residualValues[i]),
      ...consts.filter((_, i) => constsUnknown[i]),
      ...init.filter((_, i) => carryUnknown[i]),
      ...xs.filter((_, i) => xsUnknown[i]),
      ...varyingAt.map((i) => residualValues[i]),
    ],
    {
      ...params,
      jaxpr: unknownBody,
      num_carry: numUnknownCarry,
      num_consts: invariantAt.length + numUnknownConsts,
    },
  ).values()
  const knownValues = knownOuts.slice(0, numKnownOut).values()
  return split.unknownOut.map((isUnknown) => next(isUnknown ? unknownOuts : knownValues))
}

type ResidualSource =
  { readonly kind: 'invariant' } | { readonly kind: 'scanned'; readonly index: number } | { readonly kind: 'stacked' }

function residualSources(
  known: ClosedJaxpr,
  residuals: readonly Atom[],
  numConsts: number,
  numCarry: number,
): ResidualSource[] {
  const { invars, eqns } = known.jaxpr
  const varying = new Set<Atom>(invars.slice(numConsts))
  for (const eqn of eqns) {
    const changes = eqn.primitive.effectful === true || eqn.inputs.some((input) => varying.has(input))
    if (changes) eqn.outputs.forEach((output) => varying.add(output))
  }
  const scanned: readonly Atom[] = invars.slice(numConsts + numCarry)
  return residuals.map((residual) => {
    if (!varying.has(residual)) return { kind: 'invariant' }
    const index = scanned.indexOf(residual)
    return index < 0 ? { kind: 'stacked' } : { kind: 'scanned', index }
  })
}

/** Values of residuals that depend on the loop's constants alone. */
function invariantValues(known: ClosedJaxpr, residuals: readonly Atom[], consts: readonly JaxArray[]): JaxArray[] {
  if (residuals.length === 0) return []
  const { constvars, invars, eqns } = known.jaxpr
  const body = new Jaxpr(
    constvars,
    invars.slice(0, consts.length),
    liveEqns(eqns, residuals).filter((eqn) => eqn.primitive.effectful !== true),
    residuals,
  )
  return evalJaxpr(body, known.consts, consts)
}
