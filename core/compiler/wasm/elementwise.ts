import type { CodeBuilder } from './encoder.ts'

/** Numbers of vector instructions, from the SIMD section of the specification. */
export const simd = {
  load: 0x00,
  store: 0x0b,
  splatF32: 0x13,
  or: 0x50,
} as const

/** How an element-wise primitive is computed: one instruction on four lanes, the same on one. */
interface Lowering {
  readonly operands: number
  /** Operands are on the stack. */
  vector(code: CodeBuilder): void
  scalar(code: CodeBuilder): void
}

function instruction(operands: number, vectorOpcode: number, scalarOpcode: number): Lowering {
  return {
    operands,
    vector: (code) => code.simd(vectorOpcode),
    scalar: (code) => code.op(scalarOpcode),
  }
}

/**
 * Element-wise primitives on float32 that are one instruction. The results are IEEE's, the same as the
 * reference kernels'.
 */
export const elementwiseLowerings: Readonly<Record<string, Lowering>> = {
  abs: instruction(1, 0xe0, 0x8b),
  neg: instruction(1, 0xe1, 0x8c),
  sqrt: instruction(1, 0xe3, 0x91),
  ceil: instruction(1, 0x67, 0x8d),
  floor: instruction(1, 0x68, 0x8e),
  add: instruction(2, 0xe4, 0x92),
  add_any: instruction(2, 0xe4, 0x92),
  sub: instruction(2, 0xe5, 0x93),
  mul: instruction(2, 0xe6, 0x94),
  div: instruction(2, 0xe7, 0x95),
  min: instruction(2, 0xe8, 0x96),
  max: instruction(2, 0xe9, 0x97),
}
