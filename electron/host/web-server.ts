import { randomBytes, timingSafeEqual } from 'node:crypto'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import * as v from 'valibot'
import { type WebSocket, WebSocketServer } from 'ws'
import { pageHeaders, readPageFile } from './page-files.ts'
import type { TextChannel } from './text-channel.ts'

const address = '127.0.0.1'
/** Where the search for a free port begins, and how far it goes. */
const firstPort = 4517
const portsTried = 50
const largestMessage = 16_000_000
/** How long a socket may stay open without having shown the token. */
const greetingWithin = 10_000
/** Close codes that tell the page not to try again. */
const wrongToken = 4401

const greeting = v.pipe(v.string(), v.parseJson(), v.object({ token: v.string() }))

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
  /** The port to use; null takes the first free one. */
  readonly port: number | null
  connect(channel: TextChannel): void
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
export async function startWebServer({ pageDir, port, connect }: WebServerOptions): Promise<WebServer> {
  const token = randomBytes(24).toString('base64url')
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage })
  const server = createServer((request, response) => void answer(request, response, pageDir))
  const chosen = await listen(server, port)
  const hosts = [`${address}:${chosen}`, `localhost:${chosen}`]

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A page of another site can reach this port through the user's browser, but not with these headers.
    const fromLab = hosts.some((host) => request.headers.origin === `http://${host}`)
    if (!isLocalRequest(request) || !fromLab) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => admit(opened, token, connect))
  })

  return {
    url: `http://${address}:${chosen}/#token=${token}`,
    port: chosen,
    takenPort: port === null && chosen !== firstPort ? firstPort : null,
    async close() {
      for (const socket of sockets.clients) socket.close(1001, 'The lab was closed.')
      sockets.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

/** Whether a request names this machine; a foreign name that resolves to it is an attack. */
function isLocalRequest({ headers, socket }: IncomingMessage): boolean {
  const { localPort } = socket
  return headers.host === `${address}:${localPort}` || headers.host === `localhost:${localPort}`
}

async function answer(request: IncomingMessage, response: ServerResponse, pageDir: string): Promise<void> {
  const refuse = (status: number, text: string): void => {
    response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
  }
  if (!isLocalRequest(request)) return refuse(403, 'The lab answers to 127.0.0.1 only.')
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Method not allowed')
  const { pathname } = new URL(request.url ?? '/', `http://${address}`)
  const file = await readPageFile(pageDir, pathname)
  if (file.status === 404) return refuse(404, 'Not found')
  response.writeHead(200, { ...headers, 'content-type': file.type, 'cache-control': 'no-cache' })
  response.end(request.method === 'HEAD' ? undefined : file.body)
}

/** Hands a socket to the host once it has shown the token. */
function admit(socket: WebSocket, token: string, connect: (channel: TextChannel) => void): void {
  const timer = setTimeout(() => socket.close(wrongToken, 'The page did not introduce itself.'), greetingWithin)
  socket.on('error', () => socket.terminate())
  socket.once('close', () => clearTimeout(timer))
  socket.once('message', (data) => {
    clearTimeout(timer)
    const hello = v.safeParse(greeting, String(data))
    if (hello.success && sameText(hello.output.token, token)) connect(overSocket(socket))
    else socket.close(wrongToken, 'This address is out of date. Open the one that the lab printed when it started.')
  })
}

function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}

function overSocket(socket: WebSocket): TextChannel {
  return {
    send: (message) => socket.send(message, () => {}),
    onMessage: (listener) => {
      socket.on('message', (data, isBinary) => {
        if (!isBinary) listener(String(data))
      })
    },
    onClose: (listener) => {
      socket.once('close', () => listener())
    },
    close: () => socket.close(1001),
  }
}

async function listen(server: Server, port: number | null): Promise<number> {
  if (port !== null) {
    if (await tryPort(server, port)) return portOf(server)
    throw new PortInUse(port)
  }
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
    server.once('error', failed).once('listening', listening).listen(port, address)
  })
}
