/** Records of runs, and the figures that are made of them: for whoever runs somebody's code. */
export { graphOfCall, graphOfCell } from './record-figures.ts'
export { tapeOfCall } from './record-tape.ts'
export { outline, summarize } from './summary.ts'
export { startRecording } from '../tracing/recorder.ts'
export type { RecordOfRun, RecordedCall } from '../tracing/recorder.ts'
