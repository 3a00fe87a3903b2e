import { randomBytes } from 'node:crypto'
import { type IncomingMessage, type Server, type ServerOptions, type ServerResponse, createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { isLabOrigin, isLocalRequest, loopback, targetPath } from './local-request.ts'
import { pageHeaders, readPageFile } from './page-files.ts'
import { admit } from './page-socket.ts'
import type { TextChannel } from './text-channel.ts'

/** Where the search for a free port begins, and how far it goes. */
const firstPort = 4517
const portsTried = 50
const largestMessage = 16_000_000
const longestTarget = 2000
const mostConnections = 256
const mostPages = 64

/** Any page of the user's browser can send requests here, so each has its bounds, in bytes and milliseconds. */
const limits: ServerOptions = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 2000,
}
/** How long a connection may stand still while its answer is fetched. */
const idleTimeout = 60_000

/** How long a page has to say goodbye when the lab is closed. */
const farewell = 1000

/** Pages of other sites share no process with the lab's, and cannot embed its files. */
const headers = {
  ...pageHeaders,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
}

export interface WebServerOptions {
  /** Folder of the built page. */
  readonly pageDir: string
  /** The port to use; null takes the usual one, or else the first free one. */
  readonly port: number | null
  readonly usualPort?: number | null
  connect(channel: TextChannel): void
  /** Told of failures that nobody waits for; serving goes on. */
  report(error: unknown): void
}

export interface WebServer {
  /** The address to open, with the token that lets a page talk to the host. */
  readonly url: string
  readonly port: number
  /** The port it takes when it has the choice, if that belongs to another program. */
  readonly takenPort: number | null
  close(): Promise<void>
}

/** The requested port belongs to another program. */
export class PortInUse extends Error {
  override readonly name = 'PortInUse'

  constructor(port: number) {
    super(`Port ${port} is in use. Choose another with --port N, or leave --port out to take a free one.`)
  }
}

/** Serves the page and its channel to browsers on this machine, and to nobody else. */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const { pageDir, port, connect, report } = options
  const usual = options.usualPort ?? firstPort
  const token = randomBytes(24).toString('base64url')
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage })
  const server = createServer(limits, (request, response) => {
    answer(request, response, pageDir).catch((error: unknown) => {
      report(error)
      response.destroy()
    })
  })
  server.maxConnections = mostConnections
  server.timeout = idleTimeout
  const chosen = await listen(server, port, usual)
  // Too many open files, for example: a connection that cannot be accepted is no reason to end.
  server.on('error', report)

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // From here on the socket is ours, and one that is reset before it has an answer would end the lab.
    socket.on('error', () => socket.destroy())
    // A page of another site can reach this port through the user's browser, but not with these headers.
    if (!isLocalRequest(request) || !isLabOrigin(request.headers.origin, chosen)) refuseUpgrade(socket, '403 Forbidden')
    else if (sockets.clients.size >= mostPages) refuseUpgrade(socket, '503 Service Unavailable')
    else sockets.handleUpgrade(request, socket, head, (opened) => admit(opened, token, connect))
  })

  return {
    url: `http://${loopback}:${chosen}/#token=${token}`,
    port: chosen,
    takenPort: port === null && chosen !== usual ? usual : null,
    async close() {
      for (const socket of sockets.clients) socket.close(1001, 'The lab was closed.')
      sockets.close()
      const deadline = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), farewell)
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      clearTimeout(deadline)
    },
  }
}

/** Says no, and waits for nothing further: the other side may never close its end. */
function refuseUpgrade(socket: Duplex, status: string): void {
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

async function answer(request: IncomingMessage, response: ServerResponse, pageDir: string): Promise<void> {
  const refuse = (status: number, text: string): void => {
    response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
  }
  // A connection that breaks costs its own answer.
  request.on('error', () => {})
  response.on('error', () => {})
  const { url: target = '/', method } = request
  if (!isLocalRequest(request)) return refuse(403, 'The lab answers to 127.0.0.1 only.')
  if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'Method not allowed')
  if (target.length > longestTarget) return refuse(414, 'This address is too long.')
  const path = targetPath(target)
  if (path === null) return refuse(400, 'This is no address of the lab.')
  const file = await readPageFile(pageDir, path)
  if (file.status === 404) return refuse(404, 'Not found')
  response.writeHead(200, { ...headers, 'content-type': file.type, 'cache-control': 'no-cache' })
  response.end(method === 'HEAD' ? undefined : file.body)
}

async function listen(server: Server, port: number | null, usual: number): Promise<number> {
  if (port !== null) {
    if (await tryPort(server, port)) return portOf(server)
    throw new PortInUse(port)
  }
  if (usual !== firstPort && (await tryPort(server, usual))) return portOf(server)
  for (let candidate = firstPort; candidate < firstPort + portsTried; candidate++) {
    if (await tryPort(server, candidate)) return portOf(server)
  }
  throw new Error(`No port from ${firstPort} to ${firstPort + portsTried - 1} is free. Choose one with --port N.`)
}

function portOf(server: Server): number {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('internal: the server has no port')
  return bound.port
}

function tryPort(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      server.removeListener('listening', listening)
      const code = 'code' in error ? error.code : null
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(false)
      else reject(error)
    }
    const listening = (): void => {
      server.removeListener('error', failed)
      resolve(true)
    }
    server.once('error', failed).once('listening', listening).listen(port, loopback)
  })
}
