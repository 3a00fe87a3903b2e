import type { WorkerOptions } from 'node:worker_threads'

/**
 * What the process and the threads of a kernel may do, in the terms of Node's permission model. It holds
 * for each thread by itself: what a thread is not given here, no code in it can do, wherever it came from.
 */

/** The folder of the application: above `electron/kernel` in a checkout, above `dist/kernel` once built. */
export function applicationFolder(entry: URL): URL {
  return new URL('../../', entry)
}

/** Flags of the process. The control thread alone makes threads, and hands on what a GPU needs. */
export function processFlags(application: string): string[] {
  return [
    '--permission',
    '--allow-worker',
    '--allow-addons',
    // The pipes to the host are sockets to Node.
    '--allow-net',
    `--allow-fs-read=${application}`,
    // It warns of every permission that is given.
    '--disable-warning=SecurityWarning',
  ]
}

/** What a thread starts with: it reads the application's own files, and nothing else. */
export function threadOptions(
  application: string,
  { addons }: { readonly addons: boolean },
): Pick<WorkerOptions, 'execArgv' | 'env'> {
  const execArgv = [
    '--permission',
    `--allow-fs-read=${application}`,
    '--no-experimental-sqlite',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
  ]
  return { execArgv: addons ? [...execArgv, '--allow-addons'] : execArgv, env: {} }
}
