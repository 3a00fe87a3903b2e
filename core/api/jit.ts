import { config } from '../config.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { bindJit } from '../control/jit.ts'
import { type RecordedCall, recorded } from '../tracing/recorder.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { JaxprTrace, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import type { Device } from '../sharding/device.ts'
import { currentSource } from '../tracing/source.ts'
import { JaxArray } from '../tracing/array.ts'
import { Tracer, currentTrace } from '../tracing/trace.ts'
import { transformed } from '../tracing/transformed.ts'
import { type TreeDef, flatten, typedTree, unflatten } from '../tree/pytree.ts'
import { FlatCall, flattenArgs } from '../tree/leaves.ts'
import { JaxTypeError, ValueError } from '../errors.ts'
import { staticArgumentText, staticText } from '../tree/static-key.ts'
import { checkOptions } from '../tree/options.ts'
import { writeDebug } from './debug.ts'
import { assertDonatedOnce, deleteTaken, offeredLeaves, takenInputs } from './donation.ts'
import { argumentsNamed, trailingObject } from './argument-names.ts'
import { type Lowered, lowered } from './lowered.ts'
import { parametersOf } from './parameters.ts'
import { devicePut } from './placement.ts'
import { ProgramCache } from './program-cache.ts'
import { keyParts, partsOfKey, programKey } from './program-key.ts'

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
}

/** A program with the arguments it was found for. */
interface Called {
  readonly program: Program
  readonly arrays: readonly JaxArray[]
  readonly tree: TreeDef<unknown[]>
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
  const numbers = [options.staticArgnums ?? []].flat()
  const statics: Statics = {
    numbers,
    positions: new Set([...numbers, ...staticNames.positions]),
    names: staticNames.entries,
  }
  const donatedArguments = argumentsNamed('donateArgnames', options.donateArgnames, parameters)
  const donated = [...[options.donateArgnums ?? []].flat(), ...donatedArguments.positions]
  const donatedNames = donatedArguments.entries
  const donates = donated.length + donatedNames.length > 0
  const both = donated.find((position) => statics.positions.has(position))
  if (both !== undefined) throw new ValueError(`jit: argument ${both} is both static and donated.`)
  const takenBy = new WeakMap<ClosedJaxpr, readonly number[]>()
  const { traced, run: ran } = cachesOf(f, staticText([donated, donatedNames, options.device]))

