import { resetAxes } from './axis-env.ts'
import { resetObservation } from './observer.ts'
import { resetRecorder } from './recorder.ts'
import { resetSource } from './source.ts'
import { restoreAll } from './restore.ts'
import { resetTrace } from './trace.ts'

/** Forgets what a computation that was broken off (Stop, SIGINT) left behind: it ran no finally block. */
export function recoverFromInterruption(): void {
  resetTrace()
  resetAxes()
  resetRecorder()
  resetObservation()
  resetSource()
  restoreAll()
}
