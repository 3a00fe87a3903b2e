import type { ShapedArray } from '../ir/aval.ts'
import type { EquationCost } from '../ir/cost.ts'
import type { HostArray } from '../ir/host-array.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import type { Mesh } from '../sharding/mesh.ts'
import type { NamedSharding } from '../sharding/named-sharding.ts'
import type { PartitionSpec } from '../sharding/partition-spec.ts'
import type { Spread } from '../sharding/spread.ts'
import type { JaxArray } from './array.ts'

/** A function of flat arrays that may be traced. */
export type FlatFunction = (...args: JaxArray[]) => JaxArray[]

/** A call of a function that brings its own forward derivative. */
export interface CustomJvpCall {
  readonly name: string
  readonly fun: FlatFunction
  /** Primals followed by tangents in; primals followed by tangents out. */
  readonly jvp: FlatFunction
  readonly ruleNames?: RuleNames
  /** The rule is somebody's own, and not the library's. */
  readonly given?: true
}

/** What the user called the rules: a printed equation shows it. */
export type RuleNames = { readonly [rule in 'jvp' | 'fwd' | 'bwd']?: string }

/** A call of a function that brings its own reverse derivative. */
export interface CustomVjpCall {
  readonly name: string
  readonly fun: FlatFunction
  readonly fwd: (...args: JaxArray[]) => { outputs: JaxArray[]; residuals: JaxArray[] }
  /** Residuals followed by output cotangents in; one cotangent an argument out. */
  readonly bwd: FlatFunction
  readonly ruleNames?: RuleNames
}

/** What a primitive may be told besides its operands. Plain data, jaxprs, and functions for the custom rules. */
export type ParamValue =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | ClosedJaxpr
  | ShapedArray
  | ((...args: never[]) => unknown)
  | CustomJvpCall
  | CustomVjpCall
  | Mesh
  | NamedSharding
  | PartitionSpec
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
  /** The kernel may write its result into an operand of the same dtype and size that nobody reads afterwards. */
  readonly inPlace?: boolean
  /** What it takes to run once. Nothing that is left out, but bytes: those of operands and results. */
  cost(avals: readonly ShapedArray[], params: P, outAvals: readonly ShapedArray[]): EquationCost
  /** Forward derivative. Absent: the primitive has no derivative and says so. Sees at least one non-Zero tangent. */
  jvp?(
    primals: readonly JaxArray[],
    tangents: readonly Tangent[],
    params: P,
  ): { primals: JaxArray[]; tangents: Tangent[] }
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
  /**
   * Splits an equation whose operands are partly known into a known part, bound at once, and an unknown
   * part, staged by `stage`. Absent: known when all operands are known, otherwise staged whole.
   */
  partialEval?(args: readonly JaxArray[], unknown: readonly boolean[], params: P, stage: Stage): JaxArray[]
  /** Under which of the axis names in scope the primitive must be seen even when no operand is mapped. */
  axisNames?(params: P): readonly string[]
  /** Replaces the plain bind when a jaxpr that holds the equation is interpreted (custom derivatives). */
  rebind?(args: readonly JaxArray[], params: P): JaxArray[]
  /**
   * The equation without outputs that nothing reads: which inputs and outputs stay, and the params for
   * them. Absent: the equation stays or goes as a whole.
   */
  prune?(used: readonly boolean[], params: P): { inputs: readonly number[]; outputs: readonly number[]; params: P }
  /**
   * How results lie over a mesh, from how operands do. Absent: every device has them whole.
   * JAX: `infer_sharding_from_operands`.
   */
  inferSharding?(
    operands: readonly Spread[],
    params: P,
    outAvals: readonly ShapedArray[],
    mesh: Mesh,
  ): readonly PartitionSpec[]
  /** The mesh whose devices the equation is for, or an equation of a program in it; null for any device. */
  meshOf?(params: P): Mesh | null
  /** Runs for its effect: never removed as dead code. */
  readonly effectful?: boolean
}

/** Records an equation in the unknown half of a partial evaluation. Known operands become residuals. */
export type Stage = (primitive: Primitive, args: readonly JaxArray[], params: Params) => JaxArray[]

/** Keeps the parameter type of a record while checking it against the interface. */
export function definePrimitive<P extends Params>(record: Primitive<P>): Primitive<P> {
  return record
}
