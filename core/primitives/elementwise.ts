import { type Shape, ShapedArray, formatShape } from '../ir/aval.ts'
import { type DType, kindOf } from '../ir/dtype.ts'
import type { HostArray } from '../ir/host-array.ts'
import { worksInPlace } from '../compiler/reference/elementwise.ts'
import { type Params, type Primitive, definePrimitive } from '../tracing/primitive.ts'
import { type TangentRule, broadcastingBatch, elementwiseBatch, jvpOf, linearJvp, zeroJvp } from './rules.ts'
import { JaxTypeError } from '../errors.ts'
import { oneEach } from './costs.ts'
import { spreadPointwise } from './sharding-rules.ts'

/** The dtypes that an operand may have. */
export type Accepted =
  | 'float'
  | 'complex'
  | 'inexact'
  | 'integer'
  | 'real'
  | 'number'
  | 'signed'
  | 'bool or integer'
  | 'bool or number'
  | 'ordered'
  | 'any'

/** A primitive that works element by element: what differs from one to the next. */
export interface ElementwiseSpec<P extends Params> {
  readonly name: string
  /** What each operand may be; its length is the number of operands. */
  readonly accepts: readonly Accepted[]
  kernel(args: readonly HostArray[], shape: Shape, dtype: DType, params: P): HostArray
  /** The result's dtype: the operands' own unless given. */
  readonly result?: DType | ((dtype: DType) => DType)
  /** One rule per operand, or 'zero' (flat or discrete), or 'linear' (one operand). Absent: no derivative. */
  readonly jvp?: readonly (TangentRule<P> | null)[] | 'zero' | 'linear' | NonNullable<Primitive<P>['jvp']>
  readonly transpose?: Primitive<P>['transpose']
  /** One operation a result unless given. */
  readonly cost?: Primitive<P>['cost']
  /** Checks beyond dtypes and shapes. */
  check?(avals: readonly ShapedArray[], params: P): void
}

export function elementwisePrimitive<P extends Params>(spec: ElementwiseSpec<P>): Primitive<P> {
  const self = () => primitive
  const { name, accepts } = spec
  const primitive: Primitive<P> = definePrimitive<P>({
    name,
    cost: spec.cost ?? oneEach,
    inferSharding: spreadPointwise(),
    abstractEval(avals, params) {
      checkDTypes(name, avals, accepts)
      checkSameDTypes(name, avals)
      spec.check?.(avals, params)
      const weak = avals.every((aval) => aval.weakType)
      const [{ dtype }] = avals
      const result = typeof spec.result === 'function' ? spec.result(dtype) : (spec.result ?? dtype)
      return [new ShapedArray(broadcastShapes(name, avals), result, weak)]
    },
    impl: (args, params, [out]) => [spec.kernel(args, out.shape, out.dtype, params)],
    inPlace: worksInPlace(spec),
    ...jvpRule(self, spec.jvp),
    ...(spec.transpose === undefined ? {} : { transpose: spec.transpose }),
    batch: accepts.length === 1 ? elementwiseBatch(self) : broadcastingBatch(self),
  })
  return primitive
}

function jvpRule<P extends Params>(
  self: () => Primitive<P>,
  rules: ElementwiseSpec<P>['jvp'],
): Pick<Primitive<P>, 'jvp'> {
  if (rules === undefined) return {}
  if (typeof rules === 'function') return { jvp: rules }
  if (rules === 'zero') return { jvp: zeroJvp(self) }
  if (rules === 'linear') return { jvp: linearJvp(self) }
  return { jvp: jvpOf(self, rules) }
}

function accepted(dtype: DType, accepts: Accepted): boolean {
  const kind = kindOf(dtype)
  switch (accepts) {
    case 'any':
      return true
    case 'ordered':
      return kind !== 'key' && kind !== 'complex'
    case 'bool or number':
      return kind !== 'key'
    case 'real':
      return kind === 'float' || kind === 'int' || kind === 'uint'
    case 'number':
      return kind === 'float' || kind === 'int' || kind === 'uint' || kind === 'complex'
    case 'signed':
      return kind === 'float' || kind === 'int' || kind === 'complex'
    case 'complex':
      return kind === 'complex'
    case 'inexact':
      return kind === 'float' || kind === 'complex'
    case 'float':
      return kind === 'float'
    case 'integer':
      return kind === 'int' || kind === 'uint'
    case 'bool or integer':
      return kind === 'bool' || kind === 'int' || kind === 'uint'
  }
}

const plural: Readonly<Record<Accepted, string>> = {
  any: 'any dtype',
  ordered: 'real numbers and booleans',
  'bool or number': 'numbers and booleans',
  real: 'real numbers',
  number: 'numbers',
  signed: 'signed integers, floats and complex numbers',
  complex: 'complex numbers',
  inexact: 'floats and complex numbers',
  float: 'floats',
  integer: 'integers',
  'bool or integer': 'booleans and integers',
}

/** Refuses operands of a dtype that the operation is not defined on. */
export function checkDTypes(name: string, avals: readonly ShapedArray[], accepts: readonly Accepted[]): void {
  if (avals.length !== accepts.length) {
    throw new JaxTypeError(`${name} takes ${accepts.length} operands, got ${avals.length}`)
  }
  for (const [i, aval] of avals.entries()) {
    if (accepted(aval.dtype, accepts[i])) continue
    throw new JaxTypeError(
      `${name} does not accept dtype ${aval.dtype} at position ${i}; it is defined on ${plural[accepts[i]]}.`,
      kindOf(aval.dtype) === 'key'
        ? { hint: 'A PRNG key is not a number: draw from it with random.uniform, random.normal, …' }
        : { hint: `Convert the operand first, for instance with x.astype('float32').` },
    )
  }
}

/** Refuses operands of different dtypes: `lax` operations do not promote, `jnp` functions do. */
export function checkSameDTypes(name: string, avals: readonly ShapedArray[]): void {
  if (avals.every((aval) => aval.dtype === avals[0].dtype)) return
  throw new JaxTypeError(
    `lax.${name} requires operands of one dtype, got ${avals.map((aval) => aval.dtype).join(', ')}.`,
    { hint: 'lax operations do not promote dtypes; the jnp function of the same name does.' },
  )
}

/** The common shape of operands of equal shape; scalars and axes of length 1 are repeated. */
export function broadcastShapes(name: string, avals: readonly ShapedArray[]): Shape {
  const shapes = avals.map((aval) => aval.shape).filter((shape) => shape.length > 0)
  if (shapes.length === 0) return []
  const rank = shapes[0].length
  if (shapes.some((shape) => shape.length !== rank)) {
    throw new JaxTypeError(`${name}: arrays must have the same number of dimensions, got ${listShapes(avals)}.`, {
      hint: 'jnp functions line up shapes of different rank; lax operations do not.',
    })
  }
  return shapes[0].map((_, axis) => {
    const lengths = shapes.map((shape) => shape[axis])
    const length = lengths.find((candidate) => candidate !== 1) ?? 1
    if (lengths.some((candidate) => candidate !== length && candidate !== 1)) {
      throw new JaxTypeError(`${name} got incompatible shapes for broadcasting: ${listShapes(avals)}.`, {
        hint: 'Two axes broadcast when they have the same length or one of them has length 1.',
      })
    }
    return length
  })
}

export function listShapes(avals: readonly ShapedArray[]): string {
  return avals.map((aval) => formatShape(aval.shape)).join(', ')
}
