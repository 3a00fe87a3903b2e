import { tokenOf } from './web-socket.ts'

interface Followed {
  readonly connection: { readonly kind: 'connecting' | 'open' | 'lost' }
  /** Another object with each connection that the lab has accepted. */
  readonly hello: object | null
  connect(): void
}

const channelName = 'jax-workshop-lab.token'

/**
 * A lab that was started again has another token. It comes into a page that is open by the new address,
 * pasted into its tab, or opened in any other: a page that the lab has accepted tells those that were left
 * behind. Only pages from the lab's own address hear each other.
 */
export function followToken(page: Window, lab: Followed): void {
  const channel = new BroadcastChannel(channelName)
  page.addEventListener('hashchange', () => lab.connect())
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const token = typeof data === 'object' && data !== null && 'token' in data ? data.token : null
    if (lab.connection.kind === 'open' || typeof token !== 'string') return
    if (token !== tokenOf(page.location.hash)) page.location.hash = `token=${token}`
  })
  $effect.root(() => {
    $effect(() => {
      if (lab.hello) channel.postMessage({ token: tokenOf(page.location.hash) })
    })
  })
}
