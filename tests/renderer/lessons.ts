import type { Exercise, Lesson, LessonBlock } from '../../electron/protocol.ts'

/** A lesson for a test, of the blocks that it needs. */
export function lessonOf(id: string, ...blocks: LessonBlock[]): Lesson {
  return {
    summary: {
      id,
      title: `Lesson ${id}`,
      lead: 'What it is about.',
      stream: 'differentiability',
      level: 'beginner',
      minutes: 20,
      requires: [],
      exerciseIds: blocks.flatMap((block) => (block.kind === 'exercise' ? [block.exercise.id] : [])),
    },
    blocks,
    problems: [],
  }
}

export function cellBlock(id: string, source: string): LessonBlock {
  return { kind: 'cell', id, source }
}

export function exerciseBlock(exercise: Partial<Exercise> & Pick<Exercise, 'id' | 'kind'>): LessonBlock {
  return {
    kind: 'exercise',
    exercise: { title: 'An exercise', html: '<p>What is asked.</p>', hintCount: 0, hasSolution: false, ...exercise },
  }
}

export const prediction = exerciseBlock({
  id: 'P1',
  kind: 'predict',
  starter: 'predictedValue()',
  options: [
    { id: 'option-1', html: 'the last one wins' },
    { id: 'option-2', html: 'they are added' },
  ],
})
