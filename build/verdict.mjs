/**
 * What a test run comes to.
 *
 * @typedef {object} Summary
 * @property {number} passed
 * @property {readonly string[]} failed
 * @property {readonly { readonly name: string, readonly reason: string }[]} skipped
 * @property {readonly string[]} errors Outside any test: a file that does not load, a rejection nobody awaited.
 */

/** What continuous integration may leave out: Electron's program cannot be fetched there. */
const mayBeSkipped = /^tests\/e2e\/electron\.test\.ts /

/**
 * The lines that end a test run, the last of them the sum, and whether it passed.
 *
 * @param {Summary | null} summary Null when the run ended before it was complete.
 * @param {number} code Exit code of the run.
 * @param {boolean} ci Whether nothing may be skipped but real Electron.
 * @returns {{ lines: readonly string[], passed: boolean }}
 */
export function verdict(summary, code, ci) {
  const { passed, failed, skipped, errors } = summary ?? { passed: 0, failed: [], skipped: [], errors: [] }
  const problems = [...failed, ...errors]
  if (summary === null) problems.push('the run ended before it was complete')
  const allowed = skipped.filter(({ name }) => !ci || mayBeSkipped.test(name))
  for (const { name, reason } of skipped) {
    if (ci && !mayBeSkipped.test(name)) problems.push(`${name}: skipped in continuous integration (${reason})`)
  }
  if (code !== 0 && problems.length === 0) problems.push(`the run ended with exit code ${code}`)
  if (summary !== null && passed + problems.length === 0) problems.push('no test ran')
  return {
    lines: [
      ...problems.map((problem) => `FAILED   ${problem}`),
      ...allowed.map(({ name, reason }) => `SKIPPED  ${name}: ${reason}`),
      `${passed} passed, ${problems.length} failed, ${allowed.length} skipped`,
    ],
    passed: problems.length === 0,
  }
}
