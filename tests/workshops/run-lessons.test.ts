import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CodeAnswer, ParsedExercise } from '../../electron/host/lessons/parsed-lesson.ts'
import { LessonRunner, shipped } from './lesson-runner.ts'
import { otherRightAnswers } from './other-right-answers.ts'
import { wrongAnswers } from './wrong-answers.ts'

const timeout = 60_000

function answered(exercise: ParsedExercise): exercise is ParsedExercise & { answer: CodeAnswer } {
  return exercise.answer.kind === 'code'
}

/** The text of a wrong answer: a program, or the starter, as it is or with other axes. */
function sourceOf(written: string, starter: string): string {
  if (written === 'starter') return starter
  const axes = /^starter with (.+)$/.exec(written)?.[1]
  return axes === undefined ? written : starter.replace('[0, 1]', axes)
}

describe.each([...shipped.lessons.values()])('$summary.id $summary.title', (lesson) => {
  const runner = new LessonRunner(lesson.summary.id)
  afterAll(() => runner.close())
  const exercises = [...lesson.exercises.values()]

  beforeAll(() => runner.run('warm-up', '1'), timeout)

  const cells = lesson.lesson.blocks.flatMap((block) => (block.kind === 'cell' ? [block] : []))
  test.each(cells)(
    'cell $id runs',
    async ({ id, source, figure }) => {
      const { result, outputs, errors } = await runner.run(id, source)
      expect(errors).toEqual([])
      expect(result.status).toBe('ok')
      expect(outputs.length).toBeGreaterThan(0)
      if (figure !== undefined) expect(result.calls.flatMap((call) => call.figures)).toContain(figure)
    },
    timeout,
  )

  describe.each(exercises.filter(answered))('exercise $id', (exercise) => {
    const { starter, check } = exercise.answer
    const wrong = wrongAnswers[exercise.id] ?? []
    const judge = (answer: string) => runner.check(exercise.id, answer, check)

    test(
      'the starter fails, the solution passes',
      async () => {
        expect(await judge(starter)).toMatchObject({ passed: false, status: 'ok' })
        const right = await judge(exercise.solution?.source ?? '')
        expect(right).toMatchObject({ passed: true, status: 'ok' })
        expect(right.items.length).toBeGreaterThan(1)
      },
      timeout,
    )

    test.each(wrong)(
      'says: $says',
      async ({ source, says }) => {
        const result = await judge(sourceOf(source, starter))
        expect(result.message).toContain(says)
        expect(result).toMatchObject({ passed: false, status: 'ok' })
      },
      timeout,
    )

    const accepted = (otherRightAnswers[exercise.id] ?? []).map((source, at) => ({ source, number: at + 1 }))
    test.each(accepted)(
      'accepts right answer $number',
      async ({ source }) => {
        expect(await judge(source)).toMatchObject({ passed: true, status: 'ok' })
      },
      timeout,
    )

    test('every signature of the check has a wrong answer that sets it off', () => {
      const signatures = check.match(/^ *signature\(/gm)?.length ?? 0
      const recognised = wrong.filter(({ says }) => !expectMessages(check).some((text) => text.includes(says)))
      expect(recognised.length).toBeGreaterThanOrEqual(signatures)
    })
  })

  const proofs = exercises.flatMap(({ id, proof }) => (proof === null ? [] : [{ id, proof }]))
  test.each(proofs)(
    'the right answer of $id agrees with what the code gives',
    async ({ id, proof }) => {
      const result = await runner.check(id, '', proof)
      expect(result.items.filter((item) => !item.passed)).toEqual([])
      expect(result).toMatchObject({ passed: true, status: 'ok' })
    },
    timeout,
  )
})

/** The texts inside the `expect(…)` calls of a check. */
function expectMessages(check: string): readonly string[] {
  return check.split(/^(?= *(?:signature|expect)\()/m).filter((part) => /^ *expect\(/.test(part))
}
