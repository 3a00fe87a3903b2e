import { tracingConfigKey } from '../config.ts'
import { axisEnvKey } from '../tracing/axis-env.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type TreeDef, formatTree } from '../tree/pytree.ts'

/** What a trace depends on besides the function: structure, shapes, dtypes, weak types, settings, axes in scope. */
export function programKey(arrays: readonly JaxArray[], tree: TreeDef): string {
  const avals = arrays.map(({ aval }) => `${aval.toString()}${aval.weakType ? '*' : ''}`).join(' ')
  return `${formatTree(tree)}|${avals}|${tracingConfigKey()}|${axisEnvKey()}`
}
