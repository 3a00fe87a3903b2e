import { JaxTypeError } from '../errors.ts'
import { formatShape, type Shape, type ShapedArray } from '../ir/aval.ts'
import { hostArray } from '../ir/host-array.ts'
import { ClosedJaxpr } from '../ir/jaxpr.ts'
import { ConcreteArray } from '../runtime/concrete-array.ts'
import type { JaxArray } from './array.ts'
import type { Params, ParamValue, Primitive } from './primitive.ts'

/**
 * Tangents and cotangents of integers, booleans and keys, as a user gets and gives them. Inside of core they are
 * symbolic zeros and never arrays, so that no rule has to know of them: they are made at the edge of a transformation
 * or of a custom rule, and there they are taken back. What is asked of one in between is refused here, or answered
 * with another one, which knows its shape and is a constant under every transformation.
 */
export function float0Of(shape: Shape): JaxArray {
  return new ConcreteArray(hostArray(shape, 'float0'), { literal: shape.length === 0 })
}

/** Primitives that move values and compute none. */
const moving: ReadonlySet<string> = new Set([
  ...['broadcast_in_dim', 'concatenate', 'copy', 'copy_p', 'dynamic_slice', 'expand_dims', 'gather', 'reshape', 'rev'],
  ...['slice', 'split', 'squeeze', 'stack', 'stop_gradient', 'tile', 'transpose', 'unstack'],
])

/** The outputs of a primitive that has a float0 among its operands; null for a call or a tap, which hand it on. */
export function processFloat0(primitive: Primitive, args: readonly JaxArray[], params: Params): JaxArray[] | null {
  if (primitive.name === 'tap' || Object.values(params).some(holdsProgram)) return null
  const avals = args.map((arg): ShapedArray => arg.aval)
  if (moving.has(primitive.name) && avals[0].dtype === 'float0') {
    return primitive.abstractEval(avals, params).map((aval) => float0Of(aval.shape))
  }
  refuseFloat0(primitive.name, avals.find(({ dtype }) => dtype === 'float0')?.shape ?? [])
}

function holdsProgram(value: ParamValue): boolean {
  return value instanceof ClosedJaxpr || (Array.isArray(value) && value.some((entry) => entry instanceof ClosedJaxpr))
}

/** Nothing is computed with a float0: the numbers that it seems to stand for do not exist. */
export function refuseFloat0(operation: string, shape: Shape): never {
  throw new JaxTypeError(`Called ${operation} with a float0 array of shape ${formatShape(shape)}.`, {
    hint: 'A float0 is the derivative by an integer, a boolean or a key, which has no numbers. Where zeros are wanted, write jnp.zeros(x.shape); if you did not expect one, look whether an argument that you differentiate is an integer.',
    lesson: 'D1',
  })
}
