export {
  currentSource,
  installPositions,
  needsCapture,
  resetSource,
  restoreSource,
  sourceScope,
  userCode,
  withCapturedSource,
  withSource,
} from '../errors/source-scope.ts'
export type { SourceScope } from '../errors/source-scope.ts'
export { placeText, setUserFile, userFrames } from '../errors/user-line.ts'
