import { streams, type LessonSummary, type Level, type Stream } from '../../../electron/protocol.ts'

export const streamNames: Readonly<Record<Stream, string>> = {
  intro: 'Opening',
  'control-flow': 'Control flow',
  parallel: 'Parallel',
  randomness: 'Randomness',
  differentiability: 'Differentiability',
  capstone: 'Capstone',
}

export const levelNames: Readonly<Record<Level, string>> = {
  beginner: 'Beginner',
  intermediate: 'Intermediate',
  advanced: 'Advanced',
}

const levelOrder: readonly (Level | null)[] = [null, 'beginner', 'intermediate', 'advanced']

/** Lessons by stream in the order of the workshop, each stream from beginner to advanced. */
export function lessonGroups(lessons: readonly LessonSummary[]): { stream: Stream; lessons: LessonSummary[] }[] {
  return streams.flatMap((stream) => {
    const own = lessons
      .filter((lesson) => lesson.stream === stream)
      .toSorted((a, b) => levelOrder.indexOf(a.level) - levelOrder.indexOf(b.level))
    return own.length > 0 ? [{ stream, lessons: own }] : []
  })
}
