/** What preload, main process and page agree on; nothing else passes between them. */

/** What the preload script puts on the page's window as `lab`. */
export interface LabBridge {
  /** Asks for a channel to the host; its port arrives as a `message` event of the window. */
  connect(): void
}

/** From the page to the main process: open a channel to the host. */
export const connectChannel = 'lab:connect'

/** The channel's port on its way back, to the preload script and from there to the page. */
export const portMessage = 'lab:port'
