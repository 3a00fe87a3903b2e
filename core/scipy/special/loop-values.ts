import { JaxArray } from '../../tracing/array.ts'
import { leaves } from '../../tree/index.ts'

/** What a loop gives back in the form in which it was given: a list of arrays. */
export function arraysOf(values: unknown): readonly JaxArray[] {
  return leaves(values).filter((leaf) => leaf instanceof JaxArray)
}
