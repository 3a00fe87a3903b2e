import type { Shape } from '../../ir/aval.ts'
import type { HostArray } from '../../ir/host-array.ts'
import { reshapeKernel, sliceKernel, transposeKernel } from './movement.ts'
import { type ReductionKind, reduceKernel } from './reduction.ts'

/**
 * The values of all devices of an axis, in order of axis index: what a collective makes its result of. How a
 * value is stored depends on its dtype (a bfloat16 is 16 bits, a 64-bit integer two words), so nobody gets at the
 * storage of several values to combine it: kernels that know the dtype do, the ones that lanes are reduced with.
 */
export class Gathered {
  /** Devices are the leading axis. */
  readonly #stacked: HostArray

  constructor(stacked: HostArray) {
    this.#stacked = stacked
  }

  /** The shape of one device's value. */
  get shape(): Shape {
    return this.#stacked.shape.slice(1)
  }

  /** All values combined, in order of the axis index, so that every device gets the same bits. */
  reduced(kind: ReductionKind): HostArray {
    return reduceKernel(kind, this.#stacked, [0], this.shape)
  }

  /** The value of one device. */
  of(device: number): HostArray {
    const one = this.#slice(0, device, 1)
    return reshapeKernel(one, this.shape)
  }

  /** The values side by side: along a new axis, or joined along one that they have. */
  along(axis: number, tiled: boolean): HostArray {
    const others = this.shape.map((_, i) => i + 1)
    const moved = transposeKernel(this.#stacked, others.toSpliced(axis, 0, 0))
    if (!tiled) return moved
    return reshapeKernel(moved, moved.shape.toSpliced(axis, 2, moved.shape[axis] * moved.shape[axis + 1]))
  }

  /** Part `index` of `count` equal parts of an axis, of every value; when not `tiled`, the axis has one entry a part and goes away. */
  parts(axis: number, index: number, count: number, tiled: boolean): Gathered {
    const length = this.shape[axis] / count
    const part = this.#slice(axis + 1, index * length, length)
    return new Gathered(tiled ? part : reshapeKernel(part, part.shape.toSpliced(axis + 1, 1)))
  }

  #slice(axis: number, start: number, length: number): HostArray {
    const { shape } = this.#stacked
    const starts = shape.map((_, i) => (i === axis ? start : 0))
    return sliceKernel(this.#stacked, shape.with(axis, length), starts, null)
  }
}
