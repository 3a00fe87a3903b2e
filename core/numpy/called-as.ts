export { allCalledAs, calledAs, isStaging } from '../control/called-as.ts'
