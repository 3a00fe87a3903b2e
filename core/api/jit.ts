import { config } from '../config.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { type JitParams, bindJit, jitPrimitive } from '../control/jit.ts'
import { type RecordedCall, recorded } from '../tracing/recorder.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { JaxprTrace, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import type { Device } from '../sharding/device.ts'
import { assertSameDevices } from '../sharding/common-devices.ts'
import { isAnyPut, placementOf } from '../sharding/put.ts'
import { currentSource } from '../tracing/source.ts'
import { JaxArray } from '../tracing/array.ts'
import { Tracer, bind, currentTrace } from '../tracing/trace.ts'
import { transformed } from '../tracing/transformed.ts'
import { type TreeDef, flatten, typedTree, unflatten } from '../tree/pytree.ts'
import { FlatCall, flattenArgs } from '../tree/leaves.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { staticText } from '../tree/static-key.ts'
import { checkOptions } from '../tree/options.ts'
import { writeDebug } from './debug.ts'
import { assertDonatedOnce, deleteTaken, donating, offeredLeaves, takenInputs } from './donation.ts'
import { argumentPaths } from './argument-paths.ts'
import { argumentsNamed } from './argument-names.ts'
import { type Lowered, lowered } from './lowered.ts'
import { parametersOf } from './parameters.ts'
import { devicePut } from './placement.ts'
import { ProgramCache } from './program-cache.ts'
import { type ProgramKey, differences, programKey, sameProgramKey } from './program-key.ts'
import { StaticArguments } from './static-arguments.ts'

/** How `jit` compiles a function. */
export interface JitOptions {
  /** Arguments that are part of the program rather than its data: a new value is a new program. */
  readonly staticArgnums?: number | readonly number[]
  /** The same by name: names of parameters, or of entries of a trailing object of options. */
  readonly staticArgnames?: string | readonly string[]
  /** Arguments whose memory the results may take over: those that a result fits are deleted by the call. */
  readonly donateArgnums?: number | readonly number[]
  /** The same by name: names of parameters, or of entries of a trailing object of options. */
  readonly donateArgnames?: string | readonly string[]
  /** Write the equations into the caller instead of an equation that holds them. */
  readonly inline?: boolean
  /** Keep arguments that the program does not read. They are always kept here. */
  readonly keepUnused?: boolean
  /** Where the results are put. */
  readonly device?: Device | null
}

const optionNames = [
  'staticArgnums',
  'staticArgnames',
  'donateArgnums',
  'donateArgnames',
  'inline',
  'keepUnused',
  'device',
]

/** A function that `jit` made: called as the original is, and asked about its programs. */
export interface JittedFunction<A extends unknown[], R> {
  (...args: A): R
  /** Traces the function for arguments like these, without running it. JAX: `jit(f).lower`. */
  lower(...args: A): Lowered<A, R>
  /**
   * Programs that were run by calls of the function itself. Jits of one function share them, if they
   * donate alike and name the same device.
   */
  cacheSize(): number
  /** Forgets them, and every trace of the function. */
  clearCache(): void
}

interface Program {
  readonly jaxpr: ClosedJaxpr
  readonly outTree: TreeDef
  /** What its equation is told; null where it holds tracers of what is around it, which makes it good for one call. */
  readonly params: JitParams | null
}

/** A program with the arguments it was found for. */
interface Called {
  readonly program: Program
  readonly arrays: readonly JaxArray[]
  readonly tree: TreeDef
}

/**
 * What is kept for one function, to whatever number of `jit`s it is given: its traced programs, and those that were
 * run. As in JAX, jits of one function share both; what was run only if they donate alike and name the same device.
 */
interface Caches {
  readonly traced: ProgramCache<Program>
  readonly run: Map<string, ProgramCache<Program>>
}

const caches = new WeakMap<object, Caches>()

function cachesOf(f: object, attributes: string): { traced: ProgramCache<Program>; run: ProgramCache<Program> } {
  let known = caches.get(f)
  if (known === undefined) caches.set(f, (known = { traced: new ProgramCache(), run: new Map() }))
  let run = known.run.get(attributes)
  if (run === undefined) known.run.set(attributes, (run = new ProgramCache()))
  return { traced: known.traced, run }
}

/**
 * Compiles a function: traced once for each new combination of shapes, dtypes, structure and static
 * arguments, then run as one program. JAX: `jax.jit`.
 *
 * @example
 * const f = jit((x) => jnp.sum(jnp.sin(x)))
 * f(jnp.arange(4)) // traced here
 * f(jnp.arange(4)) // and not here
 */
