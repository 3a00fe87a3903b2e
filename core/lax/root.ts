import { hoistConstants, traceToJaxpr } from '../interpreters/to-jaxpr.ts'
import { linearizeFlat } from '../interpreters/partial-eval.ts'
import { evalClosed } from '../interpreters/eval-jaxpr.ts'
import { jvpFlat } from '../interpreters/jvp.ts'
import { next, partsOf } from '../ir/sequence.ts'
import { neg } from '../primitives/elementwise-arithmetic.ts'
import { instantiate, zerosOf } from '../primitives/zeros.ts'
import type { JaxArray } from '../tracing/array.ts'
import { type CustomJvpCall, type FlatFunction, Zero } from '../tracing/primitive.ts'
import { currentTrace } from '../tracing/trace.ts'
import { FlatCall, callable, flattenArgs } from '../tree/leaves.ts'
import { unflatten } from '../tree/pytree.ts'
import { assertTree, withoutAux } from './linear-solve.ts'

/**
 * Finds the `x` for which `f(x)` is zero by `solve(f, initialGuess)`, and differentiates it by the implicit
 * function theorem: with respect to what `f` closes over, not to the guess. `tangentSolve(g, y)` solves
 * `g(x) = y`, where `g` is `f` made linear at the root. With `hasAux`, `solve` returns `[x, aux]`.
 * JAX: `jax.lax.custom_root`.
 *
 * @example
 * const root = (c) => lax.customRoot((x) => x.mul(x).sub(c), 1, () => jnp.sqrt(c), (g, y) => y.div(g(1)))
 * grad(root)(4) // 0.25
 */
export function customRoot(
  f: (x: never) => unknown,
  initialGuess: unknown,
  solve: (f: (x: unknown) => unknown, initialGuess: never) => unknown,
  tangentSolve: (g: (x: unknown) => unknown, y: never) => unknown,
  options: { readonly hasAux?: boolean } = {},
): unknown {
  const { hasAux = false } = options
  const { arrays: guess, tree } = flattenArgs([initialGuess], 'lax.customRoot')
  const avals = guess.map((array) => array.aval)
  const fun = callable(f)
  const call = new FlatCall(fun, tree, 'lax.customRoot')
  const equation = hoistConstants(traceToJaxpr(call.fun, avals, 'customRoot'))
  assertTree('lax.customRoot: f', 'initialGuess', call.outTree, tree.children[0])
  const solveCall = new FlatCall<unknown[], unknown>((x) => callable(solve)(fun, x), tree, 'lax.customRoot, solve')
  const solution = hoistConstants(traceToJaxpr(solveCall.fun, avals, 'customRoot'))
  assertTree(
    'lax.customRoot: solve',
    'initialGuess',
    withoutAux('lax.customRoot: solve', solveCall.outTree, hasAux),
    tree.children[0],
  )
  const tangentCall = new FlatCall<unknown[][], unknown>(
    ([x, y]) => callable(tangentSolve)(linearAt(call, x), y),
    flattenArgs([[initialGuess, initialGuess]], 'lax.customRoot').tree,
    'lax.customRoot, tangentSolve',
  )
  const linear = hoistConstants(traceToJaxpr(tangentCall.fun, [...avals, ...avals], 'customRoot'))
  assertTree('lax.customRoot: tangentSolve', 'x', tangentCall.outTree, tree.children[0])

  const lengths = [equation.consts.length, solution.consts.length, linear.consts.length]
  const root: CustomJvpCall = {
    name: '_custom_root',
    ruleNames: { jvp: '_root_jvp' },
    fun: (...args) => evalClosed(solution.jaxpr, args.slice(lengths[0]).toSpliced(lengths[1], lengths[2])),
    jvp: (...both) => {
      const primals = both.slice(0, both.length / 2)
      const outs = currentTrace().processCustomJvp(root, primals)
      const x = outs.slice(0, guess.length)
      const [consts, , linearConsts] = partsOf(primals, ...lengths)
      const moved = both.slice(primals.length, primals.length + lengths[0])
      const right = jvpFlat((...params) => evalClosed(equation.jaxpr, [...params, ...x]), consts, moved).tangents.map(
        instantiate,
      )
      const change = evalClosed(linear.jaxpr, [...linearConsts, ...x, ...right]).map((value) => neg(value))
      return [...outs, ...change, ...outs.slice(guess.length).map((value) => zerosOf(value.aval))]
    },
  }
  const args = [...equation.consts, ...solution.consts, ...linear.consts, ...guess]
  return unflatten(solveCall.outTree, currentTrace().processCustomJvp(root, args))
}

/** The derivative of `f` at a point, as a function of containers like its argument. */
function linearAt(call: FlatCall<readonly unknown[], unknown>, x: unknown): (dx: unknown) => unknown {
  const fun: FlatFunction = call.fun
  const { outputs, linear, inputHasTangent, outputHasTangent } = linearizeFlat(
    fun,
    flattenArgs([x], 'lax.customRoot').arrays,
    'linearize',
  )
  return (dx) => {
    const given: JaxArray[] = flattenArgs([dx], 'lax.customRoot').arrays.filter((_, i) => inputHasTangent[i])
    const live = evalClosed(linear, given).values()
    const outs = outputs.map((out, i) => (outputHasTangent[i] ? next(live) : instantiate(new Zero(out.aval))))
    return unflatten(call.outTree, outs)
  }
}
