import { describe, expect, test } from 'vitest'
import { gradeOption, gradeOrder } from '../../../electron/host/lessons/grade.ts'
import { readOrder } from '../../../electron/host/lessons/line-order.ts'
import { ProblemLog } from '../../../electron/host/lessons/problem-log.ts'

const read = (by: 'exact' | 'names', ...lines: readonly string[]) => {
  const problems = new ProblemLog('lesson.md')
  const fence = {
    kind: 'fence',
    line: 1,
    role: 'order',
    attributes: new Map([['by', by]]),
    text: lines.join('\n'),
  } as const
  return { order: readOrder(fence, 'T1.1', problems), problems: problems.list() }
}

describe('predictions', () => {
  const answer = { kind: 'option', rightId: 'b', feedback: new Map([['a', 'Too few.']]) } as const

  test('the right one passes', () => {
    expect(gradeOption(answer, 'b')).toMatchObject({ passed: true, message: 'Right.' })
  })

  test('a wrong one fails with its own feedback', () => {
    expect(gradeOption(answer, 'a')).toMatchObject({ passed: false, message: 'Too few.' })
  })

  test('one that does not exist fails', () => {
    expect(gradeOption(answer, 'zzz').passed).toBe(false)
  })
})

describe('an order judged by names', () => {
  const { order, problems } = read(
    'names',
    's:f32[] = sin y',
    'p:f32[] = mul x s',
    'c:f32[] = cos x',
    'r:f32[] = add p c',
  )

  test('is read without problems and shown in a wrong order', () => {
    expect(problems).toEqual([])
    expect(
      order &&
        gradeOrder(
          order.answer,
          order.shown.map((line) => line.id),
        ).passed,
    ).toBe(false)
  })

  test.each([
    ['as written', ['line-1', 'line-2', 'line-3', 'line-4'], true],
    ['another that runs', ['line-3', 'line-1', 'line-2', 'line-4'], true],
    ['a value read too early', ['line-2', 'line-1', 'line-3', 'line-4'], false],
    ['a line missing', ['line-1', 'line-2', 'line-3'], false],
    ['a line twice', ['line-1', 'line-2', 'line-3', 'line-3'], false],
    ['a line that does not exist', ['line-1', 'line-2', 'line-3', 'line-9'], false],
    ['one line too many', ['line-1', 'line-2', 'line-3', 'line-4', 'line-4'], false],
    ['nothing', [], false],
  ])('%s', (_, ids, passed) => {
    expect(order && gradeOrder(order.answer, ids).passed).toBe(passed)
  })

  test('names the value that is read too early', () => {
    const result = order && gradeOrder(order.answer, ['line-1', 'line-4', 'line-2', 'line-3'])
    expect(result?.message).toBe('Line 2, r:f32[] = add p c, reads p before it is there.')
  })

  test('understands lists of names and calls', () => {
    const keys = read(
      'names',
      'const key = random.key(0)',
      'const [a, b] = random.split(key)',
      'const x = draw(b)',
      'print(a, x)',
    )
    expect(keys.problems).toEqual([])
    const grade = (...ids: readonly string[]) => keys.order && gradeOrder(keys.order.answer, ids).passed
    expect(grade('line-1', 'line-2', 'line-3', 'line-4')).toBe(true)
    expect(grade('line-1', 'line-3', 'line-2', 'line-4')).toBe(false)
  })

  test('is refused when the lines as written do not run', () => {
    expect(read('names', 'b = sin a', 'a = cos x', 'c = add a b').problems[0]).toContain('read a name before')
  })

  test('is refused when every order runs', () => {
    expect(read('names', 'a = sin x', 'b = cos x', 'c = tan x').problems[0]).toContain('every order')
  })
})

describe('an exact order', () => {
  const { order } = read('exact', 'one', 'two', 'three')

  test('passes as written and in no other way', () => {
    expect(order && gradeOrder(order.answer, ['line-1', 'line-2', 'line-3']).passed).toBe(true)
    expect(order && gradeOrder(order.answer, ['line-1', 'line-3', 'line-2'])).toMatchObject({
      passed: false,
      message: 'Up to line 1 the order is right; line 2 belongs elsewhere.',
    })
  })

  test('is shuffled the same way each time', () => {
    expect(read('exact', 'one', 'two', 'three').order?.shown).toEqual(order?.shown)
  })
})