export function jit<A extends unknown[], R>(f: (...args: A) => R, options: JitOptions = {}): JittedFunction<A, R> {
  if (typeof f !== 'function') throw new JaxTypeError(`jit: expected a function, got ${typeof f}`)
  checkOptions('jit', options, optionNames)
  const name = f.name === '' ? '<lambda>' : f.name
  const byName = options.staticArgnames !== undefined || options.donateArgnames !== undefined
  const parameters = byName ? parametersOf(f) : null
  const staticNames = argumentsNamed('staticArgnames', options.staticArgnames, parameters)
  const statics = new StaticArguments([options.staticArgnums ?? []].flat(), staticNames)
  const donatedArguments = argumentsNamed('donateArgnames', options.donateArgnames, parameters)
  const donated = [...[options.donateArgnums ?? []].flat(), ...donatedArguments.positions]
  const donatedNames = donatedArguments.entries
  const donates = donated.length + donatedNames.length > 0
  const both = donated.find((position) => statics.names(position))
  if (both !== undefined) throw new ValueError(`jit: argument ${both} is both static and donated.`)
  const where = `jit(${name})`
  const takenBy = new WeakMap<ClosedJaxpr, readonly number[]>()
  const { traced, run: ran } = cachesOf(f, staticText([donated, donatedNames, options.device]))

  const jitted = (...given: A): R =>
    recorded('jit', f, (record) => {
      if (byName) {
        staticNames.assertGiven(given)
        donatedArguments.assertGiven(given)
      }
      if (config.disableJit) {
        const flat = flatten(given)
        record?.given(flat.leaves, flat.tree)
        const result = f(...given)
        record?.returned(flatten(result).leaves.filter((leaf) => leaf instanceof JaxArray))
        return result
      }
      return run(called(given, record), given.length, record)
    })

  function run({ program, arrays, tree }: Called, count: number, record: RecordedCall | null): R {
    record?.runs(program.jaxpr)
    if (isAnyPut(arrays)) assertTogether(arrays, tree, count)
    if (!donates) return compute(program, arrays, record)
    const taken = takenFrom(program.jaxpr, tree, count)
    assertDonatedOnce(arrays, taken, where)
    const result = donating(arrays, taken, () => compute(program, arrays, record))
    deleteTaken(arrays, taken)
    return result
  }

  /** Refuses arguments that were put on different devices, by the names that the function gives them. */
  function assertTogether(arrays: readonly JaxArray[], tree: TreeDef, count: number): void {
    const operands = arrays.map((array) => ({ aval: array.aval, placement: placementOf(array) }))
    assertSameDevices(name, operands, (i) => argumentPaths(f, tree, statics.positionsOfData(count))[i])
  }

  function takenFrom(jaxpr: ClosedJaxpr, tree: TreeDef, count: number): readonly number[] {
    const known = takenBy.get(jaxpr)
    if (known !== undefined) return known
    const positions = statics.positionsOfData(count)
    const isDonated = (dynamic: number): boolean =>
      donated.includes(positions[dynamic]) || donated.includes(positions[dynamic] - count)
    const { taken, unused } = takenInputs(jaxpr, offeredLeaves(tree, isDonated, donatedNames))
    if (unused.length > 0) console.warn(`Some donated buffers were not usable: ${unused.join(', ')}.`)
    takenBy.set(jaxpr, taken)
    return taken
  }

  function compute(program: Program, arrays: readonly JaxArray[], record: RecordedCall | null): R {
    const outs =
      options.inline === true && currentTrace() instanceof JaxprTrace
        ? evalClosed(program.jaxpr, arrays)
        : program.params === null
          ? bindJit(program.jaxpr, arrays, name)
          : bind(jitPrimitive, arrays, program.params)
    record?.returned(outs)
    const result = unflatten(typedTree<R>(program.outTree), outs)
    return options.device === undefined ? result : devicePut(result, options.device)
  }

  /** The program of a call. What runs now, rather than as a part of something that is traced, is counted. */
  function called(given: A, record: RecordedCall | null): Called {
    const { key, arrays, tree } = lookedAt(given, record)
    const known = ran.get(key)
    if (known !== undefined) return { program: known, arrays, tree }
    const program = programFor(key, given, record)
    if (program.params !== null && !arrays.some((array) => array instanceof Tracer)) ran.add(key, program)
    return { program, arrays, tree }
  }

  function lookedAt(given: A, record: RecordedCall | null): Omit<Called, 'program'> & { key: ProgramKey } {
    statics.assertGiven(given, () => parameters ?? parametersOf(f))
    const { arrays, tree } = flattenArgs(statics.data(given), where)
    record?.given(arrays, tree, statics.none ? null : statics.positionsOfData(given.length))
    return { arrays, tree, key: programKey(arrays, tree, statics.parts(given, where)) }
  }

  function programFor(key: ProgramKey, given: A, record: RecordedCall | null): Program {
    const known = traced.get(key)
    if (known !== undefined) return known
    if (config.explainCacheMisses) explainMiss(name, key, traced.lastKey)
    const program = trace(given, key, record)
    if (program.params !== null) traced.add(key, program)
    return program
  }

  function trace(args: A, { avals, tree }: ProgramKey, record: RecordedCall | null): Program {
    const call = new FlatCall(
      (...data: unknown[]) => f(...statics.withData(args, data)),
      typedTree<unknown[]>(tree),
      where,
    )
    const jaxpr = traceToJaxpr(call.fun, avals, 'jit', (program) => record?.brokeOff(program))
    const open = jaxpr.consts.some((value) => value instanceof Tracer)
    return { jaxpr, outTree: call.outTree, params: open ? null : { jaxpr, name } }
  }

  function lower(...given: A): Lowered<A, R> {
    const { key } = lookedAt(given, null)
    const program = ran.get(key) ?? programFor(key, given, null)
    return lowered(program.jaxpr, (...later: A) => {
      const now = lookedAt(later, null)
      if (sameProgramKey(now.key, key)) return run({ ...now, program }, later.length, null)
      throw new JaxTypeError(
        `the compiled ${name} was called with (${now.key.avals.join(', ')}), it was lowered for (${program.jaxpr.inAvals.join(', ')}).`,
        { hint: `Call jit(${name}) itself, which traces anew for other shapes, dtypes or static arguments.` },
      )
    })
  }

  const clearCache = (): void => {
    traced.clear()
    ran.clear()
  }
  return transformed(Object.assign(jitted, { lower, cacheSize: () => ran.size, clearCache }), f, 'jit')
}

/** Prints why a program is traced, against the one that was traced before. */
function explainMiss(name: string, key: ProgramKey, lastKey: ProgramKey | null): void {
  const reasons = lastKey === null ? [`${name} was not traced before`] : differences(key, lastKey)
  const source = currentSource()
  const where = source === null ? '' : ` at line ${source.line} of ${source.file}`
  writeDebug(`TRACING CACHE MISS${where}: ${reasons.join('; ')}`)
}
