import { type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { bindOne } from '../tracing/trace.ts'
import { elementwiseBatch } from './rules.ts'
import { moves } from './costs.ts'
import { spreadAlike } from './sharding-rules.ts'

type NameParams = { name: string }

/** The same value under a name that a checkpoint policy can ask for. JAX: `name`. */
export const namePrimitive: Primitive<NameParams> = definePrimitive<NameParams>({
  name: 'name',
  inferSharding: spreadAlike(),
  cost: moves,
  abstractEval: (avals) => [...avals],
  impl: (args) => [...args],
  // The tangent goes through without the name, so that a name is met once.
  jvp: ([x], [tangent], params) => ({ primals: [bindOne(namePrimitive, [x], params)], tangents: [tangent] }),
  batch: elementwiseBatch(() => namePrimitive),
})

export const namePrimitives: readonly Primitive[] = [namePrimitive]
