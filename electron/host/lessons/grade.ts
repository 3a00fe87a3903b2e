import type { CheckResult } from '../../protocol.ts'
import { firstMisplaced } from './line-order.ts'
import type { OptionAnswer, OrderAnswer } from './parsed-lesson.ts'

/** Judges a prediction. */
export function gradeOption(answer: OptionAnswer, optionId: string): CheckResult {
  const passed = optionId === answer.rightId
  const message = answer.feedback.get(optionId) ?? (passed ? 'Right.' : 'This is not what happens.')
  return { passed, items: [{ label: 'Prediction', passed }], message, status: 'ok' }
}

/** Judges an order of lines, and names the first line that stands where it cannot. */
export function gradeOrder(answer: OrderAnswer, lineIds: readonly string[]): CheckResult {
  const given = lineIds.flatMap((id) => answer.lines.find((line) => line.id === id) ?? [])
  const complete = new Set(lineIds).size === answer.lines.length && given.length === answer.lines.length
  const wrong = complete ? firstMisplaced(answer, given) : null
  const passed = complete && wrong === null
  const items = [
    { label: 'Every line is there once', passed: complete },
    { label: 'Every line stands where it can run', passed },
  ]
  return { passed, items, message: orderMessage(complete, wrong, given), status: 'ok' }
}

function orderMessage(
  complete: boolean,
  wrong: ReturnType<typeof firstMisplaced>,
  given: OrderAnswer['lines'],
): string {
  if (!complete) return 'Use every line once.'
  if (wrong === null) return 'Right.'
  const code = given[wrong.position]?.code.trim() ?? ''
  return wrong.reads === null
    ? `Up to line ${wrong.position} the order is right; line ${wrong.position + 1} belongs elsewhere.`
    : `Line ${wrong.position + 1}, ${code}, reads ${wrong.reads} before it is there.`
}
