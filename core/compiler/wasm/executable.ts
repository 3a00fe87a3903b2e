import { type Shape, sizeOf } from '../../ir/aval.ts'
import { type TypedArray, viewOf } from '../../ir/dtype.ts'
import { type HostArray, hostArray, resultData } from '../../ir/host-array.ts'
import { addressOf, blockOf, borrow, heapMemory, hold, isUnshared, giveBack } from '../../runtime/memory.ts'
import { takeOffer } from '../../runtime/offered.ts'
import type { WasmProgram } from './compile.ts'

/** A program on the kernel's heap. */
export class WasmExecutable {
  private readonly program: WasmProgram
  private readonly run: (...addresses: number[]) => void

  constructor(program: WasmProgram) {
    this.program = program
    program.constants.forEach(({ data }) => hold(data))
    const instance = new WebAssembly.Instance(program.module, { env: { memory: heapMemory() } })
    const run = instance.exports.run
    if (typeof run !== 'function') throw new Error('internal: the module exports no function')
    this.run = (...addresses) => {
      run(...addresses)
    }
  }

  /** Values of the heap are read and written where they lie; small ones, which are not in it, through borrowed places. */
  execute(args: readonly HostArray[]): HostArray[] {
    const { constants, outShapes } = this.program
    const donated = donatedMemory(args)
    const borrowed: number[] = []
    const placeOf = (data: TypedArray): number => {
      const own = addressOf(data)
      if (own !== null) return own
      const address = borrow(data.byteLength)
      borrowed.push(address)
      return address
    }
    try {
      const inputs = [...args, ...constants].map(({ data }) => {
        const address = placeOf(data)
        if (addressOf(data) === null) float32At(address, data.length).set(data)
        return address
      })
      const results = outShapes.map((shape) => hostArray(shape, 'float32', memoryFor(shape, donated)))
      const outputs = results.map(({ data }) => placeOf(data))
      this.run(...inputs, ...outputs)
      results.forEach(({ data }, i) => {
        if (addressOf(data) === null) data.set(float32At(outputs[i], data.length))
      })
      return results
    } finally {
      borrowed.forEach(giveBack)
    }
  }
}

function float32At(address: number, length: number): TypedArray {
  return viewOf('float32', heapMemory().buffer, address, length)
}

/**
 * The loop reads an element of every operand before it writes the same one of a result, so a result may take the place
 * of one, unless another operand shares its memory: that may have the element elsewhere.
 */
function donatedMemory(args: readonly HostArray[]): TypedArray[] {
  return takeOffer(args).flatMap((array) => {
    const { data } = array.host
    const block = array.surrender()
    if (block === null || !isUnshared(block)) return []
    return args.filter((arg) => blockOf(arg.data) === block).length === 1 ? [data] : []
  })
}

function memoryFor(shape: Shape, donated: TypedArray[]): TypedArray {
  const at = donated.findIndex((data) => data.length === sizeOf(shape))
  return at < 0 ? resultData(shape, 'float32') : donated.splice(at, 1)[0]
}
