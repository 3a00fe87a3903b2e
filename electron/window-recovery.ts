import { dialog } from 'electron'
import type { BrowserWindow } from 'electron'

/** In milliseconds. A page that ends again so soon would end for ever: then the user decides. */
const soon = 10_000

/**
 * Brings back a window whose page has ended or does not answer. What was typed is with the host, or kept by the
 * page as a draft, so a reload loses nothing.
 *
 * @param failed takes note of what happened, and has it shown on the page that comes next
 */
export function recoverWindow(window: BrowserWindow, failed: (error: unknown) => void): void {
  const { webContents: contents } = window
  let last = -Infinity
  let asking = false

  /** Does what the user chooses; one question at a time. */
  const ask = async (message: string, detail: string, answers: Readonly<Record<string, () => void>>): Promise<void> => {
    if (asking) return
    asking = true
    try {
      const buttons = Object.keys(answers)
      const options = { type: 'warning', message, detail, buttons, defaultId: 0, cancelId: 1 } as const
      const { response } = await dialog.showMessageBox(window, options)
      if (!window.isDestroyed()) Object.values(answers)[response]?.()
    } finally {
      asking = false
    }
  }

  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    failed(new Error(`The page ended unexpectedly (${reason}, code ${exitCode}) and was loaded again.`))
    const again = performance.now() - last < soon
    last = performance.now()
    if (!again) return contents.reload()
    ask('The page of the lab ended twice.', `The reason was: ${reason}. Your text is kept.`, {
      'Load it again': () => contents.reload(),
      'Close the window': () => window.close(),
    }).catch(failed)
  })

  window.on('unresponsive', () => {
    ask('The page of the lab does not answer.', 'Loading it again keeps your text.', {
      'Load it again'() {
        // A page in an endless loop would not hear a reload; it ends, this time on purpose, and comes back.
        last = -Infinity
        contents.forcefullyCrashRenderer()
      },
      Wait() {},
    }).catch(failed)
  })
}
