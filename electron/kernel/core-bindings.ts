import * as jax from '../../core/index.ts'
import { ClosedJaxpr, type Jaxpr } from '../../core/ir/jaxpr.ts'
import { JaxArray } from '../../core/tracing/array.ts'
import { hostValueOf } from '../../core/tracing/host-value.ts'
import { Tracer } from '../../core/tracing/trace.ts'
import type { ParamValue } from '../../core/tracing/primitive.ts'
import { nameValuesBy } from '../../core/runtime/memory.ts'
import { installPositions, sourceScope } from '../../core/tracing/source.ts'
import { nameOfValue } from './value-names.ts'
import { flatten } from '../../core/tree/pytree.ts'
import { CallLog } from './call-log.ts'
import { answerPythonNames } from './python-names.ts'
import { coreArrays } from './core-arrays.ts'
import type { CoreInterface } from './core-interface.ts'
import { arrayElements } from './array-elements.ts'
import { listDevices, setDeviceCount } from './devices.ts'
import { arrayText } from './tracer-text.ts'

/** What the core offers to whoever runs cells, not to the cells. */
const notForCells = new Set([
  'installParallelDevices',
  'recoverFromInterruption',
  'setDebugOutput',
  'setUserFile',
  'userFrames',
])

const exported = answerPythonNames(Object.fromEntries(Object.entries(jax).filter(([name]) => !notForCells.has(name))))
/** `Array` means JavaScript's in a cell, as everywhere; jax's is `jax.Array`. */
const inScope = Object.fromEntries(Object.entries(exported).filter(([name]) => !Object.hasOwn(globalThis, name)))

const calls = new CallLog()

/** The core, as the kernel uses it. */
export const core: CoreInterface = {
  arrays: coreArrays,
  positions: sourceScope,
  installPositions,
  nameValues(names) {
    nameValuesBy((data) => nameOfValue(names, data))
  },
  lazyMembers: new Set(
    Object.entries(Object.getOwnPropertyDescriptors(JaxArray.prototype)).flatMap(([name, { get }]) =>
      get === undefined ? [] : [name],
    ),
  ),
  offered: { ...inScope, jax: exported },
  modules: { jax: exported },
  arrayPrototype: JaxArray.prototype,
  textPrototypes: [ClosedJaxpr.prototype],

  describeArray(value) {
    if (!(value instanceof JaxArray)) return null
    return { text: arrayText(value), type: value instanceof Tracer ? null : typeOf(value) }
  },

  elementsOf(value) {
    const host = value instanceof JaxArray ? hostValueOf(value) : null
    return host === null ? null : arrayElements(host)
  },

  leaves: (value) => flatten(value).leaves,

  countPrimitives(f, args) {
    if (!isFunction(f)) throw new TypeError('countPrimitives: give a function and its arguments')
    const counts: Record<string, number> = {}
    countIn(jax.makeJaxpr(f)(...args).jaxpr, counts)
    return counts
  },

  recover: jax.recoverFromInterruption,
  record: (cellId) => calls.record(cellId),
  inspect: (callId, figure) => calls.inspect(callId, figure),
  currentDevice: () => (jax.config.platform === 'reference' ? 'reference' : `${jax.config.platform}:0`),
  devices: listDevices,
  setDeviceCount,
}

function typeOf({ aval }: JaxArray): string {
  return aval.weakType ? `${aval.toString()} weak` : aval.toString()
}

function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function'
}

function countIn(jaxpr: Jaxpr, counts: Record<string, number>): void {
  for (const { primitive, params } of jaxpr.eqns) {
    counts[primitive.name] = (counts[primitive.name] ?? 0) + 1
    for (const param of Object.values(params)) countInParam(param, counts)
  }
}

function countInParam(param: ParamValue, counts: Record<string, number>): void {
  if (param instanceof ClosedJaxpr) countIn(param.jaxpr, counts)
  else if (Array.isArray(param)) for (const each of param) countInParam(each, counts)
}
