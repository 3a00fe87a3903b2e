import type { ShapedArray, Shape } from '../ir/aval.ts'
import type { DType } from '../ir/dtype.ts'
import { itemSize } from '../ir/dtype.ts'
import type { RecordedValue } from './record.ts'

/**
 * What every array is to its user, concrete or traced. Exported as `Array`; `x instanceof Array`
 * holds for tracers too, as `isinstance(x, jax.Array)` does in JAX.
 *
 * The methods (`add`, `sum`, `reshape`, …) are put on this class by `numpy/array-methods.ts`.
 */
export abstract class JaxArray {
  abstract readonly aval: ShapedArray
  /** What a recording of the run knows it as. */
  recorded: RecordedValue | null = null

  get shape(): Shape {
    return this.aval.shape
  }

  get dtype(): DType {
    return this.aval.dtype
  }

  get ndim(): number {
    return this.aval.shape.length
  }

  get size(): number {
    return this.aval.size
  }

  get weakType(): boolean {
    return this.aval.weakType
  }

  get nbytes(): number {
    return this.size * itemSize(this.dtype)
  }
}

/** Whatever stands for an array in a call: an array, a tracer, or a bare JS scalar (weakly typed). */
export type ArrayLike = JaxArray | number | boolean | bigint
