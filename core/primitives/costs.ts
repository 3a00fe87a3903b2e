import { type Shape, type ShapedArray, sizeOf } from '../ir/aval.ts'
import { type EquationCost, bytesOf, sizesOf } from '../ir/cost.ts'
import { isComplex } from '../ir/dtype.ts'

type Avals = readonly ShapedArray[]

/** Moves, renames or reinterprets values, and computes nothing. */
export function moves(): EquationCost {
  return {}
}

/** Moves some elements of a large operand: reads what it gives, not all there is. */
export function readsResult(avals: Avals, _params: unknown, outAvals: Avals): EquationCost {
  return { bytesAccessed: 2 * bytesOf(outAvals) + bytesOf(avals.slice(1)) }
}

/** One operation a result. */
export function oneEach(_avals: Avals, _params: unknown, outAvals: Avals): EquationCost {
  return { flops: sizesOf(outAvals) }
}

/** One transcendental function a result. */
export function transcendentalEach(_avals: Avals, _params: unknown, outAvals: Avals): EquationCost {
  return { transcendentals: sizesOf(outAvals) }
}

/** Combines all values of the first operand into fewer. */
export function combines([x]: Avals, _params: unknown, [out]: Avals): EquationCost {
  return { flops: Math.max(0, x.size - out.size) }
}

/** Comparisons of a sort of `length` values, for each of as many rows as there are. */
export function comparisons(size: number, length: number): EquationCost {
  return { flops: size * Math.ceil(Math.log2(Math.max(2, length))) }
}

/**
 * Operations of a routine on a stack of matrices, from the count for one of real numbers. A complex multiplication
 * and addition is four of each.
 */
export function forMatrices(x: ShapedArray, count: (rows: number, columns: number) => number): EquationCost {
  const [rows, columns] = x.shape.slice(-2)
  const stack = sizeOf(x.shape.slice(0, -2))
  return { flops: Math.round(stack * (isComplex(x.dtype) ? 4 : 1) * count(rows, columns)) }
}

/** Householder triangulation: of the matrix itself, without Q. */
export function triangulation(rows: number, columns: number): number {
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)]
  return 2 * long * short ** 2 - (2 / 3) * short ** 3
}

/** Q of so many columns from reflectors. */
export function accumulation(rows: number, columns: number, reflectors: number): number {
  return 4 * rows * columns * reflectors - 2 * (rows + columns) * reflectors ** 2 + (4 / 3) * reflectors ** 3
}

/** One window of a convolution or reduction along an axis. */
interface Sliding {
  readonly input: number
  readonly window: number
  readonly output: number
  readonly stride: number
  readonly low: number
  readonly inputDilation: number
  readonly windowDilation: number
}

/** Pairs of a window's place and an element in it that is one of the array, neither padding nor a hole. */
export function touched(axes: readonly Sliding[]): number {
  return axes.reduce((product, axis) => product * touchedAlong(axis), 1)
}

function touchedAlong({ input, window, output, stride, low, inputDilation, windowDilation }: Sliding): number {
  let count = 0
  for (let place = 0; place < output; place++) {
    for (let tap = 0; tap < window; tap++) {
      const at = place * stride - low + tap * windowDilation
      if (at >= 0 && at % inputDilation === 0 && at / inputDilation < input) count++
    }
  }
  return count
}

/** How many contracted values each result of a product sums over. */
export function contracted(shape: Shape, axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * shape[axis], 1)
}

/** Gaussian elimination. */
export function elimination(rows: number, columns: number): number {
  const steps = Math.min(rows, columns)
  return 2 * (rows * columns * steps - ((rows + columns) * steps ** 2) / 2 + steps ** 3 / 3)
}

/** A product with Q of so many reflectors along an axis of length `length`, for `others` vectors. */
export function reflection(length: number, others: number, reflectors: number): number {
  return 4 * length * others * reflectors - 2 * others * reflectors ** 2
}

/** Singular values by bidiagonalisation (Golub and Van Loan), with vectors of both sides on demand. */
export function singularValues(rows: number, columns: number, vectors: boolean, full: boolean): number {
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)]
  if (!vectors) return 4 * long * short ** 2 - (4 / 3) * short ** 3
  if (!full) return 14 * long * short ** 2 + 8 * short ** 3
  return 4 * long ** 2 * short + 8 * long * short ** 2 + 9 * short ** 3
}

/** Threefry: about sixty operations for each 32 random bits. */
export function hashes(_avals: Avals, _params: unknown, outAvals: Avals): EquationCost {
  return { flops: 60 * Math.ceil(bytesOf(outAvals) / 4) }
}
