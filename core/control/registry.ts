import { customJvpPrimitive, customVjpPrimitive } from '../interpreters/custom-calls.ts'
import { customLinearPrimitive } from '../interpreters/custom-linear.ts'
import { finiteCheckPrimitive } from '../interpreters/non-finite.ts'
import { tapPrimitive } from '../interpreters/tap.ts'
import { allPrimitives } from '../primitives/registry.ts'
import type { Primitive } from '../tracing/primitive.ts'
import { checkpointPrimitive } from './checkpoint.ts'
import { compositePrimitive } from './composite.ts'
import { condPrimitive } from './cond.ts'
import { debugCallbackPrimitive, debugPrintPrimitive } from './debug-callback.ts'
import { fftPrimitive } from './fft.ts'
import { jitPrimitive } from './jit.ts'
import { linearSolvePrimitive } from './linear-solve.ts'
import { pureCallbackPrimitive } from './pure-callback.ts'
import { reducePrimitive } from './reduce.ts'
import { reduceWindowPrimitive } from './reduce-window.ts'
import { shardMapPrimitive } from './shard-map.ts'
import { scanPrimitive } from './scan.ts'
import { whilePrimitive } from './while.ts'

/** Primitives that carry jaxprs or functions, or whose rules call compiled functions. */
export const higherOrderPrimitives: readonly Primitive[] = [
  jitPrimitive,
  condPrimitive,
  whilePrimitive,
  scanPrimitive,
  shardMapPrimitive,
  reducePrimitive,
  reduceWindowPrimitive,
  checkpointPrimitive,
  compositePrimitive,
  linearSolvePrimitive,
  fftPrimitive,
  customJvpPrimitive,
  customVjpPrimitive,
  customLinearPrimitive,
  debugCallbackPrimitive,
  debugPrintPrimitive,
  pureCallbackPrimitive,
]

/** What watches a program where it is run, and is in none that a user sees. */
const watchingPrimitives: readonly Primitive[] = [tapPrimitive, finiteCheckPrimitive]

const byName = new Map(
  [...allPrimitives, ...higherOrderPrimitives, ...watchingPrimitives].map((primitive) => [primitive.name, primitive]),
)

/** The record of a primitive by the name that a jaxpr prints. */
export function primitiveNamed(name: string): Primitive {
  const primitive = byName.get(name)
  if (primitive === undefined) throw new Error(`internal: there is no primitive '${name}'`)
  return primitive
}
