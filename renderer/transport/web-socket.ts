import type { OpenTransport, Transport } from './transport.ts'

/** Close codes from here on are the host's own decision, so connecting again would meet the same answer. */
const firstHostCode = 4000

/**
 * The channel of a lab that is served to a browser: a WebSocket to where the page came from, opened with
 * the token that the address carries in its fragment.
 */
export function webSocketTransport(address: Location): OpenTransport {
  const url = `${address.protocol === 'https:' ? 'wss:' : 'ws:'}//${address.host}/`
  return () =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url)
      socket.addEventListener('open', () => {
        // Read anew each time: the address that a restarted lab prints may be pasted into an open page.
        socket.send(JSON.stringify({ token: tokenOf(address.hash) }))
        resolve(overSocket(socket))
      })
      socket.addEventListener('error', () => reject(new Error('The lab does not answer.')), { once: true })
    })
}

/** The token of `#token=…` or `#…`. */
export function tokenOf(fragment: string): string {
  const text = fragment.replace(/^#/, '')
  return new URLSearchParams(text).get('token') ?? text
}

function overSocket(socket: WebSocket): Transport {
  return {
    send: (message) => socket.send(message),
    onMessage: (listener) =>
      socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (typeof data === 'string') listener(data)
      }),
    onClose: (listener) =>
      socket.addEventListener(
        'close',
        ({ code, reason }) =>
          listener({ message: reason || 'The lab stopped answering.', final: code >= firstHostCode || code === 1008 }),
        { once: true },
      ),
    close: () => socket.close(1000),
  }
}
