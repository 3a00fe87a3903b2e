import { tracingConfigKey } from '../config.ts'
import { type ShapedArray, identicalAval } from '../ir/aval.ts'
import { hashOfText, mixed } from '../ir/hash.ts'
import { type Device, preferredDevice } from '../sharding/device.ts'
import { axisEnvKey } from '../tracing/axis-env.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type StaticKey, hashOfKey, keyText, sameKey } from '../tree/static-key.ts'
import { type TreeDef, sameTree, treeText } from '../tree/pytree.ts'

/** A static argument of a call: where it stands, or as what it is named, and what it is compared by. */
export interface StaticPart {
  readonly place: number | string
  readonly key: StaticKey
}

/**
 * What a trace depends on besides the function: structure, shapes, dtypes, weak types, settings, axes in scope, and
 * static data. A program is looked for by the hash and is the right one if all of this is the same.
 */
export interface ProgramKey {
  readonly hash: number
  readonly tree: TreeDef
  readonly avals: readonly ShapedArray[]
  readonly settings: string
  readonly device: Device | null
  readonly axes: string
  readonly statics: readonly StaticPart[]
}

export function programKey(arrays: readonly JaxArray[], tree: TreeDef, statics: readonly StaticPart[]): ProgramKey {
  const settings = tracingConfigKey()
  const axes = axisEnvKey()
  const avals: ShapedArray[] = []
  let hash = mixed(mixed(tree.hash, hashOfText(settings)), hashOfText(axes))
  for (let i = 0; i < arrays.length; i++) {
    const { aval } = arrays[i]
    avals.push(aval)
    hash = mixed(hash, aval.hash)
  }
  for (const { key } of statics) hash = mixed(hash, hashOfKey(key))
  return { hash, tree, avals, settings, device: preferredDevice(), axes, statics }
}

/** Whether a program that was traced for the one call is right for the other. */
export function sameProgramKey(a: ProgramKey, b: ProgramKey): boolean {
  return (
    a.hash === b.hash &&
    a.settings === b.settings &&
    a.axes === b.axes &&
    a.device === b.device &&
    sameStatics(a.statics, b.statics) &&
    sameTree(a.tree, b.tree) &&
    sameAvals(a.avals, b.avals)
  )
}

function sameAvals(a: readonly ShapedArray[], b: readonly ShapedArray[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!identicalAval(a[i], b[i])) return false
  return true
}

function sameStatics(a: readonly StaticPart[], b: readonly StaticPart[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i].place !== b[i].place || !sameKey(a[i].key, b[i].key)) return false
  return true
}

/** What a program was not found by, for somebody who wonders why it is traced: each part that differs, with both values. */
export function differences(now: ProgramKey, before: ProgramKey): string[] {
  const [texts, earlier] = [textsOf(now), textsOf(before)]
  return [...texts].flatMap(([part, text]) => {
    const other = earlier.get(part)
    return text === other ? [] : [`${part} changed from ${other} to ${text}`]
  })
}

function textsOf({ tree, avals, settings, device, axes, statics }: ProgramKey): ReadonlyMap<string, string> {
  return new Map([
    ['structure of the arguments', treeText(tree)],
    ['shapes and dtypes', avals.map((aval) => `${aval.toString()}${aval.weakType ? '*' : ''}`).join(' ')],
    ['configuration', `${settings}${device?.toString() ?? ''}`],
    ['named axes', axes],
    ['static arguments', statics.map(({ place, key }) => `${place}:${keyText(key)}`).join(' ')],
  ])
}
