import { type HostArray, hostArray } from '../../ir/host-array.ts'

// Matrices are the last two axes; everything before them is a stack. All arithmetic is in 64 bits.

/** Rotations are repeated until the largest entry that should vanish is this small beside the matrix. */
const precision = 1e-15
const maxSweeps = 60

function stackCount(shape: readonly number[]): number {
  return shape.slice(0, -2).reduce((product, extent) => product * extent, 1)
}

/**
 * Q and R of A = QR by Householder reflections, with LAPACK's signs: every diagonal entry of R is the
 * negative of its column's norm when the column's first entry is positive, and the norm when it is negative.
 */
export function qrKernel(a: HostArray, full: boolean): [q: HostArray, r: HostArray] {
  const [rows, columns] = a.shape.slice(-2)
  const stack = a.shape.slice(0, -2)
  const width = full ? rows : Math.min(rows, columns)
  const q = hostArray([...stack, rows, width], a.dtype)
  const r = hostArray([...stack, width, columns], a.dtype)
  for (let index = 0; index < stackCount(a.shape); index++) {
    const work = Float64Array.from(a.data.subarray(index * rows * columns, (index + 1) * rows * columns))
    const basis = new Float64Array(rows * rows)
    for (let i = 0; i < rows; i++) basis[i * rows + i] = 1
    for (let step = 0; step < Math.min(rows - 1, columns); step++) reflect(work, basis, rows, columns, step)
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < width; j++) q.data[(index * rows + i) * width + j] = basis[i * rows + j]
    }
    for (let i = 0; i < width; i++) {
      for (let j = i; j < columns; j++) r.data[(index * width + i) * columns + j] = work[i * columns + j]
    }
  }
  return [q, r]
}

/** Clears a column below the diagonal by a reflection, and applies the reflection to the basis as well. */
function reflect(work: Float64Array, basis: Float64Array, rows: number, columns: number, step: number): void {
  let below = 0
  for (let i = step + 1; i < rows; i++) below += work[i * columns + step] ** 2
  if (below === 0) return
  const first = work[step * columns + step]
  const norm = Math.sqrt(first * first + below)
  const target = first > 0 || Object.is(first, 0) ? -norm : norm
  const mirror = new Float64Array(rows)
  for (let i = step; i < rows; i++) mirror[i] = work[i * columns + step]
  mirror[step] -= target
  let square = 0
  for (let i = step; i < rows; i++) square += mirror[i] ** 2
  for (let j = step; j < columns; j++) {
    let along = 0
    for (let i = step; i < rows; i++) along += mirror[i] * work[i * columns + j]
    for (let i = step; i < rows; i++) work[i * columns + j] -= (2 * along * mirror[i]) / square
  }
  for (let i = 0; i < rows; i++) {
    let along = 0
    for (let j = step; j < rows; j++) along += basis[i * rows + j] * mirror[j]
    for (let j = step; j < rows; j++) basis[i * rows + j] -= (2 * along * mirror[j]) / square
  }
}

/** Eigenvectors (as columns) and ascending eigenvalues of symmetric matrices, by Jacobi's rotations. */
export function eighKernel(a: HostArray): [vectors: HostArray, values: HostArray] {
  const n = a.shape[a.shape.length - 1]
  const vectors = hostArray(a.shape, a.dtype)
  const values = hostArray(a.shape.slice(0, -1), a.dtype)
  for (let index = 0; index < stackCount(a.shape); index++) {
    const start = index * n * n
    const work = Float64Array.from(a.data.subarray(start, start + n * n))
    const basis = new Float64Array(n * n)
    for (let i = 0; i < n; i++) basis[i * n + i] = 1
    diagonalise(work, basis, n)
    const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => work[i * n + i] - work[j * n + j])
    for (const [to, from] of order.entries()) {
      values.data[index * n + to] = work[from * n + from]
      for (let i = 0; i < n; i++) vectors.data[start + i * n + to] = basis[i * n + from]
    }
  }
  return [vectors, values]
}

function diagonalise(work: Float64Array, basis: Float64Array, n: number): void {
  const scale = Math.sqrt(work.reduce((sum, value) => sum + value * value, 0))
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let largest = 0
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const entry = work[p * n + q]
        largest = Math.max(largest, Math.abs(entry))
        if (Math.abs(entry) > Number.MIN_VALUE) rotate(work, basis, n, p, q)
      }
    }
    if (!(largest > precision * scale)) return
  }
}

/** The rotation in the plane of two axes that makes their mixed entry vanish. */
function rotate(work: Float64Array, basis: Float64Array, n: number, p: number, q: number): void {
  const theta = (work[q * n + q] - work[p * n + p]) / (2 * work[p * n + q])
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1))
  const cosine = 1 / Math.hypot(tangent, 1)
  const sine = tangent * cosine
  for (let k = 0; k < n; k++) {
    const [x, y] = [work[k * n + p], work[k * n + q]]
    work[k * n + p] = cosine * x - sine * y
    work[k * n + q] = sine * x + cosine * y
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [work[p * n + k], work[q * n + k]]
    work[p * n + k] = cosine * x - sine * y
    work[q * n + k] = sine * x + cosine * y
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [basis[k * n + p], basis[k * n + q]]
    basis[k * n + p] = cosine * x - sine * y
    basis[k * n + q] = sine * x + cosine * y
  }
}
