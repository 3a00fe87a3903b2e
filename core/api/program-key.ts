import { tracingConfigKey } from '../config.ts'
import { preferredDevice } from '../sharding/device.ts'
import { axisEnvKey } from '../tracing/axis-env.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type TreeDef, treeText } from '../tree/pytree.ts'

/** What the parts of a key are, in their order. */
export const keyParts = [
  'structure of the arguments',
  'shapes and dtypes',
  'configuration',
  'named axes',
  'static arguments',
] as const

/** Between the parts of a key. No part holds it: strings in them are quoted. */
const separator = '\n'

/**
 * What a trace depends on besides the function: structure, shapes, dtypes, weak types, settings, axes in scope, and
 * static data, whose text the caller gives.
 */
export function programKey(arrays: readonly JaxArray[], tree: TreeDef, statics: string): string {
  const avals = arrays.map(({ aval }) => (aval.weakType ? `${aval.toString()}*` : aval.toString())).join(' ')
  const settings = `${tracingConfigKey()}${preferredDevice()?.toString() ?? ''}`
  return [treeText(tree), avals, settings, axisEnvKey(), statics].join(separator)
}

/** The parts of a key, to say in which two of them differ. */
export function partsOfKey(key: string): readonly string[] {
  return key.split(separator)
}
