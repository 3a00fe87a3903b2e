import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { shipped } from './lesson-runner.ts'
import type { ParsedLesson } from '../../electron/host/lessons/parsed-lesson.ts'


const { lessons, problems } = shipped

/** Everything that the lab shows as code: cells, starters, solutions and lines to order. */
function shownCode(lesson: ParsedLesson): readonly { readonly from: string; readonly line: string }[] {
  const blocks = lesson.lesson.blocks.flatMap((block) => {
    switch (block.kind) {
      case 'prose':
        return []
      case 'cell':
        return [{ from: block.id, source: block.source }]
      case 'exercise': {
        const { id, starter = '', lines = [] } = block.exercise
        const solution = lesson.exercises.get(id)?.solution?.source ?? ''
        return [starter, solution, ...lines.map((line) => line.code)].map((source) => ({ from: id, source }))
      }
    }
  })
  return blocks.flatMap(({ from, source }) => source.split('\n').map((line) => ({ from, line })))
}

test('every lesson is read without a problem', () => {
  expect(problems).toEqual([])
})

test('the opening lesson and the first of each stream are there', () => {
  expect([...lessons.keys()]).toEqual(['L0', 'A1', 'B1', 'C1', 'D1'])
})

describe.each([...lessons.values()])('$summary.id $summary.title', (lesson) => {
  const text = readFileSync(join(lesson.folder, 'lesson.md'), 'utf8')

  test('has at least three exercises, each with hints and a solution', () => {
    const exercises = [...lesson.exercises.values()]
    expect(exercises.length).toBeGreaterThanOrEqual(3)
    for (const exercise of exercises) {
      expect(exercise.hints.length, exercise.id).toBeGreaterThan(0)
      expect(exercise.solution, exercise.id).not.toBeNull()
      expect(exercise.solution?.html, exercise.id).not.toBe('')
    }
  })

  test('proves its predictions and orders by code', () => {
    for (const exercise of lesson.exercises.values()) {
      if (exercise.answer.kind !== 'code') expect(exercise.proof, exercise.id).toContain('expect(')
    }
  })

  test('has code that fits the text column', () => {
    expect(shownCode(lesson).filter(({ line }) => line.length > 66)).toEqual([])
  })

  test('keeps the tone of the lab', () => {
    const words = /\b(just|simply|obviously|oops|easy|easily|trivial)\b/i
    const prose = text.replace(/```[\s\S]*?```/g, '')
    expect(words.exec(prose)?.[0]).toBeUndefined()
    expect(/[A-Za-z]!/.exec(prose)?.[0]).toBeUndefined()
  })
})
