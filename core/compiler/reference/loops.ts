import type { TypedArray } from '../../ir/dtype.ts'
import { checkInterruption, elementsBetweenChecks } from '../../runtime/interruption.ts'

export type UnaryOp = (x: number) => number
export type BinaryOp = (x: number, y: number) => number

export type UnaryLoop = (x: TypedArray, out: TypedArray) => void
export type BinaryLoop = (x: TypedArray, y: TypedArray, out: TypedArray) => void

/** Walks rows and columns, with a step of each operand along either; a step of zero repeats it. */
export type GridLoop = (x: TypedArray, y: TypedArray, out: TypedArray, grid: Grid) => void

export interface Grid {
  readonly columns: number
  readonly x: readonly [rowStep: number, columnStep: number]
  readonly y: readonly [rowStep: number, columnStep: number]
}

/** The ways two operands meet: both full, the right one a scalar, the left one a scalar, or repeated along rows or columns. */
export interface BinaryLoops {
  readonly both: BinaryLoop
  readonly rightScalar: BinaryLoop
  readonly leftScalar: BinaryLoop
  readonly grid: GridLoop
}

/**
 * A loop that applies `op` to every element.
 *
 * The loop's text is instantiated anew for each operation. A loop written once would share its type
 * feedback among all operations, so that V8 could neither inline `op` nor keep numbers unboxed. Between
 * blocks it looks whether the user has asked to stop.
 */
export function unaryLoop(op: UnaryOp): UnaryLoop {
  const instantiate = new Function(
    'op',
    'check',
    `return function (x, out) {
      const n = out.length
      for (let i = 0; i < n;) {
        for (const end = Math.min(n, i + ${elementsBetweenChecks}); i < end; i++) out[i] = op(x[i])
        check()
      }
    }`,
  )
  return instantiate(op, checkInterruption)
}

/** The loops of a two-operand operation, instantiated anew like `unaryLoop`. */
export function binaryLoops(op: BinaryOp): BinaryLoops {
  return {
    both: binaryLoop(op, 'x[i]', 'y[i]'),
    rightScalar: binaryLoop(op, 'x[i]', 'b'),
    leftScalar: binaryLoop(op, 'a', 'y[i]'),
    grid: gridLoop(op),
  }
}

function gridLoop(op: BinaryOp): GridLoop {
  const instantiate = new Function(
    'op',
    'check',
    `return function (x, y, out, grid) {
      const columns = grid.columns
      const [xRow, xColumn] = grid.x, [yRow, yColumn] = grid.y
      for (let i = 0, row = 0, left = 0; i < out.length; row++) {
        let xAt = row * xRow, yAt = row * yRow
        left -= columns
        if (left < 0) {
          check()
          left = ${elementsBetweenChecks}
        }
        const last = i + columns
        for (; last - i > ${elementsBetweenChecks}; check()) {
          for (const end = i + ${elementsBetweenChecks}; i < end; i++, xAt += xColumn, yAt += yColumn) {
            out[i] = op(x[xAt], y[yAt])
          }
        }
        for (; i < last; i++, xAt += xColumn, yAt += yColumn) out[i] = op(x[xAt], y[yAt])
      }
    }`,
  )
  return instantiate(op, checkInterruption)
}

function binaryLoop(op: BinaryOp, left: 'x[i]' | 'a', right: 'y[i]' | 'b'): BinaryLoop {
  const instantiate = new Function(
    'op',
    'check',
    `return function (x, y, out) {
      const n = out.length, a = x[0], b = y[0]
      for (let i = 0; i < n;) {
        for (const end = Math.min(n, i + ${elementsBetweenChecks}); i < end; i++) out[i] = op(${left}, ${right})
        check()
      }
    }`,
  )
  return instantiate(op, checkInterruption)
}
