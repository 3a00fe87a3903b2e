import { add, mul } from '../../primitives/elementwise-arithmetic.ts'
import type { JaxArray } from '../../tracing/array.ts'
import { currentTrace } from '../../tracing/trace.ts'

/** The derivative of a function with respect to one argument, from the function's value and all arguments. */
export type Slope = (value: JaxArray, ...args: JaxArray[]) => JaxArray

/** Calls an elementwise function that brings its partial derivatives along, one an argument. */
export function withDerivative(
  name: string,
  fun: (...args: JaxArray[]) => JaxArray,
  slopes: readonly Slope[],
  ...args: JaxArray[]
): JaxArray {
  const jvp = (...both: JaxArray[]): JaxArray[] => {
    const primals = both.slice(0, args.length)
    const value = withDerivative(name, fun, slopes, ...primals)
    const terms = slopes.map((slope, i) => mul(slope(value, ...primals), both[args.length + i]))
    return [value, terms.reduce((sum, term) => add(sum, term))]
  }
  const [out] = currentTrace().processCustomJvp({ name, fun: (...values) => [fun(...values)], jvp }, args)
  return out
}

/** The same of a function of one argument with two results, given the derivatives of both. */
export function pairWithDerivative(
  name: string,
  fun: (x: JaxArray) => [JaxArray, JaxArray],
  slopes: (x: JaxArray) => [JaxArray, JaxArray],
  x: JaxArray,
): [JaxArray, JaxArray] {
  const jvp = (primal: JaxArray, tangent: JaxArray): JaxArray[] => {
    const [first, second] = slopes(primal)
    return [...pairWithDerivative(name, fun, slopes, primal), mul(first, tangent), mul(second, tangent)]
  }
  const [first, second] = currentTrace().processCustomJvp({ name, fun, jvp }, [x])
  return [first, second]
}
