import { timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import type { WebSocket } from 'ws'
import type { TextChannel } from './text-channel.ts'

/** How long a socket may stay open without having shown the token. */
const greetingWithin = 10_000
const longestGreeting = 1000
/** What may wait for a page that does not read. A page that comes back connects again and asks for what it missed. */
const mostUnread = 64_000_000
/** Close codes that tell the page not to try again. */
const wrongToken = 4401

const greeting = v.pipe(v.string(), v.maxLength(longestGreeting), v.parseJson(), v.object({ token: v.string() }))

/** Hands a socket to the host once it has shown the token. */
export function admit(socket: WebSocket, token: string, connect: (channel: TextChannel) => void): void {
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
    send(message) {
      if (socket.bufferedAmount > mostUnread) socket.terminate()
      else socket.send(message, () => {})
    },
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
