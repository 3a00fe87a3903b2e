import * as core from '../../core/index.ts'

// As many as the vectors were made with; here each is a lane of one thread.
core.config.update('numCpuDevices', 8)

export type Callable = (...args: unknown[]) => unknown

const names = Object.keys(core).filter((name) => name !== 'default')
const values = names.map((name) => Reflect.get(core, name))

/** Evaluates a case's source with every export of the core in scope: an expression, or statements that define `f`. */
export function compile(source: string): Callable {
  const body = source.trim().includes('\n') ? `${source}\nreturn f` : `return (${source})`
  const made: unknown = new Function(...names, `'use strict'\n${body}`)(...values)
  return asCallable(made, source)
}

/** A function of the public API by its path, such as `random.keyData`. */
export function api(path: string): Callable {
  let value: unknown = core
  for (const name of path.split('.')) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  }
  return asCallable(value, path)
}

function asCallable(value: unknown, what: string): Callable {
  if (typeof value !== 'function') throw new TypeError(`the core has no function ${what}`)
  return (...args) => Reflect.apply(value, undefined, args)
}

/** Calls a function that another call gave. */
export function apply(target: unknown, args: readonly unknown[]): unknown {
  return asCallable(target, String(target))(...args)
}

/** Runs `body` under configuration options and puts the previous values back. */
export function configured<T>(settings: Readonly<Record<string, boolean>>, body: () => T): T {
  const names = Object.keys(settings)
  const update = api('config.update')
  const previous: unknown[] = names.map((name) => Reflect.get(core.config, name))
  try {
    for (const name of names) update(name, settings[name])
    return body()
  } finally {
    names.forEach((name, i) => update(name, previous[i]))
  }
}
