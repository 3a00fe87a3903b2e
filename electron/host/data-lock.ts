import { accessSync, constants, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as v from 'valibot'
import { draftEnding, readText, reasonOf } from './json-file.ts'

const ownerSchema = v.pipe(v.string(), v.parseJson(), v.object({ pid: v.number() }))

/** What the lock of a folder says when it is asked for. */
export type LockAnswer = { readonly held: true } | { readonly held: false; readonly ownerPid: number | null }

/**
 * The right to write to a data folder, which one lab has at a time. The operating system holds it (a file
 * lock, taken through SQLite, the one part of Node that takes such locks), so it ends with its process and
 * at no other time: a lab that is suspended keeps it, clocks do not matter, and two can never both get it.
 */
export class DataLock {
  readonly #folder: string
  readonly #path: string
  readonly #ownerPath: string
  #database: DatabaseSync | null = null
  /** The file that was locked: if another one has its name now, the lock guards nothing any more. */
  #file: string | null = null

  constructor(folder: string) {
    this.#folder = folder
    this.#path = join(folder, 'lab.lock.db')
    this.#ownerPath = join(folder, 'lab.owner.json')
  }

  /** Takes the lock, unless another lab has it. Throws when the folder cannot be written to. */
  take(): LockAnswer {
    if (this.isHeld) return { held: true }
    this.release()
    mkdirSync(this.#folder, { recursive: true })
    accessSync(this.#folder, constants.W_OK)
    const database = new DatabaseSync(this.#path, { timeout: patience })
    try {
      database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      if (isBusy(error)) return { held: false, ownerPid: this.#ownerPid() }
      throw new Error(`its disk takes no file locks (${reasonOf(error)})`, { cause: error })
    }
    this.#database = database
    this.#file = fileAt(this.#path)
    this.#sayOwner()
    return { held: true }
  }

  /** Whether this lab still has the lock, as of now. */
  get isHeld(): boolean {
    return this.#database !== null && this.#file !== null && fileAt(this.#path) === this.#file
  }

  release(): void {
    this.#database?.close()
    this.#database = null
    this.#file = null
  }

  /** For people who wonder which lab it is; nothing depends on it, so that a full disk is no reason to fail. */
  #sayOwner(): void {
    try {
      // Under another name first: whatever has this one, a pipe too, is replaced and not opened.
      const draft = `${this.#ownerPath}.${process.pid}${draftEnding}`
      writeFileSync(draft, JSON.stringify({ pid: process.pid }))
      renameSync(draft, this.#ownerPath)
    } catch {
      // Then another lab does not say the number.
    }
  }

  #ownerPid(): number | null {
    const file = readText(this.#ownerPath)
    const owner = v.safeParse(ownerSchema, file.kind === 'text' ? file.text : '')
    return owner.success ? owner.output.pid : null
  }
}

/** Milliseconds: two that ask in the same moment may both be refused at first. */
const patience = 100

/** SQLite's code for a file that another has locked, in the lowest byte. */
const busy = 5

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === busy
}

/** Never opens the file: closing it again would end the lock that this process has on it. */
function fileAt(path: string): string | null {
  const about = statSync(path, { bigint: true, throwIfNoEntry: false })
  return about === undefined ? null : `${about.dev} ${about.ino}`
}
