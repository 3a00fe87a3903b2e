/**
 * Inspection documents: what a program is and what a run of it did, as plain JSON.
 *
 * They are recorded by running the user's own function through the real interpreters. The
 * visualisations, the exports and the tests consume nothing else.
 */

export interface SourceSpan {
  /** `cell:<id>` for a notebook cell. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

/** A value as a figure shows it: exact when scalar or short, otherwise a summary. */
export interface ValueSummary {
  /** `f32[8,128]` */
  readonly aval: string
  /** `0.6816`, or `[1 2 3]`, or `mean 0.50, 0.01 … 0.99`. */
  readonly text: string
  /** The first values in row-major order, at most 64; NaN and infinities are the strings "NaN", "Infinity", "-Infinity". */
  readonly values: readonly (number | string | boolean)[]
  readonly shape: readonly number[]
  readonly dtype: string
}

/** What an equation reads: a value of the same block by id, or a literal. */
export type Operand =
  | { readonly kind: 'value'; readonly id: string }
  | { readonly kind: 'literal'; readonly text: string; readonly aval: string }

/** A variable of a jaxpr. */
export interface GraphValue {
  /** Unique in the document. */
  readonly id: string
  /** The name the printed jaxpr gives it: `a`, `b`, … */
  readonly name: string
  readonly aval: string
  readonly shape: readonly number[]
  readonly dtype: string
  /** What the user called it, for an argument of the function: `x`, `params.w`. */
  readonly label?: string
  /** Present when the function was run on concrete arguments. */
  readonly value?: ValueSummary
}

/** One equation. */
export interface GraphNode {
  readonly id: string
  readonly primitive: string
  /** `name=_where`, `axes=(0,)`: parameters without the jaxprs, in printing order. */
  readonly params: readonly { readonly name: string; readonly text: string }[]
  readonly inputs: readonly Operand[]
  readonly outputs: readonly GraphValue[]
  /** `c:f32[] = mul a b` */
  readonly text: string
  readonly source?: SourceSpan
  /** Sub-jaxprs: one for jit and scan, one a branch for cond, two for while. */
  readonly blocks: readonly GraphBlock[]
}

/** A jaxpr: the whole function, or one that an equation carries. */
export interface GraphBlock {
  readonly id: string
  /** `f`, `body`, `branch 0`, `cond` */
  readonly label: string
  readonly inputs: readonly GraphValue[]
  readonly consts: readonly GraphValue[]
  readonly nodes: readonly GraphNode[]
  readonly outputs: readonly Operand[]
}

/** A program as a graph: equations as nodes, values as edges. */
export interface GraphDocument {
  readonly kind: 'graph'
  readonly version: 1
  readonly title: string
  /** The jaxpr as JAX prints it. */
  readonly jaxpr: string
  readonly root: GraphBlock
  /** What the picture does not show, and why. */
  readonly notes?: readonly string[]
}

/** An operation on the tape: an input of the function or an evaluated equation, in execution order. */
export interface TapeNode {
  readonly id: string
  /** `input` for an argument, otherwise the primitive. */
  readonly primitive: string
  /** `x`, `sin`, … what the box is headed with. */
  readonly label: string
  /** Variable name in the printed jaxpr. */
  readonly name: string
  /** Ids of the nodes it reads, in operand order; null for a literal or a constant. */
  readonly operands: readonly (string | null)[]
  /** Operand texts for the inspector: variable names or literals. */
  readonly operandTexts: readonly string[]
  readonly text: string
  readonly source?: SourceSpan
  readonly primal: ValueSummary
  /** An equation that no derivative passes through (integer, stopped). */
  readonly inactive: boolean
}

/** One thing that the linear program of an equation keeps for the way back. */
export interface Residual {
  readonly id: string
  /** The node whose value (or partial derivative) it is. */
  readonly node: string
  /** `cos y`, `b`: what is kept. */
  readonly label: string
  readonly value: ValueSummary
  readonly bytes: number
}

/** A step of the forward tape: one node receives its primal and its tangent. */
export interface ForwardStep {
  readonly node: string
  readonly tangent: ValueSummary | null
  /** Contributions by operand: which tangent came through which operand. */
  readonly text: string
}

/**
 * A step of the reverse tape. `primal` steps are the way out (values computed, residuals kept);
 * `cotangent` steps are the way back (a cotangent leaves a node for its operands, residuals are freed).
 */
export type ReverseStep =
  | { readonly phase: 'primal'; readonly node: string; readonly kept: readonly string[]; readonly text: string }
  | {
      readonly phase: 'cotangent'
      readonly node: string
      /** The whole cotangent of the node at this step. */
      readonly cotangent: ValueSummary | null
      /** What it hands to each operand that is differentiated. */
      readonly contributions: readonly {
        readonly to: string
        readonly value: ValueSummary
        readonly sum: ValueSummary
      }[]
      /** Residual ids used up. */
      readonly freed: readonly string[]
      readonly text: string
    }

/** Forward and reverse mode of one function at one point. */
export interface TapeDocument {
  readonly kind: 'tape'
  readonly version: 1
  readonly title: string
  readonly nodes: readonly TapeNode[]
  /** Node ids of the differentiated arguments and of the outputs. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** The tangents pushed and the cotangents pulled, in words: `tangent 1, 1 rides along`. */
  readonly forwardCaption: string
  readonly reverseCaption: string
  readonly forward: readonly ForwardStep[]
  readonly reverse: readonly ReverseStep[]
  readonly residuals: readonly Residual[]
  /** What the picture does not show, and why. */
  readonly notes?: readonly string[]
  /** Passes that a full Jacobian takes in each mode: number of input and of output elements. */
  readonly passes: { readonly forward: number; readonly reverse: number }
}

/** A PRNG key, where it came from and what it was spent on. */
export interface KeyNode {
  readonly id: string
  /** Parent key, null for a root made by `key(seed)`. */
  readonly parent: string | null
  /** How it was derived: `key(42)`, `split 0 of 3`, `foldIn 7`, `wrapKeyData`. */
  readonly edge: string
  /** Path from the root: `key(42)/0/1`. */
  readonly path: string
  /** Eight hexadecimal digits for each of the two words. */
  readonly words: readonly [string, string]
  readonly source?: SourceSpan
  /** What the key was spent on, in order. More than one, or spent and split, is a reuse. */
  readonly uses: readonly { readonly operation: string; readonly source?: SourceSpan }[]
  readonly reused: boolean
  /** Why, in one sentence, when reused. */
  readonly reason?: string
}

/** The PRNG keys of a run, and what became of each. */
export interface KeysDocument {
  readonly kind: 'keys'
  readonly version: 1
  readonly title: string
  readonly nodes: readonly KeyNode[]
  readonly reuses: number
}

/** Devices as lanes; times in microseconds from the start of the run, as measured. */
export interface TimelineDocument {
  readonly kind: 'timeline'
  readonly version: 1
  readonly title: string
  readonly lanes: readonly { readonly id: string; readonly label: string }[]
  readonly bars: readonly {
    readonly id: string
    readonly lane: string
    readonly kind: 'compute' | 'collective' | 'wait' | 'copy'
    readonly label: string
    readonly start: number
    readonly end: number
    readonly bytes?: number
    /** Bars of one collective share it. */
    readonly group?: string
  }[]
}

/** Whatever a figure can show of a program. */
export type InspectionDocument = GraphDocument | TapeDocument | KeysDocument | TimelineDocument
