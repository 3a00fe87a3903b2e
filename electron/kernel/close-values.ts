import type { CoreInterface } from './core-interface.ts'

/** What a comparison needs of the core. */
type Values = Pick<CoreInterface, 'elementsOf' | 'leaves'>

interface Elements {
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
}

/**
 * Whether two pytrees have equal leaves up to a tolerance, as `jnp.allclose` with NaN equal to NaN:
 * `|a - b| <= atol + rtol * |b|`. Leaves of different shape are not close, except that a scalar is
 * compared with every element. Written on plain numbers, so that nothing a cell does to the core's
 * functions changes a verdict.
 */
export function closeValues(a: unknown, b: unknown, core: Values, { rtol = 1e-5, atol = 1e-8 } = {}): boolean {
  const left = leafElements(a, core)
  const right = leafElements(b, core)
  if (left === null || right === null) return false
  if (left.length === 1 && right.length > 1) return matchesNumbers(left[0], right, rtol, atol)
  if (right.length === 1 && left.length > 1) return matchesNumbers(right[0], left, rtol, atol)
  return left.length === right.length && left.every((leaf, i) => closeLeaves(leaf, right[i], rtol, atol))
}

function leafElements(value: unknown, core: Values): Elements[] | null {
  const found: Elements[] = []
  for (const leaf of core.leaves(value)) {
    const elements = core.elementsOf(leaf) ?? plainElements(leaf)
    if (elements === null) return null
    found.push(elements)
  }
  return found
}

function plainElements(value: unknown): Elements | null {
  if (typeof value === 'number' || typeof value === 'boolean') return { shape: [], values: [Number(value)] }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const values = Object.values(value).map(Number)
    return { shape: [values.length], values }
  }
  return null
}

/** An array beside a flat list of numbers: `allclose(x, [1, 2, 3])`, also when the list is nested. */
function matchesNumbers(
  array: Elements | undefined,
  numbers: readonly Elements[],
  rtol: number,
  atol: number,
): boolean {
  if (array === undefined || numbers.some((each) => each.values.length !== 1)) return false
  const values = numbers.map((each) => each.values[0] ?? Number.NaN)
  return array.values.length === values.length && near(array.values, values, rtol, atol)
}

function closeLeaves(a: Elements, b: Elements | undefined, rtol: number, atol: number): boolean {
  if (b === undefined) return false
  const sameShape = a.shape.length === b.shape.length && a.shape.every((length, axis) => length === b.shape[axis])
  if (sameShape) return near(a.values, b.values, rtol, atol)
  if (a.shape.length === 0) return near(filled(a.values[0], b.values.length), b.values, rtol, atol)
  return b.shape.length === 0 && near(a.values, filled(b.values[0], a.values.length), rtol, atol)
}

function filled(value: number | undefined, length: number): number[] {
  return Array.from({ length }, () => value ?? Number.NaN)
}

function near(a: ArrayLike<number>, b: ArrayLike<number>, rtol: number, atol: number): boolean {
  return Array.from(a).every((left, i) => {
    const right = b[i] ?? Number.NaN
    if (Number.isNaN(left) || Number.isNaN(right)) return Number.isNaN(left) && Number.isNaN(right)
    return left === right || Math.abs(left - right) <= atol + rtol * Math.abs(right)
  })
}
