import { RuntimeError } from '../errors.ts'
import { ShapedArray, type Shape } from '../ir/aval.ts'
import { type DType, allocate } from '../ir/dtype.ts'
import { type Element, fillElements, setElement } from '../ir/element.ts'
import { type HostArray, hostArray } from '../ir/host-array.ts'
import { JaxArray } from '../tracing/array.ts'
import { type Block, freeUnread, hold } from './memory.ts'
import { type Device, preferredDevice } from '../sharding/device.ts'
import type { Sharding } from '../sharding/named-sharding.ts'

/** An array with numbers in it. */
export class ConcreteArray extends JaxArray {
  readonly aval: ShapedArray
  private held: HostArray | null
  /** The memory that it shares in, if that is a block of the heap. */
  private block: Block | null
  /** Made from a bare JS scalar: a jaxpr writes it into the equation instead of capturing it as a constant. */
  readonly literal: boolean
  /** Where it was put, and where all that is computed with it therefore lies. Null: it was not put anywhere. */
  readonly placement: Sharding | null
  /** Where it lies though it was not put there: what `defaultDevice` named when it was made, or null for the first. */
  readonly home: Device | null

  constructor(host: HostArray, options: { weakType?: boolean; literal?: boolean; placement?: Sharding | null } = {}) {
    super()
    this.aval = new ShapedArray(host.shape, host.dtype, options.weakType ?? false)
    this.held = host
    this.block = hold(host.data)
    this.literal = options.literal ?? false
    this.placement = options.placement ?? null
    this.home = preferredDevice()
  }

  /** The numbers. A RuntimeError after `delete()`. */
  get host(): HostArray {
    if (this.held !== null) return this.held
    throw new RuntimeError(`Array has been deleted with shape=${this.dtype}[${this.shape.join(',')}].`, {
      kind: 'deleted-array',
    })
  }

  get released(): boolean {
    return this.held === null
  }

  /** Lets go of the numbers; shape and dtype stay. */
  release(): void {
    const block = this.surrender()
    if (block !== null && block.holders === 0) freeUnread(block)
  }

  /** The same, without freeing the memory: whoever asked for it has it now. */
  surrender(): Block | null {
    const { block } = this
    this.held = null
    this.block = null
    if (block !== null) block.holders--
    return block
  }
}

/** A scalar constant that a jaxpr shows as a literal, such as the `2.0:f32[]` of `mul a 2.0:f32[]`. */
export function scalar(value: Element, dtype: DType, weakType = false): ConcreteArray {
  const data = allocate(dtype, 1)
  setElement(dtype, data, 0, value)
  return new ConcreteArray(hostArray([], dtype, data), { weakType, literal: true })
}

/** A concrete array over values that are already in row-major order. */
export function fromHost(host: HostArray): ConcreteArray {
  return new ConcreteArray(host)
}

/** The shape of a concrete array filled with one value. */
export function filledHost(shape: Shape, dtype: DType, value: Element): HostArray {
  const host = hostArray(shape, dtype)
  if (value !== 0) fillElements(dtype, host.data, value)
  return host
}
