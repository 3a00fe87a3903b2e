import type { IncomingMessage } from 'node:http'

/** The address that the lab listens on; nothing outside this machine reaches it. */
export const loopback = '127.0.0.1'

/** What a request may call this machine at a port. A browser leaves the port out where it is the scheme's own. */
function namesAt(port: number): readonly string[] {
  const names = [loopback, 'localhost']
  const withPort = names.map((name) => `${name}:${port}`)
  return port === 80 ? [...withPort, ...names] : withPort
}

/** Whether a `Host` header names this machine; a foreign name that resolves to it is an attack. */
export function isLocalHost(host: string | undefined, port: number): boolean {
  return host !== undefined && namesAt(port).includes(host.toLowerCase())
}

/** Whether an `Origin` header is that of a page of the lab itself. */
export function isLabOrigin(origin: string | undefined, port: number): boolean {
  return origin !== undefined && namesAt(port).some((name) => origin === `http://${name}`)
}

/** Whether a request came in under a name of this machine. */
export function isLocalRequest({ headers, socket }: IncomingMessage): boolean {
  return isLocalHost(headers.host, socket.localPort ?? 0)
}

/**
 * The path that a request target names, still percent-encoded; null when it names none. A target is whatever
 * the other side wrote: a path, a whole address, an asterisk, or nonsense.
 */
export function targetPath(target: string): string | null {
  if (target.startsWith('/')) return target.split(/[?#]/, 1)[0] ?? null
  const url = URL.parse(target)
  return url !== null && url.protocol === 'http:' ? url.pathname : null
}
