import { narrowed, widened } from './bfloat16.ts'
import { type HostArray, hostArray } from '../../ir/host-array.ts'
import { stackCount } from './linalg/matrix.ts'
import { countWork, inBlocks } from '../../runtime/interruption.ts'

/** The upper triangular factor of RᵀR + wwᵀ: w is rotated away, row by row. */
export function choleskyUpdateKernel([r, w]: readonly HostArray[]): HostArray {
  if (r.dtype === 'bfloat16') return narrowed(choleskyUpdateKernel([widened(r), widened(w)]))
  const n = w.data.length
  const out = Float64Array.from(r.data)
  const rest = Float64Array.from(w.data)
  for (let k = 0; k < n; k++) {
    countWork(n)
    const [x, y] = [out[k * n + k], rest[k]]
    if (y === 0) continue
    const larger = Math.max(Math.abs(x), Math.abs(y))
    const length = larger * Math.hypot(x / larger, y / larger)
    const [c, s] = [x / length, -y / length]
    for (let j = 0; j < n; j++) {
      const [p, q] = [out[k * n + j], rest[j]]
      out[k * n + j] = c * p - s * q
      rest[j] = c * q + s * p
    }
  }
  const result = hostArray(r.shape, r.dtype)
  result.data.set(out)
  return result
}

/** alpha A Aᵀ + beta C for every matrix of a stack. */
export function symmetricProductKernel([a, c]: readonly HostArray[], alpha: number, beta: number): HostArray {
  if (a.dtype === 'bfloat16') return narrowed(symmetricProductKernel([widened(a), widened(c)], alpha, beta))
  const [rows, columns] = a.shape.slice(-2)
  const out = hostArray(c.shape, c.dtype)
  for (let index = 0; index < stackCount(a.shape); index++) {
    const [from, to] = [index * rows * columns, index * rows * rows]
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) {
        countWork(columns + 1)
        let sum = 0
        for (let k = 0; k < columns; k++) sum += a.data[from + i * columns + k] * a.data[from + j * columns + k]
        out.data[to + i * rows + j] = alpha * sum + beta * c.data[to + i * rows + j]
      }
    }
  }
  return out
}

/** The permutation that row exchanges amount to, done one after the other. */
export function pivotsToPermutationKernel(pivots: HostArray, size: number): HostArray {
  const count = pivots.shape[pivots.shape.length - 1]
  const out = hostArray([...pivots.shape.slice(0, -1), size], 'int32')
  for (let index = 0; index < stackCount(pivots.shape, 1); index++) {
    const order = out.data.subarray(index * size, (index + 1) * size)
    inBlocks(size, (from, to) => {
      for (let i = from; i < to; i++) order[i] = i
    })
    inBlocks(count, (from, to) => {
      for (let i = from; i < to; i++) {
        const j = pivots.data[index * count + i]
        const kept = order[i]
        order[i] = order[j]
        order[j] = kept
      }
    })
  }
  return out
}
