import { type DType, shortName, itemSize } from './dtype.ts'
import { hashOfText, mixed } from './hash.ts'

export type Shape = readonly number[]

/** An abstract value: what a tracer knows about an array without its numbers. JAX's `ShapedArray`. */
export class ShapedArray {
  readonly shape: Shape
  readonly dtype: DType
  /** True for a value that came from a bare JS number and yields to the dtype beside it. */
  readonly weakType: boolean
  #hash = 0

  constructor(shape: Shape, dtype: DType, weakType = false) {
    this.shape = shape
    this.dtype = dtype
    this.weakType = weakType
  }

  get ndim(): number {
    return this.shape.length
  }

  get size(): number {
    return sizeOf(this.shape)
  }

  get nbytes(): number {
    return this.size * itemSize(this.dtype)
  }

  /** Equal for avals that agree in shape, dtype and weak typing. */
  get hash(): number {
    if (this.#hash !== 0) return this.#hash
    let hash = mixed(hashOfText(this.dtype), Number(this.weakType))
    for (const length of this.shape) hash = mixed(hash, length)
    this.#hash = hash
    return hash
  }

  /** `f32[3,4]`, as a jaxpr prints it. */
  toString(): string {
    return `${shortName(this.dtype)}[${this.shape.join(',')}]`
  }

  /** The same aval without weak typing: what a carry or an output is compared by. */
  strengthened(): ShapedArray {
    return this.weakType ? new ShapedArray(this.shape, this.dtype) : this
  }

  with(change: { shape?: Shape; dtype?: DType; weakType?: boolean }): ShapedArray {
    return new ShapedArray(change.shape ?? this.shape, change.dtype ?? this.dtype, change.weakType ?? this.weakType)
  }
}

export function sizeOf(shape: Shape): number {
  let size = 1
  for (const length of shape) size *= length
  return size
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false
  return true
}

/** Shape and dtype agree; weak typing may differ. */
export function sameAval(a: ShapedArray, b: ShapedArray): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape)
}

/** Shape, dtype and weak typing agree: what a trace sees of two arrays is the same. */
export function identicalAval(a: ShapedArray, b: ShapedArray): boolean {
  return a === b || (a.weakType === b.weakType && sameAval(a, b))
}

/** `(3, 4)`, `(3,)`, `()`: a shape as Python and JAX's messages write it. */
export function formatShape(shape: Shape): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
}
