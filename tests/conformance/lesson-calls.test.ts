import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { parse } from 'yaml'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type RecordedCall,
  graphOfCall,
  outline,
  startRecording,
  summarize,
  tapeOfCall,
} from '../../core/inspect/recording.ts'
import { programOfCall } from '../../core/inspect/record-figures.ts'
import type { TapeDocument, ValueSummary } from '../../core/inspect/documents.ts'
import { sharedWords } from '../../electron/kernel/breakable-run.ts'
import { CellSession } from '../../electron/kernel/cell-session.ts'
import { core } from '../../electron/kernel/core-bindings.ts'
import type { KernelToHost, RunReport } from '../../electron/kernel/messages.ts'
import { InterruptWord } from '../../electron/kernel/runtime/interrupt.ts'
import type { ParsedLesson } from '../../electron/host/lessons/parsed-lesson.ts'
import { shipped } from '../workshops/lesson-runner.ts'
import { inOneLine, liveText } from './live-program.ts'

const tableSchema = v.record(
  v.string(),
  v.array(v.object({ cell: v.string(), py: v.string(), then: v.optional(v.string()), calls: v.array(v.unknown()) })),
)
const table = v.parse(tableSchema, parse(readFileSync(join(import.meta.dirname, 'lesson-calls.yaml'), 'utf8')))

const numbersSchema = v.nullable(v.array(v.union([v.number(), v.string()])))
const vectorSchema = v.object({
  lesson: v.string(),
  cell: v.string(),
  label: v.string(),
  line: v.number(),
  avals: v.string(),
  text: v.optional(v.string()),
  raises: v.optional(v.string()),
  primitives: v.optional(v.array(v.string())),
  tape: v.optional(
    v.array(v.tuple([v.string(), v.array(v.union([v.number(), v.string()])), numbersSchema, numbersSchema])),
  ),
})
type Vector = v.InferOutput<typeof vectorSchema>
const file = readFileSync(join(import.meta.dirname, 'vectors', 'lesson-calls.json'), 'utf8')
const { calls: vectors } = v.parse(v.object({ calls: v.array(vectorSchema) }), JSON.parse(file))

/** A program of a lesson: a cell, or the solution of an exercise where a cell of the lab would have it. */
interface Piece {
  readonly id: string
  readonly source: string
}

function piecesOf({ lesson, exercises }: ParsedLesson): Piece[] {
  return lesson.blocks.flatMap((block): Piece[] => {
    if (block.kind === 'cell') return [{ id: block.id, source: block.source }]
    if (block.kind !== 'exercise') return []
    const { id } = block.exercise
    const exercise = exercises.get(id)
    const source = exercise?.answer.kind === 'code' ? exercise.solution?.source : undefined
    return source == null ? [] : [{ id, source }]
  })
}

/** A lesson as a kernel runs it, with the record of every run. */
class RecordedLesson {
  readonly calls = new Map<string, readonly RecordedCall[]>()
  readonly #session: CellSession
  #calls: readonly RecordedCall[] = []
  #ran: (report: RunReport) => void = () => {}

  constructor() {
    const record = (): (() => never[]) => {
      const stop = startRecording(summarize, outline)
      return () => {
        this.#calls = stop().calls.filter(({ composed }) => !composed)
        return []
      }
    }
    const post = (message: KernelToHost): void => {
      if (message.kind === 'ran') this.#ran(message.report)
    }
    const interrupt = new InterruptWord(new SharedArrayBuffer(4 * sharedWords))
    this.#session = new CellSession({ ...core, record }, interrupt, post)
  }

