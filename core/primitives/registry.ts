import type { Primitive } from '../tracing/primitive.ts'
import { namePrimitives } from './checkpoint-name.ts'
import { approxTopKPrimitive } from './approx-top-k.ts'
import { collectivePrimitives } from './collectives.ts'
import { complexPrimitives } from './complex.ts'
import { conversionPrimitives } from './conversion.ts'
import { convolutionPrimitives } from './convolution.ts'
import { cumulativePrimitives } from './cumulative.ts'
import { decompositionPrimitives } from './decompositions.ts'
import { dotGeneralPrimitives } from './dot-general.ts'
import { dynamicSlicePrimitives } from './dynamic-slice.ts'
import { eigPrimitive } from './eig.ts'
import { arithmeticPrimitives } from './elementwise-arithmetic.ts'
import { besselPrimitives } from './elementwise-bessel.ts'
import { bitwisePrimitives } from './elementwise-bitwise.ts'
import { comparisonPrimitives } from './elementwise-comparison.ts'
import { incompletePrimitives } from './elementwise-incomplete.ts'
import { powerPrimitives } from './elementwise-power.ts'
import { roundingPrimitives } from './elementwise-rounding.ts'
import { specialPrimitives } from './elementwise-special.ts'
import { transcendentalPrimitives } from './elementwise-transcendental.ts'
import { emptyPrimitives } from './empty.ts'
import { factorisationPrimitives } from './factorisations.ts'
import { gatherPrimitives } from './gather.ts'
import { iotaPrimitives } from './iota.ts'
import { joiningPrimitives } from './joining.ts'
import { linearAlgebraPrimitives } from './linear-algebra.ts'
import { matrixUpdatePrimitives } from './matrix-updates.ts'
import { movementPrimitives } from './movement.ts'
import { randomPrimitives } from './random.ts'
import { reduceWindowPrimitives } from './reduce-window.ts'
import { reductionPrimitives } from './reductions.ts'
import { rngPrimitives } from './rng-bits.ts'
import { scaledDotPrimitive } from './scaled-dot.ts'
import { scatterPrimitives } from './scatter.ts'
import { selectionPrimitives } from './selection.ts'
import { slicingPrimitives } from './slicing.ts'
import { sortPrimitives } from './sort.ts'
import { stagingPrimitives } from './staging.ts'
import { windowSelectionPrimitives } from './window-selection.ts'

/** Every primitive there is: what tests walk through and targets must be able to compile. */
export const allPrimitives: readonly Primitive[] = [
  ...arithmeticPrimitives,
  ...powerPrimitives,
  ...transcendentalPrimitives,
  ...specialPrimitives,
  ...incompletePrimitives,
  ...besselPrimitives,
  ...roundingPrimitives,
  ...comparisonPrimitives,
  ...bitwisePrimitives,
  ...selectionPrimitives,
  ...complexPrimitives,
  ...conversionPrimitives,
  ...reductionPrimitives,
  ...cumulativePrimitives,
  ...dotGeneralPrimitives,
  scaledDotPrimitive,
  ...convolutionPrimitives,
  ...reduceWindowPrimitives,
  ...windowSelectionPrimitives,
  ...sortPrimitives,
  approxTopKPrimitive,
  ...linearAlgebraPrimitives,
  ...factorisationPrimitives,
  ...decompositionPrimitives,
  eigPrimitive,
  ...matrixUpdatePrimitives,
  ...movementPrimitives,
  ...joiningPrimitives,
  ...slicingPrimitives,
  ...dynamicSlicePrimitives,
  ...gatherPrimitives,
  ...scatterPrimitives,
  ...iotaPrimitives,
  ...emptyPrimitives,
  ...randomPrimitives,
  ...rngPrimitives,
  ...namePrimitives,
  ...stagingPrimitives,
  ...collectivePrimitives,
]
