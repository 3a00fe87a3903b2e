/**
 * The last resort of a process that serves the lab: what nobody caught is reported, and serving goes on. A lab
 * that ends takes every lesson of everybody with it; one that goes on can at least save and be closed.
 *
 * @param report must not throw
 */
export function keepServing(report: (error: unknown) => void): void {
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
  // A terminal that was closed cannot be written to, and that is nothing to report there.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}
