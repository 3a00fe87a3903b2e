export { graph, graphOfJaxpr } from './graph.ts'
export { KeyLineage, keys } from './keys.ts'
export { tape } from './tape.ts'
export type * from './documents.ts'
