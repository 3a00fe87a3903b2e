export { allCalledAs, calledAs, isTransforming } from '../control/called-as.ts'
