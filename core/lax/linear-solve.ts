import { JaxTypeError, ValueError } from '../errors.ts'
import { formatShape, sameShape } from '../ir/aval.ts'
import type { ClosedJaxpr } from '../ir/jaxpr.ts'
import { linearSolvePrimitive, linearSolveTuple } from '../control/linear-solve.ts'
import { hoistConstants, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { transposeLinear } from '../interpreters/transpose.ts'
import { instantiate } from '../primitives/zeros.ts'
import type { JaxArray } from '../tracing/array.ts'
import type { FlatFunction } from '../tracing/primitive.ts'
import { bind } from '../tracing/trace.ts'
import { FlatCall, callable, flattenArgs } from '../tree/leaves.ts'
import { type TreeDef, formatTree, sameTree, unflatten } from '../tree/pytree.ts'

/** A linear map between containers of arrays. */
export type LinearMap = (x: never) => unknown

/** Finds the `x` for which `linear(x)` is `b`. */
export type LinearSolver = (linear: (x: unknown) => unknown, b: never) => unknown

/** How `customLinearSolve` solves the transposed system, and whether there is one. */
export interface LinearSolveOptions {
  /** Solves with the transposed map: what reverse mode needs. */
  readonly transposeSolve?: LinearSolver | null
  /** The map is its own transpose, so that `solve` serves for both. */
  readonly symmetric?: boolean
  /** The solvers return `[x, aux]`; aux has no derivative. */
  readonly hasAux?: boolean
}

/**
 * Solves `matvec(x) = b` by `solve(matvec, b)`, and differentiates the solution rather than the steps that
 * led to it. `x` and `b` are containers of one structure and of equal shapes. JAX: `jax.lax.custom_linear_solve`.
 *
 * @example
 * const halve = (_, b) => b.div(2)
 * lax.customLinearSolve((x) => x.mul(2), jnp.array([2, 4]), halve, { transposeSolve: halve }).tolist() // [1, 2]
 */
export function customLinearSolve(
  matvec: LinearMap,
  b: unknown,
  solve: LinearSolver,
  options: LinearSolveOptions = {},
): unknown {
  const { symmetric = false, hasAux = false } = options
  const transposeSolve = options.transposeSolve ?? (symmetric ? solve : null)
  const { arrays, tree } = flattenArgs([b], 'lax.customLinearSolve')
  const right = tree.children[0]
  const product = callable(matvec)
  const matvecCall = new FlatCall(product, tree, 'lax.customLinearSolve, matvec')
  const matvecJaxpr = traceLike('matvec', matvecCall.fun, arrays)
  assertTree('matvec', 'b', matvecCall.outTree, right)
  const solveCall = new FlatCall<unknown[], unknown>(
    (x) => callable(solve)(product, x),
    tree,
    'lax.customLinearSolve, solve',
  )
  const solveJaxpr = traceLike('solve', solveCall.fun, arrays)
  assertTree('solve', 'b', withoutAux('solve', solveCall.outTree, hasAux), right)
  if (transposeSolve === null) {
    return unflatten(solveCall.outTree, bindLinearSolve([matvecJaxpr, null, solveJaxpr, null], arrays))
  }
  const vecmatFlat = symmetric ? matvecCall.fun : transposeOf(matvecCall.fun, arrays)
  const vecmat = symmetric ? product : treeFunction(vecmatFlat, right)
  const vecmatJaxpr = symmetric ? matvecJaxpr : traceLike('vecmat', vecmatFlat, arrays)
  const backCall = new FlatCall<unknown[], unknown>(
    (x) => callable(transposeSolve)(vecmat, x),
    tree,
    'lax.customLinearSolve, transposeSolve',
  )
  const backJaxpr = traceLike('transposeSolve', backCall.fun, arrays)
  assertTree('transposeSolve', 'b', withoutAux('transposeSolve', backCall.outTree, hasAux), right)
  const outs = bindLinearSolve([matvecJaxpr, vecmatJaxpr, solveJaxpr, backJaxpr], arrays)
  return unflatten(solveCall.outTree, outs)
}

/** The four programs of a solve by flat functions. */
export interface FlatLinearSolve {
  readonly matvec: FlatFunction
  /** `matvec` as it is transposed, where that is to be written differently. */
  readonly transposable?: FlatFunction
  readonly solve: FlatFunction
  readonly transposeSolve: FlatFunction
}

/** `customLinearSolve` for the library's own solvers. */
export function linearSolve(b: JaxArray, programs: FlatLinearSolve): JaxArray {
  const arrays = [b]
  const matvec = traceLike('matvec', programs.matvec, arrays)
  const solve = traceLike('solve', programs.solve, arrays)
  const vecmat = traceLike('vecmat', transposeOf(programs.transposable ?? programs.matvec, arrays), arrays)
  const transposeSolve = traceLike('transposeSolve', programs.transposeSolve, arrays)
  return bindLinearSolve([matvec, vecmat, solve, transposeSolve], arrays)[0]
}

type FourJaxprs = readonly [
  matvec: ClosedJaxpr,
  vecmat: ClosedJaxpr | null,
  solve: ClosedJaxpr,
  back: ClosedJaxpr | null,
]

/** Binds the equation, with the constants that the programs captured as leading operands. */
function bindLinearSolve([matvec, vecmat, solve, back]: FourJaxprs, b: readonly JaxArray[]): JaxArray[] {
  const [m, s] = [hoistConstants(matvec), hoistConstants(solve)]
  const v = vecmat === matvec ? m : vecmat === null ? null : hoistConstants(vecmat)
  const t = back === null ? null : hoistConstants(back)
  const lengths = [m, v, s, t].map((part) => part?.consts.length ?? 0)
  return bind(linearSolvePrimitive, [m, v, s, t].flatMap((part) => part?.consts ?? []).concat(b), {
    const_lengths: linearSolveTuple(lengths[0], lengths[1], lengths[2], lengths[3]),
    jaxprs: linearSolveTuple<ClosedJaxpr, ClosedJaxpr | null>(m.jaxpr, v?.jaxpr ?? null, s.jaxpr, t?.jaxpr ?? null),
  })
}

/** The program of a function of arrays like `b`, whose first results must be like `b` as well. */
function traceLike(name: string, fun: FlatFunction, b: readonly JaxArray[]): ClosedJaxpr {
  const closed = traceToJaxpr(
    fun,
    b.map((array) => array.aval),
    'customLinearSolve',
  )
  const outs = closed.outAvals.slice(0, b.length)
  if (outs.length === b.length && outs.every((aval, i) => sameShape(aval.shape, b[i].shape))) return closed
  throw new ValueError(
    `lax.customLinearSolve: ${name} must give shapes like those of b, ${b.map((array) => formatShape(array.shape)).join(', ')}, got ${outs.map((aval) => formatShape(aval.shape)).join(', ')}.`,
  )
}

function transposeOf(fun: FlatFunction, b: readonly JaxArray[]): FlatFunction {
  const avals = b.map((array) => array.aval.strengthened())
  return (...cotangents) => transposeLinear(traceToJaxpr(fun, avals, 'linearTranspose'), cotangents).map(instantiate)
}

function treeFunction(fun: FlatFunction, tree: TreeDef): (x: unknown) => unknown {
  return (x) => unflatten(tree, fun(...flattenArgs([x], 'vecmat').arrays))
}

/** The structure of the solution, without what comes beside it. */
export function withoutAux(name: string, tree: TreeDef, hasAux: boolean): TreeDef {
  if (!hasAux) return tree
  if (tree.kind === 'list' && tree.children.length === 2) return tree.children[0]
  throw new JaxTypeError(`${name} must return a pair [x, aux] with hasAux, got ${formatTree(tree)}.`)
}

/** Refuses a result whose structure is not that of an argument. */
export function assertTree(name: string, like: string, actual: TreeDef, expected: TreeDef): void {
  if (sameTree(actual, expected)) return
  throw new JaxTypeError(
    `${name} must return a structure like that of ${like}, ${formatTree(expected)}, got ${formatTree(actual)}.`,
  )
}
