/** What a cell may not do, each with what to do instead. */
const deeds = {
  files: ['read or write files', 'Put small data into the cell itself; `jnp.array([...])` takes nested lists.'],
  programs: ['start programs', 'Cells compute; whatever else is needed belongs outside of the lab.'],
  network: ['use the network', 'The lab works offline. Put small data into the cell itself.'],
  threads: ['start threads or write to them', '`pmap` computes on several devices at once.'],
  signals: ['send signals', 'Stop ends a cell, Restart the kernel.'],
  native: ['load native code', 'Only the lab itself does, for the GPU.'],
  engine: ['change the JavaScript engine', 'Cells need none of its flags.'],
  debugger: ['open the debugger', '`print` and `debug.print` show values; the figures show programs.'],
  database: ['open databases', 'Put small data into the cell itself.'],
  process: ['change or end its process', 'Stop ends a cell, Restart the kernel.'],
  modules: ['load modules', 'Everything that jax exports is in scope: `jnp`, `lax`, `random`, `grad` and so on.'],
} as const
export type Deed = keyof typeof deeds

/** Thrown in place of what a cell tried. */
export class NotAllowedError extends Error {
  override readonly name = 'NotAllowedError'
  readonly hint: string

  /** `by` is what was called: `process.kill`, `node:fs`. */
  constructor(deed: Deed, by: string) {
    const [what, hint] = deeds[deed]
    super(`a cell may not ${what} (${by})`)
    this.hint = hint
  }
}

/** What Node's permission model calls its permissions. */
const permissions: readonly (readonly [prefix: string, Deed])[] = [
  ['FileSystem', 'files'],
  ['ChildProcess', 'programs'],
  ['WorkerThreads', 'threads'],
  ['Net', 'network'],
  ['Addon', 'native'],
  ['FFI', 'native'],
  ['WASI', 'native'],
  ['Inspector', 'debugger'],
]

/** An error of the permission model, said as the lab says it; null for any other. */
export function refusedByPermission(error: Error): NotAllowedError | null {
  if (Reflect.get(error, 'code') !== 'ERR_ACCESS_DENIED') return null
  const permission = String(Reflect.get(error, 'permission'))
  const deed = permissions.find(([prefix]) => permission.startsWith(prefix))?.[1] ?? 'process'
  const resource = Reflect.get(error, 'resource')
  return new NotAllowedError(deed, typeof resource === 'string' && resource !== '' ? resource : permission)
}
