export {
  asOneOperation,
  currentSource,
  enterSource,
  installPositions,
  resetSource,
  restoreSource,
  sourceScope,
  userCode,
  withSource,
  withoutSource,
} from '../errors/source-scope.ts'
export { placeText, setUserFile, userFrames } from '../errors/user-line.ts'
