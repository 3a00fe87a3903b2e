/**
 * The binary format of WebAssembly modules: LEB128 numbers, sections, and a builder for the code of one
 * function. WebAssembly core specification 2.0, section 5.
 */

export type ValueType = 'i32' | 'f32' | 'v128'

const valueTypeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b }

export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value >>> 0
  do {
    const byte = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? byte : byte | 0x80)
  } while (rest !== 0)
  return bytes
}

export function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value | 0
  for (;;) {
    const byte = rest & 0x7f
    rest >>= 7
    const done = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)
    bytes.push(done ? byte : byte | 0x80)
    if (done) return bytes
  }
}

export function float32(value: number): number[] {
  return [...new Uint8Array(Float32Array.of(value).buffer)]
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value)
  return [...unsigned(bytes.length), ...bytes]
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

function section(id: number, body: readonly number[]): number[] {
  return [id, ...unsigned(body.length), ...body]
}

/** Instructions of one function, with its locals. */
export class CodeBuilder {
  private readonly parameters: readonly ValueType[]
  private readonly locals: ValueType[] = []
  private readonly bytes: number[] = []

  constructor(parameters: readonly ValueType[]) {
    this.parameters = parameters
  }

  newLocal(type: ValueType): number {
    return this.parameters.length + this.locals.push(type) - 1
  }

  op(...bytes: number[]): void {
    this.bytes.push(...bytes)
  }

  get(local: number): void {
    this.op(0x20, ...unsigned(local))
  }

  set(local: number): void {
    this.op(0x21, ...unsigned(local))
  }

  i32(value: number): void {
    this.op(0x41, ...signed(value))
  }

  f32(value: number): void {
    this.op(0x43, ...float32(value))
  }

  /** An instruction of the vector set, numbered as in the specification. */
  simd(opcode: number, ...immediates: number[]): void {
    this.op(0xfd, ...unsigned(opcode), ...immediates)
  }

  /** `while (condition) body`; the condition leaves an i32. */
  whileLoop(condition: () => void, body: () => void): void {
    this.op(0x02, 0x40, 0x03, 0x40)
    condition()
    this.op(0x45, 0x0d, 1)
    body()
    this.op(0x0c, 0, 0x0b, 0x0b)
  }

  encode(): number[] {
    const locals = this.locals.map((type) => [1, valueTypeCodes[type]])
    const body = [...vector(locals), ...this.bytes, 0x0b]
    return [...unsigned(body.length), ...body]
  }

  get parameterCodes(): number[] {
    return this.parameters.map((type) => valueTypeCodes[type])
  }
}

/** A module with one exported function `run` over an imported shared memory of at most `maxPages` pages. */
export function encodeModule(code: CodeBuilder, maxPages: number): Uint8Array<ArrayBuffer> {
  const shared = 0x03
  const memoryImport = [...text('env'), ...text('memory'), 0x02, shared, ...unsigned(1), ...unsigned(maxPages)]
  const functionType = [0x60, ...vector(code.parameterCodes.map((type) => [type])), ...vector([])]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([functionType])),
    ...section(2, vector([memoryImport])),
    ...section(3, vector([unsigned(0)])),
    ...section(7, vector([[...text('run'), 0x00, 0x00]])),
    ...section(10, vector([code.encode()])),
  ])
}
