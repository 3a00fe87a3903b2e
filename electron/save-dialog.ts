import { writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { dialog } from 'electron'
import type { BrowserWindow } from 'electron'

/** Saves files where the user says, and offers the folder of the last one again. */
export class SaveDialog {
  #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Where the file was written, or null when the user changed their mind. */
  async save(window: BrowserWindow | null, name: string, data: Uint8Array): Promise<string | null> {
    // The page proposes a name, never a place.
    const fileName = basename(name.replaceAll('\\', '/'))
    const extension = extname(fileName).slice(1)
    const options = {
      defaultPath: join(this.#folder, fileName),
      filters: extension ? [{ name: extension.toUpperCase(), extensions: [extension] }] : [],
    }
    const answer = window ? await dialog.showSaveDialog(window, options) : await dialog.showSaveDialog(options)
    if (answer.canceled || !answer.filePath) return null
    await writeFile(answer.filePath, data)
    this.#folder = dirname(answer.filePath)
    return answer.filePath
  }
}
