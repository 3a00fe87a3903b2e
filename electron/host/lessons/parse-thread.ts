/** The thread that reads lessons, so that no text, however it is written, can keep the host from answering. */
import { parentPort } from 'node:worker_threads'
import { type ParseResult, parseLesson } from './parse-lesson.ts'

/** What the thread is asked; it answers with a `ParseResult`, and is ready once it has said so. */
export interface ParseRequest {
  readonly source: string
  readonly file: string
  readonly folder: string
}

const port = parentPort
if (port === null) throw new Error('parse-thread.ts is started by the reader of lessons')

port.on('message', ({ source, file, folder }: ParseRequest) => port.postMessage(read(source, file, folder)))
port.postMessage('ready')

function read(source: string, file: string, folder: string): ParseResult {
  try {
    return parseLesson(source, file, folder)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { lesson: null, problems: [`${file}:1: cannot be read: ${reason}`], requiresLine: 1 }
  }
}