  const jitted = (...given: A): R =>
    recorded('jit', f, (record) => {
      staticNames.assertGiven(given)
      donatedArguments.assertGiven(given)
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
    const taken = donates ? takenFrom(program.jaxpr, tree, count) : []
    assertDonatedOnce(arrays, taken, `jit(${name})`)
    const result = compute(program, arrays, record)
    deleteTaken(arrays, taken)
    return result
  }

  function takenFrom(jaxpr: ClosedJaxpr, tree: TreeDef, count: number): readonly number[] {
    const known = takenBy.get(jaxpr)
    if (known !== undefined) return known
    const positions = positionsOfData(count, statics)
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
        : bindJit(program.jaxpr, arrays, name)
    record?.returned(outs)
    const result = unflatten(typedTree<R>(program.outTree), outs)
    return options.device === undefined ? result : devicePut(result, options.device)
  }

  /** The program of a call. What runs now, rather than as a part of something that is traced, is counted. */
  function called(given: A, record: RecordedCall | null): Called {
    const { key, program, arrays, tree } = programFor(given, record)
    if (!arrays.some((array) => array instanceof Tracer) && isClosed(program)) ran.set(key, program)
    return { program, arrays, tree }
  }

  function programFor(given: A, record: RecordedCall | null): Called & { key: string } {
    const args = checkedStatics(given, statics)
    const { arrays, tree } = flattenArgs(dynamicOf(args, statics), `jit(${name})`)
    record?.given(arrays, tree, positionsOfData(given.length, statics))
    const key = programKey(arrays, tree, staticsText(args, statics, `jit(${name})`))
    const known = ran.get(key) ?? traced.get(key)
    if (known === undefined && config.explainCacheMisses) explainMiss(name, key, traced.lastKey)
    const program = known ?? trace(args, arrays, tree, record)
    if (known === undefined && isClosed(program)) traced.set(key, program)
    return { arrays, tree, key, program }
  }

  function trace(
    args: A,
    arrays: readonly JaxArray[],
    tree: TreeDef<unknown[]>,
    record: RecordedCall | null,
  ): { jaxpr: ClosedJaxpr; outTree: TreeDef<R> } {
    const call = new FlatCall(
      (...dynamic: unknown[]) => f(...withStatics(args, statics, dynamic)),
      tree,
      `jit(${name})`,
    )
    const jaxpr = traceToJaxpr(
      call.fun,
      arrays.map((array) => array.aval),
      'jit',
      (program) => record?.brokeOff(program),
    )
    return { jaxpr, outTree: call.outTree }
  }

  function lower(...given: A): Lowered<A, R> {
    const { key, program } = programFor(given, null)
    return lowered(program.jaxpr, (...later: A) => {
      const args = checkedStatics(later, statics)
      const { arrays, tree } = flattenArgs(dynamicOf(args, statics), `jit(${name})`)
      if (programKey(arrays, tree, staticsText(args, statics, `jit(${name})`)) === key)
        return run({ program, arrays, tree }, args.length, null)
      throw new JaxTypeError(
        `the compiled ${name} was called with (${arrays.map((array) => array.aval.toString()).join(', ')}), it was lowered for (${program.jaxpr.inAvals.join(', ')}).`,
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

/** Whether a program holds no tracer of what is around it, and so is good for other calls. */
function isClosed({ jaxpr }: Program): boolean {
  return !jaxpr.consts.some((value) => value instanceof Tracer)
}

/** Prints why a program is traced, against the one that was traced before. */
function explainMiss(name: string, key: string, lastKey: string | undefined): void {
  const last = lastKey === undefined ? [] : partsOfKey(lastKey)
  const now = partsOfKey(key)
  const reasons =
    lastKey === undefined
      ? [`${name} was not traced before`]
      : keyParts.flatMap((part, i) => (now[i] === last[i] ? [] : [`${part} changed from ${last[i]} to ${now[i]}`]))
  const source = currentSource()
  const where = source === null ? '' : ` at line ${source.line} of ${source.file}`
  writeDebug(`TRACING CACHE MISS${where}: ${reasons.join('; ')}`)
}

interface Statics {
  /** Those of `staticArgnums`, which every call must have. */
  readonly numbers: readonly number[]
  /** Those and the named ones. */
  readonly positions: ReadonlySet<number>
  /** Names of entries of the trailing object. */
  readonly names: readonly string[]
}

/** The arguments, once every static position is seen to name one of them. */
function checkedStatics<A extends unknown[]>(args: A, statics: Statics): A {
  for (const position of statics.numbers) {
    if (Number.isInteger(position) && position < args.length && position >= -args.length) continue
    throw new ValueError(
      `jit: staticArgnums names argument ${position}, but the function was called with ${args.length}.`,
    )
  }
  return args
}

/** Which of so many arguments are data, not part of the program. */
function positionsOfData(count: number, statics: Statics): number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => !isStatic(i, count, statics))
}

function isStatic(position: number, count: number, { positions }: Statics): boolean {
  return positions.has(position) || positions.has(position - count)
}

function namedOptions(args: readonly unknown[], { names }: Statics): object | null {
  return names.length > 0 ? trailingObject(args) : null
}

/** The arguments that are data: without static positions, and without static entries of the trailing object. */
function dynamicOf(args: readonly unknown[], statics: Statics): unknown[] {
  const options = namedOptions(args, statics)
  return args.flatMap((arg, i) => {
    if (isStatic(i, args.length, statics)) return []
    if (arg !== options || options === null) return [arg]
    return [Object.fromEntries(Object.entries(options).filter(([key]) => !statics.names.includes(key)))]
  })
}

/** The static arguments as part of a key: each with its place or its name. */
function staticsText(args: readonly unknown[], statics: Statics, where: string): string {
  const fixed = args.flatMap((arg, i) =>
    isStatic(i, args.length, statics) ? [`${i}:${staticArgumentText(arg, `${where}, argument ${i}`)}`] : [],
  )
  const named = Object.entries(namedOptions(args, statics) ?? {})
    .filter(([key]) => statics.names.includes(key))
    .map(([key, value]) => `${JSON.stringify(key)}=${staticArgumentText(value, `${where}, argument ${key}`)}`)
  return [...fixed, ...named.sort()].join(' ')
}

/** All arguments again: dynamic ones replaced in order, static ones as they were given. */
function withStatics<A extends unknown[]>(args: A, statics: Statics, dynamic: readonly unknown[]): A {
  const rest = dynamic.values()
  const options = namedOptions(args, statics)
  const mixed = args.map((arg, i) => {
    if (isStatic(i, args.length, statics)) return arg
    const value: unknown = rest.next().value
    if (arg !== options || options === null || typeof value !== 'object') return value
    const fixed = Object.entries(options).filter(([key]) => statics.names.includes(key))
    return { ...value, ...Object.fromEntries(fixed) }
  })
  return mixed as A
}
