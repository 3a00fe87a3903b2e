import type { HostArray } from '../ir/host-array.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from './array.ts'
import { Tracer } from './trace.ts'

/** The numbers of an array, or of what a tracer carries; null when they do not exist yet. */
export function hostValueOf(value: JaxArray): HostArray | null {
  if (value instanceof ConcreteArray) return value.host
  return value instanceof Tracer ? value.hostValue() : null
}