  async run({ id, source }: Piece): Promise<void> {
    const ran = new Promise<RunReport>((resolve) => (this.#ran = resolve))
    this.#session.receive({ kind: 'run', runId: id, cellId: id, source })
    const { status } = await ran
    if (status !== 'ok') throw new Error(`${id} ended with ${status}`)
    this.calls.set(id, [...(this.calls.get(id) ?? []), ...this.#calls])
  }
}

/** A call as the figure panel offers it. */
function chosenAs({ name, source, excerpt }: RecordedCall): string {
  return `${name}, line ${source?.line}, ${excerpt.inputs.map(({ aval }) => aval.toString()).join(', ')}`
}

function hasNumbers(summary: ValueSummary | null, expected: readonly (number | string)[] | null): void {
  if (expected === null) return expect(summary).toBeNull()
  // A derivative that cannot be anything else than zero is none in the figure.
  if (summary === null) return expect(expected.every((number) => number === 0)).toBe(true)
  const values = summary?.values ?? []
  // What is the same in all lanes is shown once.
  if (values.length !== 1) expect(values).toHaveLength(expected.length)
  expected.forEach((number, i) => {
    const shown = values[values.length === 1 ? 0 : i]
    if (typeof number === 'number') {
      // Elementary functions of XLA and ours differ in the last place or two.
      const tolerance = 4e-6 * Math.max(1, Math.abs(number))
      expect(Math.abs(Number(shown) - number), `${shown} for ${number}`).toBeLessThanOrEqual(tolerance)
    } else expect(shown).toBe(number)
  })
}

/** The last cotangent of each node: what has arrived when it is handed on. */
function cotangentsOf({ reverse }: TapeDocument): Map<string, ValueSummary | null> {
  return new Map(reverse.flatMap((step) => (step.phase === 'cotangent' ? [[step.node, step.cotangent] as const] : [])))
}

describe.each(Object.entries(table))('%s', (lessonId, cells) => {
  const parsed = shipped.lessons.get(lessonId)
  let lesson: RecordedLesson
  beforeAll(async () => {
    // Places in cells are known to the newest session only.
    lesson = new RecordedLesson()
    if (parsed === undefined) throw new Error(`there is no lesson ${lessonId}`)
    const more = new Map(cells.map(({ cell, then }) => [cell, then]))
    for (const piece of piecesOf(parsed)) {
      await lesson.run(piece)
      const then = more.get(piece.id)
      if (then !== undefined) await lesson.run({ id: piece.id, source: then })
    }
  })

  const expected = vectors.filter((vector) => vector.lesson === lessonId)

  it('calls what the table says, and nothing else', () => {
    const ran = [...lesson.calls].flatMap(([id, calls]) => calls.map((call) => `${id}: ${chosenAs(call)}`))
    expect(ran).toEqual(expected.map(({ cell, label, line, avals }) => `${cell}: ${label}, line ${line}, ${avals}`))
    expect(expected).toHaveLength(cells.reduce((count, { calls }) => count + calls.length, 0))
  })

  const place = (vector: Vector): number => expected.filter(({ cell }) => cell === vector.cell).indexOf(vector)
  it.each(expected.map((vector) => [vector.cell, vector.label, vector.line, place(vector), vector] as const))(
    '%s: %s in line %i, number %i, did what JAX does',
    (cell, _label, _line, position, vector) => {
      const call = lesson.calls.get(cell)?.[position]
      if (call === undefined) throw new Error('there is no such call')
      const program = programOfCall(call)
      if (vector.raises !== undefined) {
        expect(call.failure).not.toBeNull()
        expect(program.eqns.map(({ primitive }) => primitive.name)).toEqual(vector.primitives)
        return
      }
      expect(call.failure).toBeNull()
      expect(liveText(program)).toBe(inOneLine(vector.text ?? ''))
      expect(graphOfCall(call).notes).toBeUndefined()
      if (vector.tape === undefined) return
      const tape = tapeOfCall(call)
      const tangents = new Map(tape.forward.map(({ node, tangent }) => [node, tangent]))
      const cotangents = cotangentsOf(tape)
      // JAX refuses the way back through a `while`: then there is the way forward alone.
      if (vector.tape.every(([, , , cotangent]) => cotangent === null)) expect(tape.reverse).toEqual([])
      const nodes = tape.nodes.filter(({ id }) => !id.startsWith('const'))
      expect(nodes.map(({ primitive }) => primitive)).toEqual(vector.tape.map(([primitive]) => primitive))
      nodes.forEach(({ id, primal, inactive }, i) => {
        const [, value, tangent, cotangent] = vector.tape?.[i] ?? []
        hasNumbers(primal, value ?? null)
        hasNumbers(tangents.get(id) ?? null, tangent ?? null)
        if (inactive) expect(cotangents.get(id) ?? null).toBeNull()
        else hasNumbers(cotangents.get(id) ?? null, cotangent ?? null)
      })
    },
  )
})

it('has every lesson', () => {
  expect(Object.keys(table).sort()).toEqual([...shipped.lessons.keys()].sort())
})
