import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { DamagedFile, type FileFormat, type ReadFile, isJsonObject } from './file-version.ts'
import { type Notify, keepBeside, readText, reasonOf, replaceFile, setAside, stateOf } from './json-file.ts'

interface StoredFileOptions<Content> {
  readonly path: string
  /** What a person calls it: `The progress of lesson L0`. */
  readonly what: string
  readonly format: FileFormat<Content>
  readonly notify: Notify
  /** Called before a change is made; throws when the lab may not write. */
  readonly beforeChange: () => void
  /** Called just before a change becomes final; throws likewise. */
  readonly beforeReplacing: () => void
}

/**
 * A file of the lab, with what is in it. The content here is always the one on the disk: a change counts
 * once it has been written, and one that could not be written never happened.
 */
export class StoredFile<Content> {
  readonly #options: StoredFileOptions<Content>
  #content: Content
  /** Why the file must not be overwritten, if that is so. */
  #blocked: string | null = null
  /** The reason that was said last: it is not said again with every attempt. */
  #said: string | null = null
  /** The file as it was read or written last: another program may have changed it since. */
  #state: string | null = null
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: StoredFileOptions<Content>) {
    this.#options = options
    this.#content = options.format.empty
  }

  get content(): Content {
    return this.#content
  }

  /**
   * Reads the file. Only who may write to the folder moves what is damaged out of the way. A change that
   * finds a file out of reach says so itself, so that it need not be said `quietly` twice.
   */
  load(mayWrite: boolean, quietly = false): void {
    const { path, what, format, notify } = this.#options
    this.#state = stateOf(path)
    const file = readText(path)
    // One that somebody removed is written again with the next change.
    if (file.kind !== 'unreadable') this.#blocked = null
    if (file.kind === 'absent') return
    if (file.kind === 'unreadable') return this.#block(file.reason, quietly)
    try {
      const { content, rejected } = format.read(parse(file.text))
      this.#content = content
      if (rejected.length > 0) this.#reject(rejected, mayWrite)
    } catch (error) {
      if (!(error instanceof DamagedFile)) return this.#block(reasonOf(error), quietly)
      if (!mayWrite) return this.#block(`it is damaged (${error.message})`)
      try {
        const aside = setAside(path)
        notify(
          `${what} was damaged and could not be read (${error.message}). ` +
            `The file was kept as ${aside}; everything else is in place.`,
        )
      } catch (failure) {
        this.#block(`it is damaged (${error.message}) and cannot be moved aside: ${reasonOf(failure)}`)
      }
    }
  }

  /** Resolves when the changed content is on the disk. Changes happen one after the other. */
  async change(change: (content: Content) => Content): Promise<Content> {
    const done = this.#queue.then(async () => {
      const { path, what, format, beforeChange, beforeReplacing } = this.#options
      beforeChange()
      const state = stateOf(path)
      if (this.#blocked !== null || state !== this.#state) this.load(true, true)
      if (this.#blocked !== null) throw new Error(`${what} cannot be saved, since ${this.#blocked}.`)
      const content = change(this.#content)
      if (content === this.#content && (state !== null || content === format.empty)) return content
      try {
        await replaceFile(path, `${JSON.stringify(format.write(content), null, 2)}\n`, beforeReplacing)
      } catch (error) {
        throw new Error(`${what} cannot be saved: ${reasonOf(error)}.`, { cause: error })
      }
      this.#state = stateOf(path)
      this.#content = content
      return content
    })
    this.#queue = done.catch(() => {})
    return done
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#queue
  }

  #block(reason: string, quietly = false): void {
    const { path, what, notify } = this.#options
    this.#blocked = reason
    if (this.#said === reason || quietly) return
    this.#said = reason
    notify(`${what} cannot be read, so nothing is written to it: ${reason}. The file is ${path}.`)
  }

  #reject(rejected: ReadFile<Content>['rejected'], mayWrite: boolean): void {
    const { path, what, notify } = this.#options
    const count = rejected.length === 1 ? 'One entry' : `${rejected.length} entries`
    if (!mayWrite) {
      notify(`${count} of ${lowerFirst(what)} cannot be read; all others are in place.`)
      return
    }
    const text = `${JSON.stringify(rejected, null, 2)}\n`
    const name = `unreadable-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
    try {
      const beside = keepBeside(path, name, text)
      notify(
        `${count} of ${lowerFirst(what)} could not be read and was kept in ${basename(beside)}; all others are in place.`,
      )
    } catch (error) {
      // Written over, they would be lost.
      this.#block(`parts of it cannot be read, and they cannot be kept beside it: ${reasonOf(error)}`)
    }
  }
}

function parse(text: string) {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw new DamagedFile(reasonOf(error))
  }
  if (!isJsonObject(document)) throw new DamagedFile('it holds no object')
  return document
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
