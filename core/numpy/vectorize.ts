import { ValueError } from '../errors.ts'
import { formatShape } from '../ir/aval.ts'
import { batchFlat } from '../interpreters/batching.ts'
import { batchAtFront } from '../primitives/batch-axis.ts'
import { upTo } from '../primitives/axes.ts'
import { squeeze } from '../primitives/movement.ts'
import { type ArrayLike, JaxArray } from '../tracing/array.ts'
import { asArray, checkBroadcast } from './promotion.ts'
import { userCode } from '../tracing/source.ts'

/** What `vectorize` may be told. */
export interface VectorizeOptions {
  /** Shapes that one call takes and gives, such as `'(n,m),(m)->(n)'`; scalars unless given. */
  readonly signature?: string | null
  /** Positions of arguments that are passed on as they are. */
  readonly excluded?: readonly number[]
}

type Vectorizable = (...args: never[]) => unknown

/**
 * A function of small arrays made to work on arrays of them: leading axes beyond what the signature
 * names broadcast against each other and are mapped.
 *
 * @example
 * const matvec = jnp.vectorize((a, x) => jnp.dot(a, x), { signature: '(n,m),(m)->(n)' })
 * matvec(jnp.ones([5, 2, 3]), jnp.ones(3)).shape // [5, 2]
 */
export function vectorize(
  f: (...args: never[]) => JaxArray,
  options?: VectorizeOptions,
): (...args: ArrayLike[]) => JaxArray
export function vectorize(f: Vectorizable, options?: VectorizeOptions): (...args: ArrayLike[]) => JaxArray | JaxArray[]
export function vectorize(f: Vectorizable, options: VectorizeOptions = {}): (...args: ArrayLike[]) => unknown {
  const { signature = null, excluded = [] } = options
  const call: (...args: unknown[]) => unknown = userCode(Function.prototype.call.bind(f, null))
  return (...args) => {
    const positions = upTo(args.length).filter((i) => !excluded.includes(i))
    const arrays = positions.map((i) => asArray('vectorize', args[i]))
    const ranks = signature === null ? arrays.map(() => 0) : coreRanks(signature, arrays)
    let several = false
    const flat = (...values: JaxArray[]): JaxArray[] => {
      const all: unknown[] = [...args]
      for (const [k, position] of positions.entries()) all[position] = values[k]
      const result = call(...all)
      several = Array.isArray(result)
      return outputsOf(result)
    }
    const outputs = mapOver(flat, arrays, ranks)
    return several ? outputs : outputs[0]
  }
}

function outputsOf(result: unknown): JaxArray[] {
  const outputs: unknown[] = Array.isArray(result) ? result : [result]
  return outputs.map((output) => {
    if (output instanceof JaxArray || typeof output === 'number') return asArray('vectorize', output)
    throw new ValueError(`jnp.vectorize: the function must return arrays, got ${typeof output}.`)
  })
}

/** How many axes of each argument belong to one call; equal names must stand for equal lengths. */
function coreRanks(signature: string, arrays: readonly JaxArray[]): number[] {
  const inputs = signature.replaceAll(' ', '').split('->')[0]
  const specs = [...inputs.matchAll(/\(([^()]*)\)/g)].map(([, names]) => (names === '' ? [] : names.split(',')))
  if (specs.length !== arrays.length) {
    throw new ValueError(
      `jnp.vectorize: the signature '${signature}' is for ${specs.length} arguments, got ${arrays.length}.`,
    )
  }
  const lengths = new Map<string, number>()
  return specs.map((names, i) => {
    const { shape } = arrays[i]
    const core = shape.slice(shape.length - names.length)
    const fits =
      shape.length >= names.length && names.every((name, axis) => (lengths.get(name) ?? core[axis]) === core[axis])
    if (!fits) {
      throw new ValueError(`jnp.vectorize: shape ${formatShape(shape)} of argument ${i} does not fit '${signature}'.`)
    }
    for (const [axis, name] of names.entries()) lengths.set(name, core[axis])
    return names.length
  })
}

/** Maps the leading axes of all arrays, lined up from the right, one batch at a time. */
function mapOver(
  f: (...values: JaxArray[]) => JaxArray[],
  arrays: readonly JaxArray[],
  ranks: readonly number[],
): JaxArray[] {
  const loops = arrays.map((array, i) => array.shape.slice(0, array.ndim - ranks[i]))
  const shape = checkBroadcast('vectorize', loops)
  const offsets = loops.map((loop) => shape.length - loop.length)
  // Axes of length 1 that broadcast against longer ones are the same for every lane.
  const idle = loops.map((loop, i) =>
    upTo(loop.length).filter((axis) => loop[axis] === 1 && shape[axis + offsets[i]] !== 1),
  )
  const axes = loops.map((loop, i) =>
    upTo(loop.length).flatMap((axis) => (idle[i].includes(axis) ? [] : [axis + offsets[i]])),
  )
  const values = arrays.map((array, i) => (idle[i].length === 0 ? array : squeeze(array, { dimensions: idle[i] })))
  const level = (depth: number, inner: readonly JaxArray[]): JaxArray[] => {
    if (depth === shape.length) return f(...inner)
    const size = shape[depth]
    const dims = axes.map((own) => (own.includes(depth) ? 0 : null))
    const batched = batchFlat((...lanes) => level(depth + 1, lanes), inner, dims, { size, name: null })
    return batched.outputs.map((output, i) => batchAtFront(output, batched.dims[i], size))
  }
  return level(0, values)
}
