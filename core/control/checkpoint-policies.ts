import { JaxTypeError } from '../errors.ts'
import type { ShapedArray } from '../ir/aval.ts'
import type { Params, Primitive } from '../tracing/primitive.ts'

/** Whether the results of an equation are kept for the way back instead of being computed again. */
export type CheckpointPolicy = (primitive: Primitive, avals: readonly ShapedArray[], params: Params) => boolean

/** A policy under the name that a printed program shows. */
function named(text: string, policy: CheckpointPolicy): CheckpointPolicy {
  return Object.defineProperty(policy, 'name', { value: text })
}

function dotsPolicy(onlyIfNoBatchDims: boolean): CheckpointPolicy {
  const text = `DotsSaveable(only_if_no_batch_dims=${onlyIfNoBatchDims ? 'True' : 'False'})`
  return named(text, (primitive, _avals, params) => {
    if (primitive.name === 'conv_general_dilated') return !onlyIfNoBatchDims
    if (primitive.name !== 'dot_general') return false
    return !onlyIfNoBatchDims || !hasBatchDims(params.dimension_numbers)
  })
}

function hasBatchDims(dimensionNumbers: unknown): boolean {
  const batch: unknown = Array.isArray(dimensionNumbers) ? dimensionNumbers[1] : []
  return Array.isArray(batch) && Array.isArray(batch[0]) && batch[0].length > 0
}

function nameOf(primitive: Primitive, params: Params): string | null {
  return primitive.name === 'name' && typeof params.name === 'string' ? params.name : null
}

function frozenset(names: readonly string[]): string {
  const unique = [...new Set(names)]
  return unique.length === 0 ? 'frozenset()' : `frozenset({${unique.map((name) => `'${name}'`).join(', ')}})`
}

const dotsSaveable = dotsPolicy(false)
const dotsWithNoBatchDimsSaveable = dotsPolicy(true)

/** Where values are moved between the two ways. There is one memory here, so they are kept where they are. */
export interface OffloadOptions {
  readonly namesWhichCanBeSaved: readonly string[]
  readonly namesWhichCanBeOffloaded: readonly string[]
  readonly offloadSrc: string
  readonly offloadDst: string
}

/**
 * Policies for `checkpoint(f, { policy })`: which values are kept. JAX: `jax.checkpoint_policies`.
 *
 * @example grad(checkpoint((x) => jnp.sin(jnp.sin(x)), { policy: checkpointPolicies.everythingSaveable }))(1)
 */
export const checkpointPolicies = {
  /** Keeps every value, as without checkpoint. */
  everythingSaveable: named('everything_saveable', () => true),
  /** Keeps none: the default. */
  nothingSaveable: named('nothing_saveable', () => false),
  /** Keeps the results of matrix products and convolutions. */
  dotsSaveable,
  checkpointDots: dotsSaveable,
  /** Keeps the results of matrix products without batch axes. */
  dotsWithNoBatchDimsSaveable,
  checkpointDotsWithNoBatchDims: dotsWithNoBatchDimsSaveable,
  /** Keeps what `dotsWithNoBatchDimsSaveable` keeps; JAX moves it to another memory, and there is one here. */
  offloadDotWithNoBatchDims: (_offloadSrc: string, _offloadDst: string): CheckpointPolicy =>
    named('offload_dot_with_no_batch_dims', (...asked) => dotsWithNoBatchDimsSaveable(...asked)),
  /** Keeps values that `checkpointName` gave one of these names. */
  saveOnlyTheseNames: (...names: readonly string[]): CheckpointPolicy =>
    named(`SaveOnlyTheseNames(saveable_names=${frozenset(names)})`, (primitive, _avals, params) => {
      const name = nameOf(primitive, params)
      return name !== null && names.includes(name)
    }),
  /** Keeps values with a name, except these names. */
  saveAnyNamesButThese: (...names: readonly string[]): CheckpointPolicy =>
    named(`SaveAnyNamesButThese(names=${frozenset(names)})`, (primitive, _avals, params) => {
      const name = nameOf(primitive, params)
      return name !== null && !names.includes(name)
    }),
  /** Keeps every value, except those with these names. */
  saveAnythingExceptTheseNames: (...names: readonly string[]): CheckpointPolicy =>
    named('save_anything_except_these_names', (primitive, _avals, params) => {
      const name = nameOf(primitive, params)
      return name === null || !names.includes(name)
    }),
  /** Keeps what either policy keeps. */
  saveFromBothPolicies: (first: CheckpointPolicy, second: CheckpointPolicy): CheckpointPolicy =>
    named('save_from_both_policies', (...asked) => first(...asked) || second(...asked)),
  /** Keeps values with the names of either list; a name in both is a TypeError. */
  saveAndOffloadOnlyTheseNames: ({
    namesWhichCanBeSaved,
    namesWhichCanBeOffloaded,
  }: OffloadOptions): CheckpointPolicy => {
    const both = namesWhichCanBeSaved.filter((name) => namesWhichCanBeOffloaded.includes(name))
    if (both.length > 0) throw new JaxTypeError(`names must be saved or offloaded, not both: ${both.join(', ')}`)
    return named('save_and_offload_only_these_names', (primitive, _avals, params) => {
      const name = nameOf(primitive, params)
      return name !== null && [...namesWhichCanBeSaved, ...namesWhichCanBeOffloaded].includes(name)
    })
  },
} as const
