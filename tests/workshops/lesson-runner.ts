import { fileURLToPath } from 'node:url'
import { LessonKernel } from '../../electron/host/lesson-kernel.ts'
import { parseLesson } from '../../electron/host/lessons/parse-lesson.ts'
import { readLessons } from '../../electron/host/lessons/lesson-store.ts'
import { pinnedNode } from '../../electron/pinned-node.mjs'
import type { CellError, CellOutput, CheckResult, RunResult } from '../../electron/protocol.ts'

/** The lessons that ship with the lab. */
export const shipped = await readLessons([fileURLToPath(new URL('../../workshops', import.meta.url))], async (...lesson) =>
  parseLesson(...lesson),
)

/** What a cell did. */
export interface CellRun {
  readonly result: RunResult
  readonly outputs: readonly CellOutput[]
  readonly errors: readonly CellError[]
}

/** A kernel as a lesson has it, that collects what its cells show. */
export class LessonRunner {
  readonly #outputs = new Map<string, CellOutput[]>()
  readonly #kernel: LessonKernel
  #runs = 0

  constructor(lessonId: string) {
    const nodePath = pinnedNode({ root: fileURLToPath(new URL('../..', import.meta.url)) })
    if (nodePath === null) throw new Error('the Node that kernels run on is not installed')
    const entry = new URL('../../electron/kernel/main.ts', import.meta.url)
    this.#kernel = new LessonKernel(lessonId, { entry, nodePath, memoryLimit: 1024 }, 1, {
      output: ({ runId, output }) => this.#outputs.get(runId)?.push(output),
      status: () => {},
      memory: () => {},
    })
  }

  async run(cellId: string, source: string): Promise<CellRun> {
    const runId = this.#nextRun()
    const result = await this.#kernel.run(cellId, runId, source)
    const outputs = this.#outputs.get(runId) ?? []
    return { result, outputs, errors: outputs.flatMap((output) => (output.kind === 'error' ? [output.error] : [])) }
  }

  check(exerciseId: string, answer: string, check: string): Promise<CheckResult> {
    return this.#kernel.check(exerciseId, this.#nextRun(), answer, check)
  }

  close(): Promise<void> {
    return this.#kernel.close()
  }

  #nextRun(): string {
    const runId = `run-${++this.#runs}`
    this.#outputs.set(runId, [])
    return runId
  }
}
