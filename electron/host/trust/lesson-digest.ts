import { createHash } from 'node:crypto'
import type { ParsedLesson } from '../lessons/parsed-lesson.ts'

/** A digest of everything that a lesson says and runs: its text, its cells, its checks and solutions. */
export function lessonDigest({ lesson, exercises }: ParsedLesson): string {
  const content = [lesson.summary, lesson.blocks, exercises]
  const text = JSON.stringify(content, (_, value: unknown) => (value instanceof Map ? [...value] : value))
  return createHash('sha256').update(text).digest('hex')
}
