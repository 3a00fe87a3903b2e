/**
 * The last resort of a process that serves the lab: what nobody caught is reported, and serving goes on. A lab
 * that ends takes every lesson of everybody with it; one that goes on can at least save and be closed.
 *
 * @param report logs a failure and says so to the user
 */
export function keepServing(report: (error: unknown) => void): void {
  const survive = (error: unknown): void => {
    try {
      report(error)
    } catch {
      // There is nobody left to tell.
    }
  }
  process.on('uncaughtException', survive)
  process.on('unhandledRejection', survive)
  // A terminal that was closed cannot be written to, and that is nothing to report there.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}
