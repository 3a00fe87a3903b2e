export { currentSource, placeText, setUserFile, userFrames } from '../errors/user-line.ts'
