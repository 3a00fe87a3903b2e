import type { ShapedArray } from '../ir/aval.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import type { JaxArray } from './array.ts'

/** What a primitive may be told besides its operands. Plain data, jaxprs, and functions for the custom rules. */
export type ParamValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | ClosedJaxpr
  | ShapedArray
  | ((...args: never[]) => unknown)
  | readonly ParamValue[]
  | { readonly [name: string]: ParamValue }

export type Params = { readonly [name: string]: ParamValue }

/** A tangent or cotangent known to be zero without computing it. JAX's `ad.Zero`. */
export class Zero {
  readonly aval: ShapedArray

  constructor(aval: ShapedArray) {
    this.aval = aval
  }
}

export type Tangent = JaxArray | Zero

/** An operand of a linear equation that is transposed: the variable itself, of which only the aval is known. */
export class UndefinedPrimal {
  readonly aval: ShapedArray

  constructor(aval: ShapedArray) {
    this.aval = aval
  }
}

/** The axis a vmap maps: its length, and its name when collectives may refer to it. */
export interface AxisData {
  readonly size: number
  readonly name: string | null
}

/** The axis of an operand that is mapped, or null when the operand is the same for every lane. */
export type BatchDim = number | null

/**
 * One primitive, one record: everything the system knows about an operation.
 *
 * Rules are methods and are written in terms of other primitives (through `lax`), so every
 * transformation of a rule is again a program. `impl` alone touches numbers.
 */
export interface Primitive<P extends Params = Params> {
  readonly name: string
  /** Output avals from input avals. Throws a TypeError that names operation, shapes and dtypes. */
  abstractEval(avals: readonly ShapedArray[], params: P): ShapedArray[]
  /** The reference kernel: plain JS over typed arrays, the oracle for every other target. */
  impl(args: readonly HostArray[], params: P, outAvals: readonly ShapedArray[]): HostArray[]
  /** Forward derivative. Absent: the primitive has no derivative and says so. Sees at least one non-Zero tangent. */
  jvp?(primals: readonly JaxArray[], tangents: readonly Tangent[], params: P): { primals: JaxArray[]; tangents: Tangent[] }
  /** Reverse of a linear use: a cotangent for each UndefinedPrimal operand, null for the others. */
  transpose?(
    cotangents: readonly Tangent[],
    args: readonly (JaxArray | UndefinedPrimal)[],
    params: P,
  ): (Tangent | null)[]
  /** Batched form: at least one dim is not null. */
  batch?(
    args: readonly JaxArray[],
    dims: readonly BatchDim[],
    params: P,
    axis: AxisData,
  ): { outputs: JaxArray[]; dims: BatchDim[] }
}
