import { checkpointPrimitive } from '../../core/control/checkpoint.ts'
import { condPrimitive } from '../../core/control/cond.ts'
import { fftPrimitive } from '../../core/control/fft.ts'
import { jitPrimitive } from '../../core/control/jit.ts'
import { linearSolvePrimitive } from '../../core/control/linear-solve.ts'
import { scanPrimitive } from '../../core/control/scan.ts'
import { whilePrimitive } from '../../core/control/while.ts'
import { customJvpPrimitive, customVjpPrimitive } from '../../core/interpreters/custom-calls.ts'
import { collectivePrimitives } from '../../core/primitives/collectives.ts'
import { allPrimitives } from '../../core/primitives/registry.ts'

/**
 * The rows of the matrix: every primitive a finished program on one device can contain. Left out are
 * `custom_lin`, which lives only between the two halves of reverse mode; the collectives: vmap turns them
 * into operations on the mapped axis, and between devices they are tested with pmap; and calls of the host,
 * which have tests of their own.
 */
export const primitiveNames: readonly string[] = [
  ...allPrimitives.filter((primitive) => !collectivePrimitives.includes(primitive)),
  fftPrimitive,
  jitPrimitive,
  condPrimitive,
  whilePrimitive,
  scanPrimitive,
  checkpointPrimitive,
  linearSolvePrimitive,
  customJvpPrimitive,
  customVjpPrimitive,
].map(({ name }) => name)
