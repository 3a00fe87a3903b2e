import fs from 'node:fs'
import module from 'node:module'
import os from 'node:os'
import v8 from 'node:v8'
import vm from 'node:vm'
import threads from 'node:worker_threads'
import { type Deed, NotAllowedError } from './not-allowed.ts'

/**
 * Node's permissions keep files, programs, the network, threads and native code from a cell. What they
 * leave open is closed here, before the first cell: signals, flags of the engine, open descriptors,
 * modules of Node, the ports to other threads. Closed means twice: the ways there are gone, and the
 * functions themselves refuse, should somebody find another way.
 */
export function closeBox(): void {
  refuseModules()
  refuseFunctions()
  keepPorts()
  hideGlobals()
}

/** Modules of Node by what they are for; all others are refused as modules. */
const moduleDeeds: Readonly<Record<string, Deed>> = {
  fs: 'files',
  'fs/promises': 'files',
  child_process: 'programs',
  cluster: 'programs',
  net: 'network',
  tls: 'network',
  http: 'network',
  https: 'network',
  http2: 'network',
  dgram: 'network',
  dns: 'network',
  'dns/promises': 'network',
  worker_threads: 'threads',
  inspector: 'debugger',
  'inspector/promises': 'debugger',
  repl: 'debugger',
  v8: 'engine',
  vm: 'engine',
  wasi: 'native',
  ffi: 'native',
  sqlite: 'database',
  process: 'process',
}

/** `import()` in code made from text reaches Node's loader: nothing passes it any more. */
function refuseModules(): void {
  const deedOf = new Map(Object.entries(moduleDeeds))
  const { get } = deedOf
  const { apply } = Reflect
  const { slice } = String.prototype
  const plainName = (specifier: string): string =>
    apply(slice, specifier, [0, 5]) === 'node:' ? apply(slice, specifier, [5]) : specifier
  module.registerHooks({
    resolve(specifier) {
      throw new NotAllowedError(apply(get, deedOf, [plainName(specifier)]) ?? 'modules', specifier)
    },
    load(url) {
      throw new NotAllowedError('modules', url)
    },
  })
}

/** Functions that would act on the whole process, by the object that has them. */
const refused: readonly (readonly [owner: object, name: string, Deed, names: readonly string[]])[] = [
  [process, 'process', 'signals', ['kill', '_kill', '_debugProcess', '_debugEnd', '_startProfilerIdleNotifier']],
  [process, 'process', 'native', ['dlopen', 'binding', '_linkedBinding']],
  [process, 'process', 'programs', ['execve']],
  [process, 'process', 'modules', ['getBuiltinModule']],
  [process, 'process', 'threads', ['_getActiveHandles', '_getActiveRequests']],
  [process, 'process', 'files', ['loadEnvFile', 'openStdin']],
  [
    process,
    'process',
    'process',
    [
      ...['abort', 'chdir', 'umask', 'initgroups', 'setgroups', 'setuid', 'setgid', 'seteuid', 'setegid'],
      ...['setSourceMapsEnabled', 'setUncaughtExceptionCaptureCallback', 'addUncaughtExceptionCaptureCallback'],
    ],
  ],
  [v8, 'v8', 'engine', ['setFlagsFromString', 'setHeapSnapshotNearHeapLimit', 'stopCoverage', 'takeCoverage']],
  [os, 'os', 'process', ['setPriority']],
  [module, 'module', 'modules', ['register', 'registerHooks', 'createRequire', 'enableCompileCache', '_load']],
  [threads, 'worker_threads', 'threads', ['Worker', 'postMessageToThread', 'BroadcastChannel']],
  // A descriptor that is open already needs no permission, and one of them leads to the host.
  [
    fs,
    'fs',
    'files',
    [
      ...['write', 'writeSync', 'writev', 'writevSync', 'read', 'readSync', 'readv', 'readvSync'],
      ...['writeFile', 'writeFileSync', 'appendFile', 'appendFileSync', 'createReadStream', 'createWriteStream'],
      ...['close', 'closeSync', 'ftruncate', 'ftruncateSync', 'futimes', 'futimesSync', 'fsync', 'fsyncSync'],
    ],
  ],
]

function refuseFunctions(): void {
  for (const [owner, ownerName, deed, names] of refused) {
    for (const name of names) {
      if (!Reflect.has(owner, name)) continue
      const value = refusal(deed, `${ownerName}.${name}`)
      if (!Reflect.defineProperty(owner, name, { value, writable: false, enumerable: true, configurable: false })) {
        throw new Error(`internal: ${ownerName}.${name} cannot be taken away`)
      }
    }
  }
  for (const name of ['parentPort', 'workerData', 'resourceLimits'] as const) {
    Object.defineProperty(threads, name, { value: null, writable: false })
  }
  module.syncBuiltinESMExports()
}

/**
 * Node hands a message on by methods of `EventTarget`, which an `AbortSignal` has as well. Whoever put functions
 * of his own in their place would be called with the port.
 */
function keepPorts(): void {
  let prototype: object | null = threads.MessagePort.prototype
  while (prototype !== null && prototype !== Object.prototype) {
    Object.freeze(prototype)
    prototype = Reflect.getPrototypeOf(prototype)
  }
}

/** Answers a call and a `new` alike. */
function refusal(deed: Deed, name: string): () => never {
  return function refuse(): never {
    throw new NotAllowedError(deed, name)
  }
}

/** What else than JavaScript's own names stays on the global object. */
const kept = new Set([
  ...['console', 'performance', 'structuredClone', 'queueMicrotask', 'TextEncoder', 'TextDecoder'],
  ...['URL', 'URLSearchParams', 'AbortController', 'AbortSignal', 'DOMException', 'atob', 'btoa'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate', 'WebAssembly'],
])

/** Names that a cell may try: they answer with what is not allowed, and not with "is not defined". */
const globalDeeds: Readonly<Record<string, Deed>> = {
  fetch: 'network',
  WebSocket: 'network',
  EventSource: 'network',
  Worker: 'threads',
  MessageChannel: 'threads',
  BroadcastChannel: 'threads',
  require: 'modules',
}

/** The names that answer so, for the scope of the cells. */
export const refusedGlobals: Readonly<Record<string, unknown>> = Object.freeze({
  ...Object.fromEntries(Object.entries(globalDeeds).map(([name, deed]) => [name, refusal(deed, name)])),
  process: cellProcess(),
})

function hideGlobals(): void {
  const language: unknown = vm.runInNewContext('Object.getOwnPropertyNames(globalThis)')
  const standard = new Set(Array.isArray(language) ? language.map(String) : [])
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!standard.has(name) && !kept.has(name)) Reflect.deleteProperty(globalThis, name)
  }
  for (const [name, value] of Object.entries(refusedGlobals)) {
    Object.defineProperty(globalThis, name, { value, writable: false, enumerable: false, configurable: false })
  }
}

/** A `process` that tells what it runs on, and refuses everything else. */
function cellProcess(): object {
  const deedOf = new Map<string, Deed>(
    refused.flatMap(([owner, , deed, names]) => (owner === process ? names.map((name) => [name, deed] as const) : [])),
  )
  const { version, versions, platform, arch } = process
  const told: object = Object.freeze({ version, versions: Object.freeze({ ...versions }), platform, arch, env: {} })
  return new Proxy(told, {
    get(target, name) {
      if (typeof name === 'symbol' || name in target) return Reflect.get(target, name)
      throw new NotAllowedError(deedOf.get(name) ?? 'process', `process.${name}`)
    },
  })
}
