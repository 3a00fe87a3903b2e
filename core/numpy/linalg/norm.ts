import { checkOptions } from '../../tree/options.ts'
import { ValueError } from '../../errors.ts'
import { canonicalAxes } from '../../lax/arguments.ts'
import { isComplex, realPartOf } from '../../ir/dtype.ts'
import { conj, real } from '../../primitives/complex.ts'
import { convertElementType } from '../../primitives/conversion.ts'
import { abs, mul } from '../../primitives/elementwise-arithmetic.ts'
import { ne } from '../../primitives/elementwise-comparison.ts'
import { pow, sqrt } from '../../primitives/elementwise-power.ts'
import { expandDims } from '../../primitives/movement.ts'
import { constant } from '../../primitives/operand.ts'
import type { ArrayLike, JaxArray } from '../../tracing/array.ts'
import { calledAs } from '../called-as.ts'
import { promoteToFloat } from '../promotion.ts'
import { max, min, sum } from '../reductions.ts'
import { moveaxis, ravel } from '../shape.ts'
import { svd } from './singular-values.ts'

/** A number, or the name of a norm of matrices: the root of the sum of squares, or the sum of singular values. */
export type MatrixOrder = number | 'fro' | 'f' | 'nuc'

/** Which norm, over which axes. */
export interface NormOptions {
  /** Of vectors: a number, 0 for counting; of matrices: 1, -1, 2, -2, ±Infinity, 'fro' or 'nuc'. */
  readonly ord?: MatrixOrder | null
  readonly axis?: number | readonly [number, number] | null
  readonly keepdims?: boolean
}

/**
 * Length of a vector or size of a matrix. Without options, the root of the sum of all squares.
 *
 * @example
 * jnp.linalg.norm(jnp.array([3, 4])).item() // 5
 */
export function norm(x: ArrayLike, ord: MatrixOrder | null | NormOptions = null, options: NormOptions = {}): JaxArray {
  const given: NormOptions = typeof ord === 'object' && ord !== null ? ord : { ...options, ord }
  checkOptions('jnp.linalg.norm', given, ['ord', 'axis', 'keepdims'])
  return calledAs('norm', (value) => normOf(value, given), ...promoteToFloat('linalg.norm', x))
}

function normOf(value: JaxArray, given: NormOptions): JaxArray {
  const kind = given.ord ?? null
  const axis = given.axis ?? null
  if (axis === null && kind === null) {
    const flat = ravel(value)
    const length = sqrt(sum(squares(flat)))
    return given.keepdims
      ? expandDims(
          length,
          value.shape.map((_, i) => i),
        )
      : length
  }
  const axes = canonicalAxes('linalg.norm', axis ?? value.shape.map((_, i) => i), value.ndim)
  const keepdims = given.keepdims ?? false
  if (axes.length === 1) return vectorNorm(value, kind ?? 2, axes[0], keepdims)
  if (axes.length === 2) return matrixNorm(value, kind ?? 'fro', axes[0], axes[1], keepdims)
  throw new ValueError(`jnp.linalg.norm: ord=${kind} is defined over one or two axes, got ${axes.length}.`)
}

/** The squares of the magnitudes. */
function squares(x: JaxArray): JaxArray {
  return isComplex(x.dtype) ? real(mul(x, conj(x))) : mul(x, x)
}

function vectorNorm(x: JaxArray, ord: MatrixOrder, axis: number, keepdims: boolean): JaxArray {
  switch (ord) {
    case 'f':
    case 'fro':
    case 'nuc':
      throw new ValueError(`jnp.linalg.norm: ord='${ord}' is for matrices.`)
    case Infinity:
      return largest(abs(x), { axis, keepdims })
    case -Infinity:
      return min(abs(x), { axis, keepdims })
    case 0:
      return sum(convertElementType(ne(x, constant(x, 0)), realPartOf(x.dtype)), { axis, keepdims })
    case 1:
      return sum(abs(x), { axis, keepdims })
    case 2:
      return sqrt(sum(squares(x), { axis, keepdims }))
    default: {
      const sizes = abs(x)
      const total = sum(pow(sizes, constant(sizes, ord)), { axis, keepdims })
      return pow(total, constant(total, 1 / ord))
    }
  }
}

type Pick = (x: JaxArray, options: { readonly axis: number; readonly keepdims?: boolean }) => JaxArray

/** The largest of numbers that are not negative; of none, zero. */
const largest: Pick = (x, options) => max(x, { ...options, initial: 0 })

function matrixNorm(x: JaxArray, ord: MatrixOrder, row: number, column: number, keepdims: boolean): JaxArray {
  const extremumOfSums = (summed: number, over: number, pick: Pick): JaxArray => {
    const sums = sum(abs(x), { axis: summed, keepdims })
    return pick(sums, { axis: !keepdims && over > summed ? over - 1 : over, keepdims })
  }
  const ofSingularValues = (combine: Pick): JaxArray => {
    const values = svd(moveaxis(x, [row, column], [-2, -1]), { computeUv: false })
    const norms = combine(values, { axis: -1 })
    return keepdims
      ? expandDims(
          norms,
          [row, column].sort((a, b) => a - b),
        )
      : norms
  }
  switch (ord) {
    case 'f':
    case 'fro':
      return sqrt(sum(squares(x), { axis: [row, column], keepdims }))
    case 2:
      return ofSingularValues(largest)
    case -2:
      return ofSingularValues(min)
    case 'nuc':
      return ofSingularValues(sum)
    case 1:
      return extremumOfSums(row, column, largest)
    case -1:
      return extremumOfSums(row, column, min)
    case Infinity:
      return extremumOfSums(column, row, largest)
    case -Infinity:
      return extremumOfSums(column, row, min)
    default:
      throw new ValueError(
        `jnp.linalg.norm: ord=${ord} of a matrix is not one of 'fro', 'nuc', 1, -1, 2, -2, Infinity, -Infinity.`,
      )
  }
}
